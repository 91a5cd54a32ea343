import type { RunRecord, RunStatus } from '../../../../src/journal/journal.ts';
import { removalLimitError, removedBefore } from '../../../../src/run/apply/guards.ts';
import { storedEvent } from '../../../support/stored-event.ts';

type Past = { readonly id: string; readonly command?: string; readonly status: RunStatus; readonly removed: number };

const event = (type: string) => storedEvent({ type: `dyncamp.person.${type}` });

/** Newest first, as the journal gives them. */
function session(past: readonly Past[]) {
  const record = ({ id, command = 'apply', status }: Past): RunRecord => ({
    id,
    command,
    status,
    campaignId: 'c',
    campaignName: 'C',
    startedAt: 0,
    counts: {},
  });
  return {
    campaignId: 'c',
    runJournal: { id: 'now' },
    journal: {
      runs: () => past.map(record).values(),
      events: ({ runId }: { readonly runId?: string }) => {
        const removed = past.find(({ id }) => id === runId)?.removed ?? 0;
        return [event('added'), ...Array.from({ length: removed }, () => event('removed'))].values();
      },
    },
  };
}

describe('removedBefore', () => {
  it.each<[string, readonly Past[], number]>([
    ['nothing was run', [], 0],
    ['the last run was finished', [{ id: 'a', status: 'finished', removed: 9 }], 0],
    ['one was interrupted', [{ id: 'a', status: 'stopped', removed: 9 }], 9],
    [
      'several were, since one was finished',
      [
        { id: 'd', status: 'stopped', removed: 1 },
        { id: 'c', status: 'stopped', removed: 2 },
        { id: 'b', status: 'finished', removed: 4 },
        { id: 'a', status: 'stopped', removed: 8 },
      ],
      3,
    ],
    [
      'other commands stand between',
      [
        { id: 'b', command: 'remove', status: 'finished', removed: 4 },
        { id: 'a', status: 'stopped', removed: 8 },
      ],
      8,
    ],
    ['it is the run itself', [{ id: 'now', status: 'running', removed: 5 }], 0],
  ])('counts for: %s', (_what, past, expected) => {
    expect(removedBefore(session(past))).toBe(expected);
  });
});

describe('removalLimitError', () => {
  const spool = (planned: number, ours: number) => ({ countPlanned: () => planned, countOurs: () => ours });
  it.each([
    ['a first run within the limit', 100, 100, 1000, 0, undefined],
    ['a first run beyond it', 100, 101, 1000, 0, /101 people would be removed, and --max-removals allows 100/],
    ['a repetition of a run that was within it', 100, 40, 940, 60, undefined],
    [
      'another file after an unfinished run',
      100,
      90,
      940,
      60,
      /90 people would be removed besides the 60 that unfinished runs/,
    ],
    ['a repetition with nothing left to remove', 100, 0, 880, 120, undefined],
    // 10 % of 2000 were allowed; after 150 of them 10 % of the rest would be 185.
    ['a repetition under the default limit', undefined, 50, 1850, 150, undefined],
    ['more than that under the default limit', undefined, 51, 1850, 150, /--max-removals allows 200/],
  ])('%s', (_what, maxRemovals, planned, ours, before, expected) => {
    const error = removalLimitError({ maxRemovals }, spool(planned, ours), before);
    if (expected === undefined) expect(error).toBeUndefined();
    else expect(error?.message).toMatch(expected);
  });
});
