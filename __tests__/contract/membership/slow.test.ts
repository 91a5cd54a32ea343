/**
 * Organizations that are slow, or take one write to a list at a time (U33, U35, U36): simulated time, so that nothing here waits. Whatever the
 * answer: everybody is in, once, and no more is sent at a time than the service gets done.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Switches } from '../../../src/emulator/switches.ts';
import { itAsUsual } from '../../support/emulator.ts';
import { byEmail, type Rig } from './harness.ts';
import { truthOf } from './truth.ts';
import { useRigs } from './use-rigs.ts';

const LEADS = 600;
let passTime = async (_ms: number): Promise<void> => undefined;
const { api, make, rigWith } = useRigs({ seed: 'none', people: 2 * LEADS, sleep: (ms) => passTime(ms) });

/** Of the emulator's generated people the odd ones are leads. */
const people = (count: number, from = 0) =>
  Array.from({ length: count }, (_, place) => byEmail(`person${2 * (from + place) + 1}@people.example`));

/** Turns of the event loop in which somebody else's request comes in. */
const TURNS = 100;

function slowRig(perRowWrittenMs: number): Rig {
  const rig = rigWith();
  api.emulator().admin.setConditions({ latency: { perRowWrittenMs } });
  passTime = async (ms) => {
    rig.clock.advance(Math.max(0, ms));
    if (ms > 0) for (let count = 0; count < TURNS; count += 1) await turn();
  };
  return rig;
}
afterEach(() => {
  api.emulator().admin.setConditions({ latency: {} });
  passTime = async () => undefined;
});

/** Calls that changed members: how many they named, and what came of them. */
function calls(since: number) {
  const requests = api.emulator().requests().slice(since);
  const writes = requests.flatMap(({ status, parts = [] }) =>
    parts
      .filter(({ operation }) => /ListMembersList$|MemberList$/.test(operation))
      .map((part) => ({ ...part, outer: status })),
  );
  return { requests, failed: [...writes, ...requests].filter(({ status }) => status >= 400) };
}

async function expectEverybodyIn(campaign: string, count: number): Promise<void> {
  api.emulator().admin.setConditions({ latency: {} });
  const truth = await truthOf(api, campaign);
  expect(truth.people).toHaveLength(count);
  expect(new Set(truth.people).size).toBe(count);
}

describe.each(['per-operation', 'in-all'] as const)('two minutes %s (U36)', (batchTime) => {
  itAsUsual('are enough for 200 ms for each member: the first call is small, the others take ten seconds', async () => {
    const [rig, campaign] = [slowRig(200), await make.campaign()];
    api.switch({ batchTime });
    const before = api.emulator().requests().length;
    const added = await rig.add(campaign, people(350), { batchSize: 300 });
    expect(new Set(added.names)).toEqual(new Set(['added']));
    expect(added.events).toHaveLength(350);
    expect(calls(before).failed).toEqual([]);
    await expectEverybodyIn(campaign, 350);
    api.emulator().admin.setConditions({ latency: { perRowWrittenMs: 200 } });
    const removed = await rig.remove(campaign, people(120));
    expect(new Set(removed.names)).toEqual(new Set(['removed']));
    expect(calls(before).failed).toEqual([]);
    await expectEverybodyIn(campaign, 230);
  });

  itAsUsual('are too little for the first call at two seconds each: it is halved until it fits', async () => {
    const [rig, campaign] = [slowRig(2000), await make.campaign()];
    api.switch({ batchTime });
    const before = api.emulator().requests().length;
    const added = await rig.add(campaign, people(250));
    expect(new Set(added.names)).toEqual(new Set(['added']));
    expect(added.events).toHaveLength(250);
    // 250, 125 and 62 take too long.
    expect(calls(before).failed).toHaveLength(3);
    await expectEverybodyIn(campaign, 250);
  });

  itAsUsual('are enough for creations, which are counted for themselves', async () => {
    const [rig, campaign] = [slowRig(400), await make.campaign()];
    api.switch({ batchTime });
    const before = api.emulator().requests().length;
    const rows = Array.from({ length: 110 }, (_, place) =>
      byEmail(`slow${place}-${batchTime}@new.example`, { lastname: 'Slow' }),
    );
    const added = await rig.add(campaign, rows);
    expect(new Set(added.names)).toEqual(new Set(['added']));
    expect(calls(before).failed).toEqual([]);
    await expectEverybodyIn(campaign, 110);
  });
});

describe('several batches at a time', () => {
  itAsUsual.each<[string, Partial<Switches>, number]>([
    ['where a list takes them as they come', { concurrentListWrites: 'free' }, 0],
    ['where they wait for each other', { concurrentListWrites: 'queued' }, 0],
    ['where the second fails', { concurrentListWrites: 'deadlock' }, 2],
    ['where the second fails as refused', { concurrentListWrites: 'deadlock-400' }, 2],
  ])('come to the same %s (U33)', async (_, switches, mostFailures) => {
    const [rig, campaign] = [slowRig(1), await make.campaign()];
    api.switch(switches);
    const before = api.emulator().requests().length;
    const added = await rig.add(campaign, people(LEADS), { batchSize: 75 });
    expect(new Set(added.names)).toEqual(new Set(['added']));
    expect(added.events).toHaveLength(LEADS);
    const { failed } = calls(before);
    // One at a time from the first failure on.
    expect(failed.length).toBeLessThanOrEqual(mostFailures);
    expect(failed.length > 0).toBe(mostFailures > 0);
    await expectEverybodyIn(campaign, LEADS);
  });
});

describe('what a batch may hold', () => {
  itAsUsual.each(['250', '100'] as const)(
    '%s parts: people are added one by one all the same (U35)',
    async (batchParts) => {
      const [rig, campaign] = [rigWith(), await make.campaign()];
      await rig.add(campaign, people(1));
      api.switch({ batchParts });
      // A bulk call that never works, for whatever reason the database has.
      const effect = { kind: 'fail-part', status: 500, code: '0x80044150', message: 'Generic SQL error.' } as const;
      api.emulator().admin.addFaults([{ match: { operation: 'AddListMembersList' }, effect }]);
      const added = await rig.add(campaign, people(260, 1));
      expect(new Set(added.names)).toEqual(new Set(['added']));
      await expectEverybodyIn(campaign, 261);
    },
  );
});

itAsUsual('learns once that calls for many never work, not with every batch anew', async () => {
  const [rig, campaign] = [rigWith(), await make.campaign()];
  await rig.add(campaign, people(1));
  const effect = { kind: 'fail-part', status: 500, code: '0x80044150', message: 'Generic SQL error.' } as const;
  api.emulator().admin.addFaults([{ match: { operation: 'AddListMembersList' }, effect }]);
  const before = api.emulator().requests().length;
  const added = await rig.add(campaign, people(300, 1), { batchSize: 20 });
  expect(new Set(added.names)).toEqual(new Set(['added']));
  // A second one for those before it, until nobody else is at the list.
  expect(calls(before).failed.length).toBeLessThanOrEqual(6);
  await expectEverybodyIn(campaign, 301);
});

itAsUsual('says rejected where a database refuses somebody each time, and looks again in the next run', async () => {
  const [rig, campaign] = [rigWith(), await make.campaign()];
  await rig.add(campaign, people(1));
  const effect = { kind: 'fail-part', status: 500, code: '0x80044150', message: 'Generic SQL error.' } as const;
  api.emulator().admin.addFaults([{ match: { path: '/Add(?:ListMembersList|MemberList)/' }, effect }]);
  const refused = await rig.add(campaign, people(2, 1));
  expect(refused.outcomes).toMatchObject([
    { outcome: 'rejected', code: '0x80044150' },
    { outcome: 'rejected', code: '0x80044150' },
  ]);
  api.emulator().admin.clearFaults();
  expect((await rig.add(campaign, people(2, 1))).names).toEqual(['added', 'added']);
});

itAsUsual('waits for a server that is busy for writes alone as long as --max-wait allows, and quotes it', async () => {
  const [rig, campaign] = [rigWith(), await make.campaign()];
  await rig.add(campaign, people(1));
  const before = rig.clock.now();
  const effect = {
    kind: 'fail-part',
    status: 503,
    code: '0x8004a001',
    message: 'The server is busy. Try later.',
  } as const;
  api.emulator().admin.addFaults([{ match: { path: '/Add(?:ListMembersList|MemberList)/' }, effect }]);
  const stopped = await rig.add(campaign, people(2, 1));
  expect(stopped.names).toEqual(['unconfirmed', 'unconfirmed']);
  expect(stopped.fatal).toMatchObject({
    ...{ code: 'SERVER_BUSY', status: 503, dataverseCode: '0x8004a001' },
    message: expect.stringMatching(
      /^Gave up on \$batch \(writes\) after \d+ attempts, \d+ s waited: .*The server is busy\. Try later\.$/,
    ),
  });
  expect(rig.clock.now() - before).toBeGreaterThan(500_000);
  api.emulator().admin.clearFaults();
  expect((await rig.add(campaign, people(2, 1))).names).toEqual(['added', 'added']);
});

itAsUsual('waits out the Retry-After of a 503 to a write before it reads and sends again', async () => {
  const [rig, campaign] = [rigWith(), await make.campaign()];
  await rig.add(campaign, people(1));
  const waited = rig.dataverse.traffic().waitedMs;
  const effect = { kind: 'status', status: 503, retryAfterSeconds: 90 } as const;
  api.emulator().admin.addFaults([{ match: { operation: 'AddListMembersList', inBatch: true }, effect, times: 1 }]);
  expect((await rig.add(campaign, people(3, 1))).names).toEqual(['added', 'added', 'added']);
  // Less what passes before the next request anyway.
  expect(rig.dataverse.traffic().waitedMs - waited).toBeGreaterThan(85_000);
  await expectEverybodyIn(campaign, 4);
});
