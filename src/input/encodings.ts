/**
 * Decodes bytes strictly: a byte that does not belong to the encoding ends the input instead of becoming a question mark. A file that is not
 * text is refused by its kind.
 */
import { InputError } from '../errors.ts';
import { sourceName } from './input-row.ts';

/** The byte at `offset` (0-based, from the start of the input) is not in the encoding. The text before it was returned. */
export class BadByteError extends Error {
  readonly encoding: string;
  readonly offset: number;
  /** Undefined when the input ended in the middle of a character. */
  readonly byte: number | undefined;
  constructor(encoding: string, offset: number, byte: number | undefined) {
    super(`byte ${offset} is not ${encoding}`);
    this.name = 'BadByteError';
    this.encoding = encoding;
    this.offset = offset;
    this.byte = byte;
  }
}

type BinaryKind = 'workbook' | 'zip' | 'packed' | 'pdf' | 'utf-32' | 'picture';

/** By the first bytes (file-format registries; PKWARE's APPNOTE 4.3.7; MS-CFB 2.2). */
const BINARY: readonly { readonly kind: BinaryKind; readonly bytes: readonly number[] }[] = [
  { kind: 'workbook', bytes: [0xd0, 0xcf, 0x11, 0xe0] },
  { kind: 'zip', bytes: [0x50, 0x4b, 0x03, 0x04] },
  { kind: 'pdf', bytes: [0x25, 0x50, 0x44, 0x46] },
  { kind: 'packed', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { kind: 'packed', bytes: [0xfd, 0x37, 0x7a, 0x58] },
  { kind: 'packed', bytes: [0x37, 0x7a, 0xbc, 0xaf] },
  { kind: 'picture', bytes: [0x89, 0x50, 0x4e, 0x47] },
  { kind: 'picture', bytes: [0xff, 0xd8, 0xff] },
  { kind: 'utf-32', bytes: [0xff, 0xfe, 0x00, 0x00] },
  { kind: 'utf-32', bytes: [0x00, 0x00, 0xfe, 0xff] },
];

const NO_TEXT: Readonly<Record<BinaryKind, readonly [code: string, what: string, hint: string]>> = {
  workbook: [
    'WORKBOOK',
    'it is a workbook (Excel or similar), not text',
    'Open it, choose the sheet with the people, and save it as "CSV UTF-8 (Comma delimited)" (File > Save As).',
  ],
  zip: ['NOT_TEXT', 'it is a ZIP archive', 'Unpack it: unzip -p FILE | dyncamp … -f -'],
  packed: [
    'NOT_TEXT',
    'it is compressed',
    'Unpack it, e.g. xz -dc, zstd -dc, bzip2 -dc or 7z x. Only gzip is read directly.',
  ],
  pdf: ['NOT_TEXT', 'it is a PDF document', 'Export the people as CSV from the program that made it.'],
  picture: ['NOT_TEXT', 'it is a picture', 'Export the people as CSV.'],
  'utf-32': ['NOT_TEXT', 'it is UTF-32, which is not supported', 'Convert it to UTF-8: iconv -f UTF-32 -t UTF-8 FILE'],
};

function noText(source: string, kind: BinaryKind): InputError {
  const [code, what, hint] = NO_TEXT[kind];
  return new InputError(code, `${sourceName(source)} cannot be read: ${what}.`, { hint });
}

/** Entries that begin a ZIP archive which is a workbook: Office Open XML (.xlsx), OpenDocument (.ods), Numbers. */
const WORKBOOK_ENTRY =
  /^(?:\[Content_Types\]|_rels\/|docProps\/|xl\/|customXml\/|mimetype|Index\/|Metadata\/|preview)/u;

const BZIP2 = /^BZh[1-9]1AY&SY/u;

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, 64)).toString('latin1');

/** First bytes needed to recognize an input. */
const HEAD_BYTES = 4;

function binaryKind(head: Uint8Array): BinaryKind | undefined {
  const kind = BINARY.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte))?.kind;
  if (kind === undefined && BZIP2.test(latin1(head))) return 'packed';
  if (kind !== 'zip') return kind;
  // The name of the first entry follows 30 bytes. When fewer came at once, assume the most common kind.
  return head.length < 40 || WORKBOOK_ENTRY.test(latin1(head.subarray(30))) ? 'workbook' : 'zip';
}

/** UTF-16 without a byte order mark: ASCII letters, with every other byte zero. */
function unmarkedUtf16(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (head.length < HEAD_BYTES) return undefined;
  const isZero = (index: number): boolean => head[index] === 0;
  if (!isZero(0) && isZero(1) && !isZero(2) && isZero(3)) return 'utf-16le';
  return isZero(0) && !isZero(1) && isZero(2) && !isZero(3) ? 'utf-16be' : undefined;
}

/** The most bytes per character of the encodings in use (UTF-8, gb18030). */
const LONGEST_CHARACTER = 4;

const BYTE_ORDER_MARKS = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
] as const;

/** By the names of the WHATWG Encoding standard. */
export function isKnownEncoding(label: string): boolean {
  try {
    new TextDecoder(label, { fatal: true });
    return true;
  } catch {
    return false;
  }
}

/** The same bytes, the first chunk with as many as it takes to recognize an input, where there are so many. */
export async function* headFirst(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of bytes) {
    const next: Uint8Array = head === undefined ? chunk : Buffer.concat([head, chunk]);
    head = head === undefined || next.length >= HEAD_BYTES ? undefined : next;
    if (head === undefined) yield next;
  }
  if (head !== undefined && head.length > 0) yield head;
}

/**
 * Decodes a stream of bytes. A byte order mark decides, as in browsers; then `encoding`; then what the first bytes look like; then UTF-8.
 * Yields the text that each chunk completes, without waiting for more, except for the first four bytes. Throws BadByteError after the good
 * text before the byte, and InputError at once for what is not text.
 */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  { source, encoding }: { readonly source: string; readonly encoding?: string | undefined },
): AsyncGenerator<string> {
  let decoder: Decoder | undefined;
  for await (const chunk of headFirst(bytes)) {
    if (decoder !== undefined) {
      yield* decoder.push(chunk);
      continue;
    }
    const binary = binaryKind(chunk);
    if (binary !== undefined) throw noText(source, binary);
    const mark = BYTE_ORDER_MARKS.find(({ bytes }) => bytes.every((byte, index) => chunk[index] === byte));
    const length = mark?.bytes.length ?? 0;
    decoder = new Decoder(mark?.encoding ?? encoding ?? unmarkedUtf16(chunk) ?? 'utf-8', length);
    yield* decoder.push(chunk.subarray(length));
  }
  yield* decoder?.end() ?? [];
}

/**
 * TextDecoder does not report where it failed. So a second one follows the first, and when the first fails it takes the same chunk byte
 * by byte: the last character begun is the bad one. It also takes the end of each good chunk byte by byte, to know whether a
 * character is incomplete there.
 */
class Decoder {
  readonly #encoding: string;
  readonly #lead: InstanceType<typeof TextDecoder>;
  readonly #follow: InstanceType<typeof TextDecoder>;
  #offset: number;
  /** Offset after the last whole character of the follower. */
  #boundary: number;
  /** The first byte of the incomplete character after it. */
  #begunWith: number | undefined;

  /** `offset`: the length of the byte order mark. */
  constructor(encoding: string, offset: number) {
    this.#encoding = encoding;
    this.#offset = offset;
    this.#boundary = offset;
    this.#lead = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    this.#follow = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  }

  *push(chunk: Uint8Array): Generator<string> {
    let text: string;
    try {
      text = this.#lead.decode(chunk, { stream: true });
    } catch {
      yield this.#untilBadByte(chunk);
      throw new BadByteError(this.#encoding, this.#boundary, this.#begunWith);
    }
    const bulk = Math.max(0, chunk.length - LONGEST_CHARACTER);
    if (bulk > 0) this.#follow.decode(chunk.subarray(0, bulk), { stream: true });
    for (let index = bulk; index < chunk.length; index += 1) this.#step(chunk, index);
    this.#offset += chunk.length;
    yield text;
  }

  *end(): Generator<string> {
    let text: string;
    try {
      text = this.#lead.decode();
    } catch {
      throw new BadByteError(this.#encoding, this.#boundary, undefined);
    }
    yield text;
  }

  #step(chunk: Uint8Array, index: number): string {
    this.#begunWith ??= chunk[index];
    const text = this.#follow.decode(chunk.subarray(index, index + 1), { stream: true });
    if (text === '') return text;
    this.#boundary = this.#offset + index + 1;
    this.#begunWith = undefined;
    return text;
  }

  #untilBadByte(chunk: Uint8Array): string {
    let text = '';
    try {
      for (let index = 0; index < chunk.length; index += 1) text += this.#step(chunk, index);
    } catch {
      // Where the first decoder failed too.
    }
    return text;
  }
}
