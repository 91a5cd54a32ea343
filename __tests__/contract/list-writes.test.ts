/** What several writes at a time and long ones come to, in simulated time: it passes when a test lets it. */
import { makers, members, peopleOn, refusal, useEmulator } from '../support/emulator.ts';
import { heldTime } from '../support/held-time.ts';
import { part, parts, sendBatch } from '../support/raw-batch.ts';

const { sleep, untilAsleep, wakeAll } = heldTime();
const api = useEmulator({ seed: 'none', sleep });
const make = makers(api);
const latency = (perRowWrittenMs: number) => api.emulator().admin.setConditions({ latency: { perRowWrittenMs } });
afterEach(() => latency(0));

async function listWithTwo() {
  const [list, one, two] = [await make.leadList(), await make.lead(), await make.lead()];
  const add = (person: string) => api.post('AddListMembersList', members(list, 'lead', [person]));
  return { list, one, two, add };
}

describe('a second write to a list while the first one works (U33 concurrentListWrites)', () => {
  it('goes its way where they are free', async () => {
    const { list, one, two, add } = await listWithTwo();
    api.switch({ concurrentListWrites: 'free' });
    latency(1000);
    const both = [add(one), add(two)];
    await untilAsleep(2);
    wakeAll();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([204, 204]);
    expect(await peopleOn(api, list)).toHaveLength(2);
  });

  it('waits where they are queued, and another list does not', async () => {
    const { list, one, two, add } = await listWithTwo();
    const other = await listWithTwo();
    api.switch({ concurrentListWrites: 'queued' });
    latency(1000);
    const first = add(one);
    await untilAsleep(1);
    const second = add(two);
    const third = other.add(other.one);
    await untilAsleep(2);
    expect(await peopleOn(api, list)).toHaveLength(1);
    wakeAll();
    await Promise.all([first, third]);
    await untilAsleep(1);
    wakeAll();
    expect(await second).toMatchObject({ status: 204 });
    expect(await peopleOn(api, list)).toHaveLength(2);
  });

  it.each([
    ['deadlock', 500],
    ['deadlock-400', 400],
  ] as const)('fails with %s, and goes again afterwards', async (concurrentListWrites, status) => {
    const { list, one, two, add } = await listWithTwo();
    api.switch({ concurrentListWrites });
    latency(1000);
    const first = add(one);
    await untilAsleep(1);
    expect(await add(two)).toMatchObject(refusal(status, '0x80044150', 'Generic SQL error.'));
    const batch = await sendBatch(api, [part('POST', 'AddListMembersList', members(list, 'lead', [two]))]);
    expect(parts(batch)).toMatchObject([{ status }]);
    wakeAll();
    expect(await first).toMatchObject({ status: 204 });
    const again = add(two);
    await untilAsleep(1);
    wakeAll();
    expect(await again).toMatchObject({ status: 204 });
  });
});

describe('what takes longer than two minutes (U36 batchTime)', () => {
  it.each([
    ['per-operation', 1],
    ['in-all', 1],
  ] as const)('%s is undone; what was done before stays', async (batchTime, isIn) => {
    const { list, one, two } = await listWithTwo();
    const third = await make.lead();
    api.switch({ batchTime });
    // A row of the list is written besides.
    latency(50_000);
    const add = (people: readonly string[]) => part('POST', 'AddListMembersList', members(list, 'lead', people));
    const sent = sendBatch(api, [add([one]), add([two, third])]);
    await untilAsleep(1);
    wakeAll();
    const answer = await sent;
    if (batchTime === 'in-all') expect(answer.status).toBe(504);
    else
      expect(parts(answer)).toMatchObject([{ status: 204 }, { status: 500, json: { error: { code: '0x80044151' } } }]);
    latency(0);
    expect(await peopleOn(api, list)).toHaveLength(isIn);
  });
});

describe('how many parts a batch may have (U35 batchParts)', () => {
  it.each([
    ['1000', 200],
    ['250', 200],
    ['100', 400],
  ] as const)('%s: 101 are answered with %d', async (batchParts, status) => {
    api.switch({ batchParts });
    const reads = Array.from({ length: 101 }, () => part('GET', 'WhoAmI'));
    const answer = await sendBatch(api, reads);
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.text).toContain("maximum number of '100' query operations");
  });
});
