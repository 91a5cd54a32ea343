/** Bytes of one input → its rows, as soon as their lines are complete. Holds one chunk and at most one line. */
import { InputError } from '../errors.ts';
import { BadByteError, decodeText } from './decode-text.ts';
import type { InputRow } from './input-row.ts';
import type { OpenReader } from './people-reader.ts';
import type { RowReader } from './row-readers.ts';
import { sourceName } from './source-name.ts';
import { MAX_LINE_BYTES } from './split-records.ts';

export type RowSource = {
  readonly source: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Default: UTF-8, or what the byte order mark says. */
  readonly encoding?: string | undefined;
  readonly open: OpenReader;
  readonly signal?: AbortSignal | undefined;
};

/** Throws InputError where the input cannot be read on, after the rows before it were given. When `signal` is aborted it just ends. */
export async function* readRows(options: RowSource): AsyncGenerator<readonly InputRow[]> {
  const { source, signal } = options;
  const opening = new Opening(source, options.open);
  try {
    for await (const text of decodeText(options.bytes, options.encoding)) yield* together(await opening.push(text));
    // An input that was cut off ends in half a line, which names nobody.
    if (!signal?.aborted) yield* together(await opening.end());
  } catch (error) {
    if (signal?.aborted) return;
    if (error instanceof BadByteError) throw badByte(source, opening.line(), error);
    throw error;
  }
}

/** All of them at once; where an error ends them, those before it first. */
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

/** Holds the text back until the first line is complete: it says which reader the input needs. */
class Opening {
  readonly #source: string;
  readonly #open: OpenReader;
  #reader: RowReader | undefined;
  #held = '';

  constructor(source: string, open: OpenReader) {
    this.#source = source;
    this.#open = open;
  }

  async push(text: string): Promise<Iterable<InputRow>> {
    if (this.#reader !== undefined) return this.#reader.push(text);
    this.#held += text;
    const line = firstLine(this.#held);
    if (line === undefined && this.#held.length <= MAX_LINE_BYTES) return [];
    this.#reader = await this.#open(this.#source, line ?? this.#held);
    return this.#reader.push(this.#take());
  }

  async end(): Promise<Iterable<InputRow>> {
    if (this.#reader !== undefined) return this.#reader.end();
    if (this.#held.trim() === '') return [];
    const reader = await this.#open(this.#source, this.#held.trim());
    return chain(reader.push(this.#take()), () => reader.end());
  }

  /** The line that is being read, for messages. */
  line(): number {
    return this.#reader?.line() ?? this.#held.split(/\r\n|\r|\n/u).length;
  }

  #take(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}

function* chain(first: Iterable<InputRow>, second: () => Iterable<InputRow>): Generator<InputRow> {
  yield* first;
  yield* second();
}

/** The first line that is not blank, once its line end is there. */
function firstLine(text: string): string | undefined {
  return /^\s*(\S[^\r\n]*)[\r\n]/u.exec(text)?.[1];
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
