/**
 * Reads people from arguments, files and stdin as a stream of rows. Knows formats and encodings, but not whether a person exists
 * in Dynamics.
 */
import type { Readable } from 'node:stream';
import { UsageError } from '../errors.ts';
import { isKnownEncoding } from './encodings.ts';
import { type InputRow, STDIN } from './input-row.ts';
import { makeRowOfText } from './make-row.ts';
import type { InputOptions } from './read-rows.ts';
import { openFile, streamBytes } from './source-bytes.ts';

export type PeopleOptions = InputOptions & {
  /** PERSON arguments, read first; `-` among them is stdin, read after them. Default: none. */
  readonly people?: readonly string[] | undefined;
  /** Files in reading order; `-` is stdin. Default: none. */
  readonly files?: readonly string[] | undefined;
  /** Bytes of stdin; needed when `-` is named. */
  readonly stdin?: Readable | undefined;
};

/**
 * Reads only on demand and yields rows as soon as their lines are complete, those of one read together. A row without a person is an
 * InvalidRow. Returning early closes the file. Throws UsageError for impossible options, and InputError (after the rows before it) when
 * an input cannot be read further: the rest, later files included, is not read.
 */
export async function* openPeople(options: PeopleOptions): AsyncGenerator<readonly InputRow[]> {
  checkPeopleOptions(options);
  const { people = [], matchBy, signal } = options;
  for (const [index, text] of people.entries()) {
    if (text !== STDIN) yield [makeRowOfText({ source: 'arguments', line: index + 1 }, text, matchBy)];
  }
  for (const source of filesOf(options)) {
    if (signal?.aborted) return;
    // Loaded only when there is something to read, and csv-parse with it.
    const { readRows } = await import('./read-rows.ts');
    const stream = source === STDIN ? options.stdin : openFile(source);
    if (stream === undefined) throw new UsageError('NO_STDIN', 'There is no stdin to read from.');
    yield* readRows(source, streamBytes(source, stream, signal), options);
  }
}

const filesOf = ({ people = [], files = [] }: PeopleOptions): readonly string[] => [
  ...people.filter((text) => text === STDIN),
  ...files,
];

/** Throws for impossible options. Call it first: openPeople throws only when it is iterated. */
export function checkPeopleOptions(options: PeopleOptions): void {
  const { encoding } = options;
  if (encoding !== undefined && !isKnownEncoding(encoding)) {
    throw new UsageError('UNKNOWN_ENCODING', `Unknown encoding "${encoding}".`, {
      hint: 'Examples: --encoding windows-1252, iso-8859-15, utf-16le, shift_jis.',
    });
  }
  if (filesOf(options).filter((path) => path === STDIN).length > 1) {
    throw new UsageError('STDIN_TWICE', 'Stdin (-) is given twice; it can be read only once.');
  }
}
