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
] as const;

export type ResultsColumn = (typeof RESULTS_COLUMNS)[number];

/** Before the name of each of the input's own columns, so that they cannot be taken for ours. */
export const INPUT_COLUMN_PREFIX = 'in.';
