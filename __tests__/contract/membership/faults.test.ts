/** What may go wrong on the way: whatever it is, the same people are in, every event came out once, and a second run ends the work. */
import { randomUUID } from 'node:crypto';
import type { Fault, FaultEffect } from '../../../src/emulator/faults/fault.ts';
import { itUnder } from '../../support/emulator.ts';
import { byEmail, byId, type Rig, type RunOptions, type RunResult } from './harness.ts';
import { leadsWith, membersOf, truthOf } from './truth.ts';
import { useRigs } from './use-rigs.ts';

const { api, make, order, rigWith } = useRigs();
let rig: Rig;
beforeEach(() => {
  rig = rigWith();
});

const inBatch = (nth: number, effect: FaultEffect): Fault => ({
  match: { operation: '$batch', nth },
  effect,
  times: 1,
});

async function campaignWith(people: number) {
  const tag = randomUUID().slice(0, 8);
  const campaign = await make.campaign();
  const leads = await Promise.all(
    Array.from({ length: people }, (_, place) => make.lead({ emailaddress1: `f${place}-${tag}@x.example` })),
  );
  const rows = [
    ...leads.map((_, place) => byEmail(`f${place}-${tag}@x.example`)),
    byEmail(`new-${tag}@x.example`, { lastname: 'New' }),
  ];
  return { campaign, leads, rows, newcomer: `new-${tag}@x.example` };
}

const idsOf = (results: readonly RunResult[]) => results.flatMap((result) => result.events.map((event) => event.id));

/** Runs until nothing is open, as a scheduler would, and sees that the whole is right. */
async function addUntilDone(situation: Awaited<ReturnType<typeof campaignWith>>): Promise<readonly RunResult[]> {
  const { campaign, leads, rows, newcomer } = situation;
  const results = [await rig.add(campaign, rows)];
  api.emulator().admin.clearFaults();
  rig.clock.advance(6 * 60_000);
  results.push(await rig.add(campaign, rows));
  const truth = await truthOf(api, campaign);
  const created = await leadsWith(api, newcomer);
  expect(created).toHaveLength(1);
  expect(truth.people).toEqual([...leads, String(created[0]?.leadid)].sort());
  expect(new Set(idsOf(results)).size).toBe(leads.length + 2);
  expect(idsOf(results)).toHaveLength(leads.length + 2);
  return results;
}

/** One person after the other, and what somebody else does after one of them. */
function afterBatch(nth: number, act: () => Promise<unknown>): RunOptions {
  let batches = 0;
  return {
    ...{ batchSize: 1, limit: 1 },
    async onBatch() {
      batches += 1;
      if (batches === nth) await act();
    },
  };
}

const effects: readonly (readonly [string, FaultEffect])[] = [
  ['an answer that is lost after the work', { kind: 'reset-after-commit' }],
  ['a connection that is cut before the work', { kind: 'reset-before' }],
  ['half an answer', { kind: 'truncate' }],
  ['an answer that is no JSON', { kind: 'not-json' }],
  ['503 of a gateway', { kind: 'status', status: 503, html: true }],
  ['a time-out of the database after the work', { kind: 'sql-timeout', afterCommit: true }],
  ['an expired token', { kind: 'expired-token' }],
  ['throttling', { kind: 'throttle-requests', retryAfterSeconds: 30 }],
  ['reads that are late', { kind: 'late-reads', reads: 4 }],
];

describe('adding', () => {
  // Requests of a first run: who and where, facts, the people, the leads' table, the list, its facts, the writes.
  it.each(effects.flatMap(([name, effect]) => [1, 2, 3, 4, 5, 6, 7].map((nth) => [name, nth, effect] as const)))(
    'comes to the same with %s in batch %d',
    async (_, nth, effect) => {
      const situation = await campaignWith(3);
      order(inBatch(nth, effect));
      const [first] = await addUntilDone(situation);
      expect(first?.names).toEqual(Array(4).fill('added'));
    },
  );

  // Sent again after a read that did not show it yet, an addition may make a second row: that is what this answer means.
  itUnder({ addExistingMember: 'ignored' })(
    'makes one lead and one row when the answer to each write is lost and reads are late',
    async () => {
      const situation = await campaignWith(2);
      api.switch({ readAfterWrite: 'late-3' });
      order({ match: { path: 'AddListMembersList', inBatch: true }, effect: { kind: 'reset-after-commit' }, times: 3 });
      await addUntilDone(situation);
    },
  );

  itUnder({ outerJoin: 'works' })(
    'says unconfirmed, and not a second time added, when no read comes back after the write',
    async () => {
      const situation = await campaignWith(2);
      await rig.add(situation.campaign, [byId(situation.leads[0] ?? '')]);
      order(
        { match: { operation: 'AddListMembersList', inBatch: true }, effect: { kind: 'reset-after-commit' }, times: 1 },
        { match: { path: 'listmembers', inBatch: true }, effect: { kind: 'status', status: 503 }, skip: 2 },
        { match: { path: 'listmembers', inBatch: false }, effect: { kind: 'status', status: 503 } },
      );
      const broken = await rig.add(situation.campaign, situation.rows);
      expect(broken.names).toContain('unconfirmed');
      expect(broken.names.slice(1)).not.toContain('not-reached');
      api.emulator().admin.clearFaults();
      const repeated = await rig.add(situation.campaign, situation.rows);
      expect(repeated.fatal).toBeUndefined();
      expect(repeated.names.slice(1)).toEqual(['added', 'added']);
      expect(repeated.outcomes[2]?.created).toBe(true);
      expect(idsOf([broken, repeated])).toHaveLength(3);
    },
  );

  it('sends what a throttled part held again, and nobody twice', async () => {
    api.switch({ batchThrottling: 'part', addExistingMember: 'second-row' });
    const situation = await campaignWith(3);
    const match = { operation: 'AddListMembersList', inBatch: true };
    order({ match, effect: { kind: 'throttle-time', retryAfterSeconds: 5 }, times: 1 });
    await addUntilDone(situation);
  });

  it('stops with what is wrong when the list is locked in the middle, and writes nothing more', async () => {
    const situation = await campaignWith(6);
    await rig.add(situation.campaign, situation.rows.slice(0, 1));
    const [list] = (await truthOf(api, situation.campaign)).lists;
    const lock = () => api.patch(`lists(${list?.id})`, { lockstatus: true });
    const stopped = await rig.add(situation.campaign, situation.rows, afterBatch(3, lock));
    expect(stopped.fatal).toMatchObject({ category: 'campaign', code: 'LIST_LOCKED' });
    const done = stopped.names.filter((name) => name === 'added').length;
    expect(stopped.names.at(-1)).toBe('not-reached');
    expect(await membersOf(api, list?.id ?? '')).toHaveLength(done + 1);
    expect(stopped.events).toHaveLength(done);
  });

  it('stops when the campaign becomes inactive in the middle', async () => {
    const situation = await campaignWith(5);
    const close = () => api.patch(`campaigns(${situation.campaign})`, { statecode: 1, statuscode: 6 });
    const stopped = await rig.add(situation.campaign, situation.rows, afterBatch(2, close));
    expect(stopped.fatal).toMatchObject({ code: 'CAMPAIGN_INACTIVE' });
    expect(stopped.names.at(-1)).toBe('not-reached');
    expect((await truthOf(api, situation.campaign)).people).toHaveLength(stopped.events.length);
  });
});

describe('removing', () => {
  it.each(effects.flatMap(([name, effect]) => [3, 4, 5].map((nth) => [name, nth, effect] as const)))(
    'comes to the same with %s in batch %d',
    async (_, nth, effect) => {
      const { campaign, rows, leads } = await campaignWith(3);
      await rig.add(campaign, rows.slice(0, 3));
      order(inBatch(nth, effect));
      const first = await rig.remove(campaign, rows.slice(0, 3));
      api.emulator().admin.clearFaults();
      rig.clock.advance(6 * 60_000);
      const second = await rig.remove(campaign, rows.slice(0, 3));
      expect((await truthOf(api, campaign)).people).toEqual([]);
      expect(new Set(idsOf([first, second])).size).toBe(leads.length);
      expect(idsOf([first, second])).toHaveLength(leads.length);
    },
  );
});
