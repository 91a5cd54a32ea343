/** The outcome of one input row: written to --results, counted in the summary, never thrown. */
import { OUTCOME_KINDS, type OutcomeName, type PersonType, type Result } from '../events.ts';
import type { InputPlace, InputRow } from './input-row.ts';

/** Outcomes that another run may improve: everything failed, what was not attempted, and what is not confirmed. */
export const TAKEN_AGAIN: ReadonlySet<string> = new Set(
  Object.entries(OUTCOME_KINDS).flatMap(([name, kind]) => (kind === 'failed' || kind === 'open' ? [name] : [])),
);

export type Outcome = {
  readonly outcome: OutcomeName;
  readonly place: InputPlace;
  /** The input's own columns, in their order, for the results file. */
  readonly columns: Readonly<Record<string, string>>;
  readonly personType?: PersonType | undefined;
  readonly personId?: string | undefined;
  /** True when this person was created for this row. */
  readonly created?: boolean | undefined;
  readonly listMemberId?: string | undefined;
  /** For `added-by-other` and `already-member`: the name of the user who added the person, else the id. */
  readonly addedBy?: string | undefined;
  /** Stable code of ours or Dynamics' own, e.g. `NO_LAST_NAME`, `ID_TAKEN`, `0x80040265`. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly requestId?: string | undefined;
  readonly dryRun?: boolean | undefined;
  /** The unfinished run that made this change: it counts there. */
  readonly earlierRun?: string | undefined;
};

/** The code of `added-by-other` where neither Dynamics nor this machine's journal shows who added the person (U32). */
export const CREATOR_UNKNOWN = 'CREATOR_UNKNOWN';

export const outcomeOf = (
  { place, columns }: Pick<InputRow, 'place' | 'columns'>,
  outcome: OutcomeName,
  details: Partial<Omit<Outcome, 'outcome' | 'place' | 'columns'>> = {},
): Outcome => ({ outcome, place, columns, ...details });

/** The columns of a results file, in their order; the input's own columns follow. */
export const RESULTS_COLUMNS = [
  'source',
  'line',
  'ref',
  'outcome',
  'kind',
  'personType',
  'personId',
  'created',
  'listMemberId',
  'addedBy',
  'code',
  'message',
  'requestId',
  'dryRun',
  'command',
  'campaignId',
  'organizationId',
] as const satisfies readonly (keyof Result)[];

/** The origin of a results file. Each row has it, so that rows copied out or joined keep it. */
export type ResultsOrigin = {
  readonly command: Result['command'];
  readonly campaignId: string;
  readonly organizationId: string;
};

export const isResultsHeader = (names: readonly string[]): boolean =>
  names.includes('outcome') && names.includes('ref');

export type ResultsColumn = (typeof RESULTS_COLUMNS)[number];

/** Before each of the input's own columns, so that they cannot be mistaken for ours. */
export const INPUT_COLUMN_PREFIX = 'in.';
