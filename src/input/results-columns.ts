import type { Result } from '../events.ts';

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

export type ResultsColumn = (typeof RESULTS_COLUMNS)[number];

/** Before each of the input's own columns, so that they cannot be mistaken for ours. */
export const INPUT_COLUMN_PREFIX = 'in.';
