/** Turns the bytes of one input into rows as soon as their lines are complete. After the first lines it holds one chunk and at most one line. */
import { InputError } from '../errors.ts';
import { BadByteError, type BinaryKind, decodeText, NoTextError } from './encodings.ts';
import type { DetectedFormat, DetectOptions } from './format.ts';
import type { InputRow, RowReader } from './input-row.ts';
import { sourceName } from './input-row.ts';

/** How the first lines of an input are examined, and the reader that they lead to. */
export type Opener = Omit<DetectOptions, 'isWhole'> & {
  /** Throws InputError when nobody can be read. */
  open(source: string, detected: DetectedFormat): Promise<RowReader>;
};

type RowSource = {
  readonly source: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Default: UTF-8, or what the first bytes show. */
  readonly encoding?: string | undefined;
  readonly opener: Opener;
  readonly signal?: AbortSignal | undefined;
};

/** Throws InputError where the input cannot be read on, after the rows before it were given. When `signal` is aborted it just ends. */
export async function* readRows(options: RowSource): AsyncGenerator<readonly InputRow[]> {
  const { source, signal } = options;
  const opening = new Opening(source, options.opener);
  try {
    let isEnded = true;
    for await (const text of decodeText(options.bytes, options.encoding)) {
      if (text !== '') isEnded = /[\r\n]$/u.test(text);
      yield* together(await opening.push(text));
    }
    // A stopped input ends in half a line, which names nobody.
    if (signal?.aborted) return;
    for (const group of together(await opening.end())) yield isEnded ? group : withUnendedLast(group);
  } catch (error) {
    if (signal?.aborted) return;
    if (error instanceof NoTextError) throw noText(source, error.kind);
    if (!(error instanceof BadByteError)) throw error;
    yield* together(await opening.rest());
    throw badByte(source, opening.line(), error);
  }
}

const withUnendedLast = (group: readonly InputRow[]): readonly InputRow[] =>
  group.map((row, index) => (index === group.length - 1 ? { ...row, isUnended: true } : row));

/** All rows together; before an error, the rows before it. */
function* together(rows: Iterable<InputRow>): Generator<readonly InputRow[]> {
  const group: InputRow[] = [];
  try {
    for (const row of rows) group.push(row);
  } catch (error) {
    if (group.length > 0) yield group;
    throw error;
  }
  if (group.length > 0) yield group;
}

/** Holds the text back until its first lines show the format. */
class Opening {
  readonly #source: string;
  readonly #opener: Opener;
  #reader: RowReader | undefined;
  #held = '';

  constructor(source: string, opener: Opener) {
    this.#source = source;
    this.#opener = opener;
  }

  async push(text: string): Promise<Iterable<InputRow>> {
    if (this.#reader !== undefined) return this.#reader.push(text);
    this.#held += text;
    // Only a new line end can show anything new.
    if (!/[\r\n]/u.test(text) && this.#held.length <= MAX_HELD) return [];
    await this.#tryOpen(false);
    return this.#reader === undefined ? [] : this.#pushHeld(this.#reader);
  }

  async end(): Promise<Iterable<InputRow>> {
    if (this.#reader === undefined && this.#held.trim() === '') return [];
    const rows = await this.openAll();
    const reader = this.#reader;
    return chain(rows, () => reader?.end() ?? []);
  }

  /** Opens a reader by what is held, without waiting for more. */
  async openAll(): Promise<Iterable<InputRow>> {
    if (this.#reader !== undefined || this.#held.trim() === '') return [];
    await this.#tryOpen(true);
    return this.#reader === undefined ? [] : this.#pushHeld(this.#reader);
  }

  /** The good lines before a bad byte, where they were still held. Whether they tell a format is not what is wrong. */
  async rest(): Promise<Iterable<InputRow>> {
    try {
      return await this.openAll();
    } catch (error) {
      if (error instanceof InputError) return [];
      throw error;
    }
  }

  /** The line that is being read, for messages. */
  line(): number {
    return this.#reader?.line() ?? this.#held.split(/\r\n|\r|\n/u).length;
  }

  async #tryOpen(isWhole: boolean): Promise<void> {
    // Loaded only when there is something to read, and csv-parse with it.
    const { detectFormat } = await import('./format.ts');
    const detected = detectFormat(this.#held, { ...this.#opener, isWhole });
    if (detected !== undefined) this.#reader = await this.#opener.open(this.#source, detected);
  }

  #pushHeld(reader: RowReader): Iterable<InputRow> {
    const held = this.#held;
    this.#held = '';
    return reader.push(held);
  }
}

/** Beyond it (format.ts) the first lines are looked at as they are. */
const MAX_HELD = 64 * 1024;

function* chain(first: Iterable<InputRow>, second: () => Iterable<InputRow>): Generator<InputRow> {
  yield* first;
  yield* second();
}

function badByte(source: string, line: number, error: BadByteError): InputError {
  const what =
    error.byte === undefined
      ? `it ends in the middle of a character (offset ${error.offset})`
      : `byte 0x${error.byte.toString(16).padStart(2, '0')} at offset ${error.offset} is not ${error.encoding.toUpperCase()}`;
  return new InputError('BAD_ENCODING', `${sourceName(source)} cannot be read beyond line ${line}: ${what}.`, {
    hint: 'Save it as UTF-8, or name its encoding, e.g. --encoding windows-1252.',
    cause: error,
  });
}

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
