/**
 * What dyncamp writes for other programs, line by line: its events (stdout), and the rows of `--results FILE.jsonl`. Published as
 * `dyncamp/events`; docs/event.schema.json and docs/result.schema.json say the same in JSON Schema.
 */

/** The CloudEvents `type` of each change. */
export const EVENT_TYPES = {
  added: 'dyncamp.person.added',
  removed: 'dyncamp.person.removed',
  created: 'dyncamp.person.created',
} as const;

/** Every outcome of an input row, and of which kind it is. */
export const OUTCOME_KINDS = {
  added: 'done',
  removed: 'done',
  'already-member': 'skipped',
  'not-member': 'skipped',
  'in-by-other-list': 'skipped',
  'added-by-other': 'skipped',
  'duplicate-input': 'skipped',
  'other-shard': 'skipped',
  excluded: 'skipped',
  'opted-out': 'skipped',
  invalid: 'failed',
  'not-found': 'failed',
  ambiguous: 'failed',
  inactive: 'failed',
  'cannot-create': 'failed',
  duplicate: 'failed',
  forbidden: 'failed',
  rejected: 'failed',
  unconfirmed: 'open',
  'not-reached': 'open',
} as const;

export type OutcomeName = keyof typeof OUTCOME_KINDS;
export type OutcomeKind = (typeof OUTCOME_KINDS)[OutcomeName];
