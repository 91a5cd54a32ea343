/** What may go wrong: faults of the service, behaviours that no source settles, and ways in which a client ends early. */
import type { Fault, FaultEffect } from '../../../src/emulator/faults/fault.ts';
import { DEFAULT_SWITCHES, type Switches, UNSETTLED } from '../../../src/emulator/switches.ts';
import type { Random } from './random.ts';

/** One start of the client: how it is disturbed, and how far the clock of its machine is from the true time. */
export type Attempt = { readonly disturbance: Disturbance; readonly clockMs: number };

export type Disturbance =
  | { readonly kind: 'none' }
  | { readonly kind: 'kill' | 'interrupt' | 'interrupt-twice'; readonly afterMs: number }
  /** SIGKILL when so many events were read. */
  | { readonly kind: 'kill-at-event'; readonly events: number }
  /** SIGKILL when the organization has made so many changes since the start: their answers are still on the way. */
  | { readonly kind: 'kill-at-change'; readonly changes: number }
  /** The reader of stdout goes away when it has so many events. */
  | { readonly kind: 'close-stdout'; readonly events: number };

/** Longest time after which a cut off request is carried out all the same. */
export const LONGEST_DELAY_MS = 1_500;
/** The least that the client waits on a 429, whatever Retry-After says. */
const RETRY_AFTER_SECONDS = 1;

const WRITES = ['AddListMembersList', 'RemoveListMembersList', 'AddMemberList', 'RemoveMemberList', 'Create'] as const;

const throttle = (random: Random): FaultEffect => ({
  kind: random.pick(['throttle-requests', 'throttle-time', 'throttle-concurrency'] as const),
  retryAfterSeconds: RETRY_AFTER_SECONDS,
  growing: random.chance(0.3),
});

/** Answers that say nothing, or less than was asked; the work is done. */
const spoilt = (random: Random): FaultEffect => ({
  kind: random.pick(['empty-answer', 'no-content', 'no-value', 'error-in-ok', 'no-key'] as const),
});

/** Faults of a whole request, batches mostly. */
const OF_REQUESTS: readonly ((random: Random) => FaultEffect)[] = [
  throttle,
  (random) => ({ kind: 'status', status: random.pick([502, 503, 504]), html: random.chance(0.7) }),
  (random) => ({ kind: 'sql-timeout', afterCommit: random.chance(0.6) }),
  () => ({ kind: 'reset-before' }),
  () => ({ kind: 'reset-after-commit' }),
  () => ({ kind: 'reset-after-commit' }),
  (random) => ({ kind: 'delay-commit', ms: random.int(100, LONGEST_DELAY_MS) }),
  (random) => ({ kind: 'slow', ms: random.int(50, 900) }),
  () => ({ kind: 'truncate' }),
  () => ({ kind: 'not-json' }),
  () => ({ kind: 'expired-token' }),
  (random) => ({ kind: 'late-reads', reads: random.int(1, 3) }),
  spoilt,
  spoilt,
];

const PART_FAILURES = [
  { status: 429, code: '0x80072322', message: 'Number of requests exceeded the limit of 6000', retryAfterSeconds: 1 },
  {
    status: 503,
    code: '0x8004a001',
    message: 'The server is busy and the request was not completed. Try again later.',
  },
  { status: 500, code: '0x80044150', message: 'Generic SQL error.' },
  { status: 500, code: '0x80044151', message: 'SQL timeout expired.' },
] as const;
/** Of writes: nobody can go on where a plug-in refuses reads, or where they fail for no reason that may pass. */
const WRITE_FAILURES = [
  ...PART_FAILURES,
  { status: 500, code: '0x80040216', message: 'An unexpected error occurred.' },
  { status: 400, code: '0x80040265', message: 'A plug-in of the organization refused this.' },
] as const;

function faultOfRequests(random: Random): Fault {
  return {
    match: { method: 'POST', inBatch: false, ...(random.chance(0.2) ? { every: random.int(2, 4) } : {}) },
    skip: random.int(0, 9),
    times: random.int(1, 3),
    effect: random.pick(OF_REQUESTS)(random),
  };
}

function faultOfParts(random: Random): Fault {
  const operation = random.pick([...WRITES, 'RetrieveMultiple', 'AddItemCampaign']);
  const effect: FaultEffect = random.pick<FaultEffect>([
    {
      kind: 'fail-part',
      ...random.pick(operation === 'RetrieveMultiple' ? PART_FAILURES : WRITE_FAILURES),
    },
    { kind: 'sql-timeout', afterCommit: random.chance(0.7) },
    { kind: 'late-reads', reads: random.int(1, 3) },
    { kind: 'reset-after-commit' },
    { kind: 'delay-commit', ms: random.int(100, LONGEST_DELAY_MS) },
    spoilt(random),
    spoilt(random),
  ]);
  return { match: { operation, inBatch: true }, skip: random.int(0, 4), times: random.int(1, 4), effect };
}

export function randomFaults(random: Random): readonly Fault[] {
  return Array.from({ length: random.int(0, 4) }, () =>
    random.chance(0.7) ? faultOfRequests(random) : faultOfParts(random),
  );
}

/** Answers that stop every run, or every creation, as they should, or matter only beside one that does: nothing would be tried. */
const STOPPING: readonly string[] = ['securedEmail', 'securedValues', 'readDepth', 'tableDefinitions'];

/** A few switches away from their defaults; never both ways of doing something taken away: then nothing can be done. */
export function randomSwitches(random: Random): Partial<Switches> {
  const usable = Object.entries(UNSETTLED).filter(([name]) => !STOPPING.includes(name));
  const names = random.some(usable, random.chance(0.4) ? 0 : random.int(1, 5));
  const chosen: Partial<Switches> = Object.fromEntries(
    names.map(([name, values]) => [name, random.pick<string>(values.slice(1))]),
  );
  const { removeListMembersList, removeMemberList, addItemCampaign, linkByRef } = { ...DEFAULT_SWITCHES, ...chosen };
  const cannotRemove = removeListMembersList === 'absent' && ['absent', 'parameter-refused'].includes(removeMemberList);
  const cannotLink = addItemCampaign === 'absent' && linkByRef === 'refused';
  return {
    ...chosen,
    ...(cannotRemove ? { removeMemberList: 'no-content' } : {}),
    ...(cannotLink ? { linkByRef: 'works-strict' } : {}),
  };
}

/** Rows that a page of an answer has at most; undefined: as many as the service gives. */
export const randomPageSize = (random: Random): number | undefined =>
  random.chance(0.3) ? random.int(3, 60) : undefined;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Beyond what decides about the age of an intent (minutes) and of a run (30 days), both ways. */
const CLOCKS_MS = [6 * MINUTE_MS, -6 * MINUTE_MS, 3 * DAY_MS, -3 * DAY_MS, 40 * DAY_MS, -40 * DAY_MS];

export function randomAttempt(random: Random): Attempt {
  return { disturbance: randomDisturbance(random), clockMs: random.chance(0.3) ? random.pick(CLOCKS_MS) : 0 };
}

function randomDisturbance(random: Random): Disturbance {
  const afterMs = random.int(200, 4_000);
  return random.pick<Disturbance>([
    { kind: 'none' },
    { kind: 'kill', afterMs },
    { kind: 'kill-at-change', changes: random.int(1, 150) },
    { kind: 'kill-at-change', changes: random.int(1, 150) },
    { kind: 'kill-at-event', events: random.int(1, 60) },
    { kind: 'interrupt', afterMs },
    { kind: 'interrupt-twice', afterMs },
    { kind: 'close-stdout', events: random.chance(0.4) ? 0 : random.int(0, 40) },
  ]);
}
