/** Bytes to text, strictly: a byte that does not belong to the encoding ends the input instead of becoming a question mark. */

/** The byte at `offset` (0-based, from the start of the input) is not in the encoding. What came before it was given out. */
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

/** The longest sequence of bytes per character of the encodings in use (UTF-8, gb18030). */
const LONGEST_CHARACTER = 4;

const BYTE_ORDER_MARKS = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
] as const;

/** Whether `label` is an encoding that this machine decodes, by the names of the WHATWG Encoding standard. */
export function isKnownEncoding(label: string): boolean {
  try {
    new TextDecoder(label, { fatal: true });
    return true;
  } catch {
    return false;
  }
}

/**
 * Decodes a stream of bytes. A byte order mark decides, as in browsers; then `encoding`; then UTF-8. Gives what each chunk completes
 * and waits for nothing more. Throws BadByteError after the good text before the byte was given.
 */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
): AsyncGenerator<string> {
  let head: Uint8Array = new Uint8Array(0);
  let decoder: Decoder | undefined;
  for await (const chunk of bytes) {
    head = decoder === undefined ? Buffer.concat([head, chunk]) : chunk;
    if (decoder === undefined && mayBecomeMark(head)) continue;
    const mark = decoder === undefined ? markOf(head) : undefined;
    decoder ??= new Decoder(mark?.encoding ?? encoding ?? 'utf-8', mark?.bytes.length ?? 0);
    yield* given(decoder.push(head.subarray(mark?.bytes.length ?? 0)));
    head = new Uint8Array(0);
  }
  // What is left may become a mark, and is none.
  decoder ??= new Decoder(encoding ?? 'utf-8', 0);
  yield* given(decoder.end(head));
}

function* given({ text, failure }: Decoded): Generator<string> {
  if (text !== '') yield text;
  if (failure !== undefined) throw failure;
}

function markOf(head: Uint8Array): (typeof BYTE_ORDER_MARKS)[number] | undefined {
  return BYTE_ORDER_MARKS.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
}

/** True while the bytes are a beginning of a mark and no whole one: only then the next chunk is waited for. */
function mayBecomeMark(head: Uint8Array): boolean {
  return BYTE_ORDER_MARKS.some(
    ({ bytes }) => head.length < bytes.length && head.every((byte, index) => bytes[index] === byte),
  );
}

type Decoded = { readonly text: string; readonly failure?: BadByteError };

/**
 * TextDecoder does not say where it failed. So a second one follows the first, and when the first fails it takes the same chunk byte
 * by byte: the character that was begun last is the bad one. It also takes the end of each good chunk byte by byte, to know whether a
 * character is begun there.
 */
class Decoder {
  readonly #encoding: string;
  readonly #lead: InstanceType<typeof TextDecoder>;
  readonly #follow: InstanceType<typeof TextDecoder>;
  #offset: number;
  /** Offset behind the last whole character that the follower gave. */
  #boundary: number;
  /** The first byte behind it: that of the character which is begun. */
  #begunWith: number | undefined;

  /** `offset`: bytes of the mark, which stands before the text. */
  constructor(encoding: string, offset: number) {
    this.#encoding = encoding;
    this.#offset = offset;
    this.#boundary = offset;
    this.#lead = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    this.#follow = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  }

  push(chunk: Uint8Array): Decoded {
    let text: string;
    try {
      text = this.#lead.decode(chunk, { stream: true });
    } catch {
      return this.#replay(chunk);
    }
    const bulk = Math.max(0, chunk.length - LONGEST_CHARACTER);
    if (bulk > 0) this.#follow.decode(chunk.subarray(0, bulk), { stream: true });
    for (let index = bulk; index < chunk.length; index += 1) this.#step(chunk, index);
    this.#offset += chunk.length;
    return { text };
  }

  end(rest: Uint8Array): Decoded {
    const last = this.push(rest);
    if (last.failure !== undefined) return last;
    try {
      return { text: last.text + this.#lead.decode() };
    } catch {
      return { text: last.text, failure: new BadByteError(this.#encoding, this.#boundary, undefined) };
    }
  }

  #step(chunk: Uint8Array, index: number): string {
    this.#begunWith ??= chunk[index];
    const text = this.#follow.decode(chunk.subarray(index, index + 1), { stream: true });
    if (text === '') return text;
    this.#boundary = this.#offset + index + 1;
    this.#begunWith = undefined;
    return text;
  }

  #replay(chunk: Uint8Array): Decoded {
    let text = '';
    for (let index = 0; index < chunk.length; index += 1) {
      try {
        text += this.#step(chunk, index);
      } catch {
        break;
      }
    }
    return { text, failure: new BadByteError(this.#encoding, this.#boundary, this.#begunWith) };
  }
}
