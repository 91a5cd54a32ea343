/** What must be seen when the service or the machine fails in one way: nothing lost, nothing done twice, and the truth said about it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RequestLogEntry } from '../../src/emulator/request-log.ts';
import { until, useCampaignCli, withEvents } from '../support/campaign-cli.ts';
import { itUnder } from '../support/emulator.ts';
import { BINARY, createHome } from '../support/run-cli.ts';

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

  it('ends with 75 where --max-wait is shorter, says how long the server asks for, and a repetition goes on', async () => {
    const campaign = await cli.make.campaign({ name: 'Short of patience' });
    const throttle = { kind: 'throttle-time', retryAfterSeconds: 30 } as const;
    admin().addFaults([{ match: { operation: 'AddListMembersList', inBatch: true }, effect: throttle }]);
    const args = ['add', `id:${campaign}`, '--max-wait', '2s', '-'];
    const gaveUp = await cli.outcomes(args, { stdin: numbered(1, 20) });
    expect(gaveUp).toMatchObject({ code: 75, stdout: '' });
    expect(gaveUp.rows).toHaveLength(20);
    expect(new Set(gaveUp.rows.map(({ outcome }) => outcome))).toEqual(new Set(['not-reached']));
    expect(gaveUp.stderr).toMatch(/throttles and asks (for another 30 s|to wait until)/);
    expect(gaveUp.stderr).toContain('--max-wait');
    expect(await cli.peopleIn(campaign)).toEqual([]);
    admin().clearFaults();
    expect(await cli.change(args, { stdin: numbered(1, 20) })).toMatchObject({ code: 0 });
    expect(await cli.peopleIn(campaign)).toHaveLength(20);
  });
});

describe('times beyond what a timer of Node can be', () => {
  it('may be waited for: --max-duration 25d does not end the run at once', async () => {
    const campaign = await cli.make.campaign({ name: 'Patient' });
    const args = ['add', `id:${campaign}`, '--max-duration', '25d', '-'];
    expect(await cli.change(args, { stdin: numbered(1, 3) })).toMatchObject({ code: 0 });
    expect(await cli.peopleIn(campaign)).toHaveLength(3);
  });

  it.each([3_000_000, 10 ** 20])(
    'may be asked for by the server: a Retry-After of %d s is 75 in plain words',
    async (s) => {
      const campaign = await cli.make.campaign({ name: 'Endless' });
      const effect = { kind: 'throttle-requests', retryAfterSeconds: s } as const;
      admin().addFaults([{ match: { operation: 'AddListMembersList', inBatch: true }, effect }]);
      const gaveUp = await cli.change(['add', `id:${campaign}`, '-'], { stdin: numbered(1, 3) });
      admin().clearFaults();
      expect(gaveUp).toMatchObject({ code: 75, stdout: '' });
      expect(gaveUp.stderr).toMatch(/throttles and asks (for another \d+ s|to wait until)/);
      expect(gaveUp.stderr).not.toMatch(/ at .*:\d+:\d+/);
    },
  );
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

  it('of RemoveListMembersList: the same', async () => {
    const campaign = await cli.make.campaign({ name: 'Lost removal' });
    await cli.change(['add', `id:${campaign}`, '-'], { stdin: numbered(1, 50) });
    const match = { operation: 'RemoveListMembersList', inBatch: true };
    admin().addFaults([{ match, times: 1, effect: { kind: 'reset-after-commit' } }]);
    const removed = await cli.outcomes(['remove', `id:${campaign}`, '-'], { stdin: numbered(1, 50) });
    expect(removed.code).toBe(0);
    expect(new Set(removed.rows.map(({ outcome }) => outcome))).toEqual(new Set(['removed']));
    expect(removed.events).toHaveLength(50);
    expect(await cli.peopleIn(campaign)).toEqual([]);
  });

  it('of the creation of somebody: one lead, told as created and then as added', async () => {
    const campaign = await cli.make.campaign({ name: 'Lost creation' });
    admin().addFaults([
      { match: { operation: 'Create', inBatch: true }, times: 1, effect: { kind: 'reset-after-commit' } },
    ]);
    const added = await cli.change(['add', `id:${campaign}`, '-'], {
      stdin: 'email,last name\nlost@reply.example,Lost\n',
    });
    expect(added.code).toBe(0);
    expect(added.told).toEqual(['created lead lost@reply.example', 'added lead lost@reply.example']);
    expect(await cli.api.rows("leads?$filter=emailaddress1 eq 'lost@reply.example'")).toHaveLength(1);
  });
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

describe('a token that is refused in the middle of a run', () => {
  it('is renewed once, and the run goes on', async () => {
    let tokens = 0;
    const entra = createServer((_request, response) => {
      tokens += 1;
      const token = { token_type: 'Bearer', expires_in: 3599, access_token: `token-${tokens}` };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
    });
    const port = await listening(entra);
    const campaign = await cli.make.campaign({ name: 'Renewed' });
    admin().addFaults([{ match: {}, skip: 5, times: 1, effect: { kind: 'expired-token' } }]);
    const added = await cli.change(['add', `id:${campaign}`, '--batch-size', '50', '--concurrency', '1', '-'], {
      stdin: numbered(1, 200),
      env: {
        DYNCAMP_ACCESS_TOKEN: undefined,
        AZURE_AUTHORITY_HOST: `http://127.0.0.1:${port}`,
        AZURE_TENANT_ID: '7a1e0c55-3f0b-4f6e-8d52-91b7c4e6a001',
        AZURE_CLIENT_ID: 'd1c0a999-0000-4000-8000-000000000001',
        AZURE_CLIENT_SECRET: 'any',
      },
    });
    entra.closeAllConnections();
    entra.close();
    expect(added.code).toBe(0);
    expect(added.events).toHaveLength(200);
    expect(
      admin()
        .requests()
        .filter(({ status }) => status === 401),
    ).toHaveLength(1);
    expect(tokens).toBe(2);
  });
});

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('a disk that takes no more', () => {
  /** Files of this process can grow to so many KiB: what `write` says then is what a full disk makes it say. */
  async function addWithDisk(
    kib: number | 'unlimited',
    campaign: string,
    home: ReturnType<typeof createHome>,
    input: string,
    redirection = '',
  ) {
    const args = ['add', `id:${campaign}`, '--batch-size', '100', '--concurrency', '1', '-'];
    const child = spawn(
      'bash',
      ['-c', `ulimit -f ${kib}; exec "$0" "$@" ${redirection}`, process.execPath, BINARY, ...args],
      {
        env: {
          PATH: process.env.PATH,
          HOME: home.directory,
          DYNCAMP_STATE_DIR: home.state,
          DYNCAMP_CONFIG_DIR: home.config,
          DYNCAMP_URL: cli.api.emulator().url,
          DYNCAMP_ACCESS_TOKEN: 'token-of-the-test',
        },
      },
    );
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
      });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const [code] = await once(child, 'close');
    return withEvents({ ...texts, code, signal: null });
  }

  it('stops an add with 2 before anything is sent', async () => {
    const home = createHome();
    const campaign = await cli.make.campaign({ name: 'Full disk' });
    cli.writes();
    const stopped = await addWithDisk(8, campaign, home, numbered(1, 10));
    expect(stopped).toMatchObject({ code: 2, stdout: '' });
    expect(stopped.stderr).toContain('Could not write the journal');
    expect(stopped.stderr).toContain('DYNCAMP_STATE_DIR');
    expect(cli.writes()).toEqual([]);
    home.remove();
  });

  it('behind "> events.jsonl": 75, nobody is told as a reader that went away, and the next run tells everything', async () => {
    const home = createHome();
    const campaign = await cli.make.campaign({ name: 'Full disk for events' });
    const full = await addWithDisk('unlimited', campaign, home, numbered(1, 20), '> /dev/full');
    expect(full.code).toBe(75);
    expect(full.stderr).toContain('Could not write events to stdout');
    expect(full.stderr).not.toContain('reader of stdout went away');
    const next = await cli.change(['add', `id:${campaign}`, '-'], { home, stdin: numbered(1, 20) });
    expect(next.events).toHaveLength(20);
    home.remove();
  });

  it('in the middle of a run: 2, and with room again the same command finishes, with every event told', async () => {
    const home = createHome();
    const campaign = await cli.make.campaign({ name: 'Disk that fills' });
    const stopped = await addWithDisk(900, campaign, home, numbered(1, 1000));
    expect(stopped.code).toBe(2);
    expect(stopped.stderr.match(/Could not write the journal/g)).toHaveLength(1);
    const inBefore = (await cli.peopleIn(campaign)).length;
    expect(inBefore).toBeGreaterThan(0);
    expect(inBefore).toBeLessThan(1000);

    const finished = await cli.change(['add', `id:${campaign}`, '-'], { home, stdin: numbered(1, 1000) });
    expect(finished.code).toBe(0);
    expect(await cli.peopleIn(campaign)).toHaveLength(1000);
    expect(new Set([...stopped.events, ...finished.events].map(({ id }) => id)).size).toBe(1000);
    home.remove();
  });
});

describe('answers that say nothing', () => {
  itUnder({ outerJoin: 'works' })(
    'to the read that confirms a removal: 75, unconfirmed, no event; the same command ends it',
    async () => {
      const campaign = await cli.make.campaign({ name: 'Silent' });
      const stdin = numbered(1, 20);
      expect((await cli.outcomes(['add', `id:${campaign}`, '-'], { stdin })).code).toBe(0);
      admin().addFaults([
        {
          match: { operation: 'RemoveListMembersList', inBatch: true },
          effect: { kind: 'status', status: 503, html: true },
        },
        { match: { path: '/\\/listmembers\\?/' }, effect: { kind: 'empty-answer' } },
      ]);
      const args = ['remove', `id:${campaign}`, '--max-wait', '1s', '-'];
      const silent = await cli.outcomes(args, { stdin });
      expect(silent).toMatchObject({ code: 75, stdout: '' });
      expect(new Set(silent.rows.map(({ outcome }) => outcome))).toEqual(new Set(['unconfirmed']));
      expect(silent.stderr).toContain('the answer is HTTP 200 with no content');
      admin().clearFaults();
      expect(await cli.peopleIn(campaign)).toHaveLength(20);
      const ended = await cli.outcomes(args, { stdin });
      expect(ended).toMatchObject({ code: 0 });
      expect(ended.events).toHaveLength(20);
      expect(await cli.peopleIn(campaign)).toEqual([]);
    },
  );

  it('in short pages: nobody is lost by listing, checking, rebuilding and removing', async () => {
    const campaign = await cli.make.campaign({ name: 'Short pages' });
    const stdin = numbered(1, 20);
    const added = await cli.outcomes(['add', `id:${campaign}`, '-'], { stdin });
    admin().setConditions({ pageSize: 7 });
    const listed = await cli.run(['members', 'list', `id:${campaign}`, '-o', 'jsonl']);
    expect(listed.stdout.trim().split('\n')).toHaveLength(20);
    const checked = await cli.run(['sync', 'check', `id:${campaign}`]);
    expect(checked.stdout).toContain('20 on the own lists');
    const since = ['--since', '1d', '--campaign', `id:${campaign}`];
    const rebuilt = await cli.change(['events', 'replay', '--from-server', ...since]);
    expect(
      rebuilt.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id)
        .toSorted(),
    ).toEqual(added.events.map(({ id }) => id).toSorted());
    expect((await cli.outcomes(['remove', `id:${campaign}`, '-'], { stdin })).events).toHaveLength(20);
    admin().setConditions({ pageSize: 5000 });
    expect(await cli.peopleIn(campaign)).toEqual([]);
  });
});
