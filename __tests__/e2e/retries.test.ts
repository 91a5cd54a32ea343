/** What must be seen when the service fails in one way: nothing lost, nothing done twice, and the truth said about it. */
import type { RequestLogEntry } from '../../src/emulator/requests/request-log.ts';
import { until, useCampaignCli } from '../support/campaign-cli.ts';

const PEOPLE = 1200;
const cli = useCampaignCli({ people: PEOPLE });
const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `person${from + index}@people.example\n`).join('');
const admin = () => cli.api.emulator().admin;
const countOf = (names: readonly string[], name: string): number => names.filter((each) => each === name).length;

describe('429 with Retry-After on every third request', () => {
  const endOf = ({ time, ms }: RequestLogEntry): number => Date.parse(time) + ms;

  it('is waited out by every request of the process, loses nobody, and the summary says how long was waited', async () => {
    const retryAfterSeconds = 2;
    const campaign = await cli.make.campaign({ name: 'Throttled' });
    admin().addFaults([{ match: { every: 3 }, effect: { kind: 'throttle-requests', retryAfterSeconds } }]);
    const args = ['add', `id:${campaign}`, '--batch-size', '60', '--concurrency', '4', '-'];
    const added = await cli.outcomes(args, { stdin: numbered(1, 240) });
    expect(added.code).toBe(0);
    expect(
      countOf(
        added.rows.map(({ outcome }) => outcome),
        'added',
      ),
    ).toBe(240);
    expect(new Set(added.events.map(({ id }) => id)).size).toBe(240);

    const requests = admin().requests();
    const throttled = requests.filter(({ status }) => status === 429).map(endOf);
    expect(throttled.length).toBeGreaterThanOrEqual(3);
    // The emulator blames nobody for what was on the wire when the answer left.
    expect(requests.filter(({ isInsideRetryAfter }) => isInsideRetryAfter)).toEqual([]);
    const waited = Number(/, (\d+) s of them waiting for the server/.exec(added.stderr)?.[1]);
    // Connecting is part of both: what was waited is part of what it took.
    const took = Number(/ in (\d+\.\d) s, \d+ s of them/.exec(added.stderr)?.[1]);
    expect(waited).toBeLessThanOrEqual(Math.ceil(took));
    const distinct = throttled.filter((end, place) => end - (throttled[place - 1] ?? 0) > 1_000).length;
    expect(waited).toBeGreaterThanOrEqual(Math.floor(distinct * retryAfterSeconds) - 1);
  });

  // 10 ** 20: beyond what a timer of Node can be.
  it.each([30, 10 ** 20])('of %d s ends with 75 where --max-wait is shorter, and a repetition goes on', async (s) => {
    const campaign = await cli.make.campaign({ name: 'Short of patience' });
    const throttle = { kind: 'throttle-time', retryAfterSeconds: s } as const;
    admin().addFaults([{ match: { operation: 'AddListMembersList', inBatch: true }, effect: throttle }]);
    const args = ['add', `id:${campaign}`, '--max-wait', '2s', '-'];
    const gaveUp = await cli.outcomes(args, { stdin: numbered(1, 20) });
    expect(gaveUp).toMatchObject({ code: 75, stdout: '' });
    expect(gaveUp.rows).toHaveLength(20);
    expect(new Set(gaveUp.rows.map(({ outcome }) => outcome))).toEqual(new Set(['not-reached']));
    expect(gaveUp.stderr).toMatch(/throttles and asks (for another \d+ s|to wait until)/);
    expect(gaveUp.stderr).not.toContain('    at ');
    expect(gaveUp.stderr).toContain('--max-wait');
    expect(await cli.peopleIn(campaign)).toEqual([]);
    admin().clearFaults();
    expect(await cli.change(args, { stdin: numbered(1, 20) })).toMatchObject({ code: 0 });
    expect(await cli.peopleIn(campaign)).toHaveLength(20);
  });
});

it('--max-duration 25d, beyond what a timer of Node can be, does not end the run at once', async () => {
  const campaign = await cli.make.campaign({ name: 'Patient' });
  const args = ['add', `id:${campaign}`, '--max-duration', '25d', '-'];
  expect(await cli.change(args, { stdin: numbered(1, 3) })).toMatchObject({ code: 0 });
});

describe('a reply that is lost after the commit', () => {
  it.each(['reset-after-commit', 'truncate'] as const)(
    'of AddListMembersList (%s): no error, true outcomes, one event each',
    async (kind) => {
      const campaign = await cli.make.campaign({ name: `Lost ${kind}` });
      const match = { operation: 'AddListMembersList', inBatch: true };
      admin().addFaults([{ match, times: 1, effect: { kind } }]);
      const added = await cli.outcomes(['add', `id:${campaign}`, '-'], { stdin: numbered(1, 100) });
      expect(added.code).toBe(0);
      expect(new Set(added.rows.map(({ outcome }) => outcome))).toEqual(new Set(['added']));
      expect(new Set(added.events.map(({ id }) => id)).size).toBe(100);
      expect(added.events).toHaveLength(100);
      expect(added.stderr).not.toMatch(/error|failed/i);
      expect(await cli.peopleIn(campaign)).toHaveLength(100);
    },
  );
});

describe('one bad id among 1,000', () => {
  it('is refused with the code of Dynamics; 999 are added, with at most 25 requests more', async () => {
    const campaign = await cli.make.campaign({ name: 'One bad id' });
    const doomed = await cli.make.lead({ emailaddress1: 'doomed@people.example' });
    const others = numbered(1, 999);
    const before = await cli.make.campaign({ name: 'None bad' });
    admin().clearRequests();
    await cli.change(['add', `id:${before}`, '-'], { stdin: others });
    const usual = admin().requests().length;
    admin().clearRequests();

    // Read as usable, and gone when the write comes: nothing that the client could know.
    const slow = { kind: 'slow', ms: 1_500 } as const;
    admin().addFaults([{ match: { operation: 'AddListMembersList', inBatch: true }, times: 1, effect: slow }]);
    const results = cli.outcomes(['add', `id:${campaign}`, '-'], { stdin: `doomed@people.example\n${others}` });
    await until(() =>
      admin()
        .faults()
        .some(({ fired }) => fired > 0),
    );
    const deleted = await cli.api.delete(`leads(${doomed})`);
    expect(deleted.status).toBe(204);
    const added = await results;
    const own = admin().requests().length - 1;
    expect(added.code).toBe(68);
    expect(added.rows[0]).toMatchObject({ outcome: 'rejected', code: '0x80040217' });
    expect(
      countOf(
        added.rows.map(({ outcome }) => outcome),
        'added',
      ),
    ).toBe(999);
    expect(added.events).toHaveLength(999);
    expect(await cli.peopleIn(campaign)).toHaveLength(999);
    expect(own - usual).toBeLessThanOrEqual(25);
  });
});
