/**
 * Reads people from arguments, files and stdin as a stream of rows. Knows formats and encodings, but not whether a person exists
 * in Dynamics.
 */
import type { Readable } from 'node:stream';
import { UsageError } from '../errors.ts';
import { isKnownEncoding } from './encodings.ts';
import type { InputRow } from './input-row.ts';
import { STDIN } from './input-row.ts';
import { makeRowOfText } from './make-row.ts';
import { openResultsReader } from './only-failed.ts';
import { openPeopleReader, type ReadOptions } from './people-reader.ts';
import { readRows } from './read-rows.ts';
import { openFile, streamBytes } from './source-bytes.ts';

export type PeopleOptions = ReadOptions & {
  /** PERSON arguments, read first; `-` among them is stdin, read after them. Default: none. */
  readonly people?: readonly string[] | undefined;
  /** Files in reading order; `-` is stdin. Default: none. */
  readonly files?: readonly string[] | undefined;
  /** Bytes of stdin; needed when `-` is named. */
  readonly stdin?: Readable | undefined;
  /** A name of the WHATWG Encoding standard, for input without a byte order mark. Default: UTF-8. */
  readonly encoding?: string | undefined;
  /** The files are finished results files: take the rows that failed, were not attempted or are not confirmed. Default: false. */
  readonly onlyFailed?: boolean | undefined;
  /** Ends the reading without an error, as if after the last whole line, and destroys the stream. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * Reads only on demand and yields rows as soon as their lines are complete, those of one read together. A row without a person is an
 * InvalidRow. Returning early closes the file. Throws UsageError for impossible options, and InputError (after the rows before it) when
 * an input cannot be read further: the rest, later files included, is not read.
 */
export async function* openPeople(options: PeopleOptions): AsyncGenerator<readonly InputRow[]> {
  const { encoding, signal } = options;
  const files = [...(options.people ?? []).filter((text) => text === STDIN), ...(options.files ?? [])];
  checkOptions(encoding, files);
  for (const [index, text] of (options.people ?? []).entries()) {
    if (text !== STDIN) yield [makeRowOfText({ source: 'arguments', line: index + 1 }, text, options.matchBy)];
  }
  const opener = options.onlyFailed ? openResultsReader(options) : openPeopleReader(options);
  for (const source of files) {
    if (signal?.aborted) return;
    const stream = source === STDIN ? givenStdin(options.stdin) : openFile(source);
    yield* readRows({ source, bytes: streamBytes(source, stream, signal), encoding, opener, signal });
  }
}

/** Throws for impossible options. Call it first: openPeople throws only when it is iterated. */
export function checkPeopleOptions(options: PeopleOptions): void {
  const stdin = (options.people ?? []).filter((text) => text === STDIN);
  checkOptions(options.encoding, [...stdin, ...(options.files ?? [])]);
}

function checkOptions(encoding: string | undefined, files: readonly string[]): void {
  if (encoding !== undefined && !isKnownEncoding(encoding)) {
    throw new UsageError('UNKNOWN_ENCODING', `Unknown encoding "${encoding}".`, {
      hint: 'Examples: --encoding windows-1252, iso-8859-15, utf-16le, shift_jis.',
    });
  }
  if (files.filter((path) => path === STDIN).length > 1) {
    throw new UsageError('STDIN_TWICE', 'Stdin (-) is given twice; it can be read only once.');
  }
}

function givenStdin(stdin: Readable | undefined): Readable {
  if (stdin !== undefined) return stdin;
  throw new UsageError('NO_STDIN', 'There is no stdin to read from.');
}
