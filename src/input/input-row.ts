/** One person as named by the input, before any read from Dynamics. */
import type { PersonType } from '../events.ts';

/** The name of stdin among files and in places. */
export const STDIN = '-';

export const sourceName = (source: string): string => (source === STDIN ? 'stdin' : source);

export type InputPlace = {
  /** The file's path as given, `-` for stdin, `arguments` for the command line, `list:<id>` for --from-list. */
  readonly source: string;
  /** 1-based line where the row begins (the argument's number for arguments). */
  readonly line: number;
  /** The id or e-mail as written. */
  readonly ref: string;
};

export type PersonKey =
  /** The record with this id; without a type either table may hold it. */
  | { readonly by: 'id'; readonly id: string; readonly personType?: PersonType | undefined }
  /** The address key (people/identity.ts). */
  | { readonly by: 'email'; readonly email: string }
  /** A value of the column that --match-by names, in the column's own spelling where that is known; then also as it was written. */
  | { readonly by: 'column'; readonly value: string; readonly written?: string | undefined };

export type PersonRow = {
  readonly kind: 'person';
  readonly place: InputPlace;
  readonly key: PersonKey;
  /** The address key of the row's e-mail even when the row's own key is an id; empty when it has none. */
  readonly email: string;
  /** The e-mail as written, if it differs from `email`. */
  readonly emailText?: string | undefined;
  /** Input values by Dynamics column name of the lead table (mapped from Marketo's names), raw text, empty ones left out. */
  readonly attributes: Readonly<Record<string, string>>;
  /** All cells by their column's name, for results; none where no results are asked for. */
  readonly columns: Readonly<Record<string, string>>;
  /** Set when the row may match but never create, with the reason (an over-long CSV row). */
  readonly neverCreate?: string | undefined;
  /** The last row of an input without a final line end: it may be truncated. */
  readonly isUnended?: true | undefined;
};

/** A line without a usable person. The run goes on. */
export type InvalidRow = {
  readonly kind: 'invalid';
  readonly place: InputPlace;
  readonly columns: Readonly<Record<string, string>>;
  /** Stable, e.g. `NO_ID`, `BAD_GUID`, `BAD_EMAIL`, `NUL_BYTE`, `LINE_TOO_LONG`, `BAD_JSON`. */
  readonly code: string;
  readonly message: string;
  readonly isUnended?: true | undefined;
};

export type InputRow = PersonRow | InvalidRow;

/** Rows in groups as they arrived: one read of a file, one page, one chunk of a pipe. */
export type InputRows = AsyncIterable<readonly InputRow[]>;

/** Reads rows from text as it comes. `push` and `end` may throw InputError, after yielding the good rows before it. */
export type RowReader = {
  push(text: string): Iterable<InputRow>;
  end(): Iterable<InputRow>;
  /** The line that is being read. */
  line(): number;
};
