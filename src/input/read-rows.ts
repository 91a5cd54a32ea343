/** Turns the bytes of one input into rows as soon as their lines are complete. After the first lines it holds one chunk and at most one line. */
import { InputError } from '../errors.ts';
import { BadByteError, decodeText } from './encodings.ts';
import { detectFormat, MAX_DETECT_LENGTH, type Opener } from './format.ts';
import { type InputRow, type RowReader, sourceName } from './input-row.ts';
import { openResultsReader } from './only-failed.ts';
import { openPeopleReader, type ReadOptions } from './people-reader.ts';

export type InputOptions = ReadOptions & {
  /** A name of the WHATWG Encoding standard, for input without a byte order mark. Default: UTF-8. */
  readonly encoding?: string | undefined;
  /** The files are finished results files: take the rows that failed, were not attempted or are not confirmed. Default: false. */
  readonly onlyFailed?: boolean | undefined;
  /** Ends the reading without an error, as if after the last whole line, and destroys the stream. */
  readonly signal?: AbortSignal | undefined;
};

/** Throws InputError where the input cannot be read on, after the rows before it were given. When the signal is aborted it just ends. */
export async function* readRows(
  source: string,
  bytes: AsyncIterable<Uint8Array>,
  options: InputOptions,
): AsyncGenerator<readonly InputRow[]> {
  const { encoding, signal } = options;
  const reader = detectingReader(source, options.onlyFailed ? openResultsReader(options) : openPeopleReader(options));
  try {
    let isEnded = true;
    for await (const text of decodeText(bytes, { source, encoding })) {
      if (text !== '') isEnded = /[\r\n]$/u.test(text);
      yield* together(await reader.push(text));
    }
    // A stopped input ends in half a line, which names nobody.
    if (signal?.aborted) return;
    for (const group of together(await reader.end())) yield isEnded ? group : withUnendedLast(group);
  } catch (error) {
    if (signal?.aborted) return;
    if (!(error instanceof BadByteError)) throw error;
    yield* together(await reader.rest());
    throw badByte(source, reader.line(), error);
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

/** Holds the text back until its first lines show the format; then it is the reader of that. */
function detectingReader(source: string, opener: Opener) {
  let reader: RowReader | undefined;
  let held = '';
  /** `isWhole`: from the lines held so far, without waiting for more. */
  const tryOpen = async (isWhole: boolean): Promise<void> => {
    if (isWhole && held.trim() === '') return;
    const detected = detectFormat(held, { ...opener, isWhole });
    if (detected !== undefined) reader = await opener.open(source, detected);
  };
  function* pushHeld(): Generator<InputRow> {
    if (reader === undefined) return;
    const text = held;
    held = '';
    yield* reader.push(text);
  }
  function* pushLast(): Generator<InputRow> {
    yield* pushHeld();
    yield* reader?.end() ?? [];
  }
  return {
    async push(text: string): Promise<Iterable<InputRow>> {
      if (reader !== undefined) return reader.push(text);
      held += text;
      // Only a new line end can show anything new; beyond the limit the first lines are looked at as they are.
      if (/[\r\n]/u.test(text) || held.length > MAX_DETECT_LENGTH) await tryOpen(false);
      return pushHeld();
    },
    async end(): Promise<Iterable<InputRow>> {
      if (reader === undefined) await tryOpen(true);
      return pushLast();
    },
    /** The good lines before a bad byte, where they were still held. The byte is the error to report, even if they show no format. */
    async rest(): Promise<Iterable<InputRow>> {
      try {
        if (reader === undefined) await tryOpen(true);
        return pushHeld();
      } catch (error) {
        if (error instanceof InputError) return [];
        throw error;
      }
    },
    line: () => reader?.line() ?? held.split(/\r\n|\r|\n/u).length,
  };
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
