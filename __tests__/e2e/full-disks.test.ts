/** Disks that take no more in the middle of a run, and files that cannot be put in their places: what was done is still said. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ResultRow, resultRows, useCampaignCli } from '../support/campaign-cli.ts';
import { type CliHome, createHome, jsonLines } from '../support/run-cli.ts';

const PEOPLE = 400;
/**
 * Enough to open it and to begin, too little for everybody. Whether it is full when a change begins or when it is concluded depends on every
 * byte before it: sizes are tried until it is the latter.
 */
const JOURNAL_KIBS = [500, 504, 508, 512, 516, 520, 524, 528, 532];
const cli = useCampaignCli({ people: PEOPLE });
const person = (number: number): string => `person${number}@people.example`;
const numbers = Array.from({ length: PEOPLE }, (_, index) => index + 1);

/** No file of the process may become larger than this: as a full disk, for who writes. */
const limitedTo = (kib: number) => `ulimit -f ${kib}; exec "$@"`;

const addedIn = (rows: readonly ResultRow[]): number => rows.filter(({ outcome }) => outcome === 'added').length;

const onUnix = process.platform === 'win32' ? describe.skip : describe;
onUnix('a disk that fills up', () => {
  let home: CliHome;
  beforeEach(() => {
    home = createHome();
    mkdirSync(home.directory, { recursive: true });
    // Each of forty batches would wait for late reads, a second or more, and the test for all of them.
    cli.api.switch({ readAfterWrite: 'consistent', membersSize: 'unlimited' });
  });
  afterEach(() => home.remove());

  it('before anything was begun: 2, and nothing is sent', async () => {
    const campaign = await cli.make.campaign({ name: 'Full from the start' });
    cli.writes();
    const stopped = await cli.change(['add', `id:${campaign}`, person(1)], { home, shell: limitedTo(8) });
    expect(stopped).toMatchObject({ code: 2, stdout: '' });
    expect(stopped.stderr).toMatch(/Could not write the journal[\s\S]*DYNCAMP_STATE_DIR/);
    expect(cli.writes()).toEqual([]);
  });

  (existsSync('/dev/full') ? it : it.skip)('behind stdout: 75, and the next run delivers every event', async () => {
    const campaign = await cli.make.campaign({ name: 'Full for events' });
    const args = ['add', `id:${campaign}`, ...[1, 2, 3].map(person)];
    const full = await cli.run(args, { home, shell: 'exec "$@" > /dev/full' });
    expect(full.code).toBe(75);
    expect(full.stderr).toContain('Could not write events to stdout');
    expect(full.stderr).not.toContain('reader of stdout went away');
    expect((await cli.change(args, { home })).events).toHaveLength(3);
  });

  it('under the results: the run ends in good order, the rows that exist are kept and named', async () => {
    const campaign = await cli.make.campaign({ name: 'Full under results' });
    const long = 'x'.repeat(60_000);
    const file = cli.file('long.csv', `email,notes\n${numbers.map((each) => `${person(each)},${long}\n`).join('')}`);
    const results = join(home.directory, 'results.jsonl');
    const args = ['add', `id:${campaign}`, '-f', file, '--batch-size', '10', '--concurrency', '1'];
    const full = await cli.change([...args, '--results', results], { home, shell: limitedTo(3000) });
    expect(full.code).toBe(75);
    expect(full.stderr).toContain('Could not write');
    const done = full.events.length;
    expect(done).toBeGreaterThan(20);
    expect(done).toBeLessThan(PEOPLE);
    expect(full.stderr).toContain(`Added ${done}.`);
    expect(await cli.peopleIn(campaign)).toHaveLength(done);
    const kept = readdirSync(home.directory).filter((name) => name.endsWith('.part'));
    expect(kept).toHaveLength(1);
    expect(full.stderr).toContain(kept[0]);
    // Whole rows: half a one would not be JSON.
    const rows = await resultRows(join(home.directory, kept[0] ?? ''));
    expect(rows.length).toBeGreaterThan(20);
    expect(addedIn(rows)).toBe(rows.length);
    expect(jsonLines((await cli.run(['runs', 'list', '-n', '1'], { home })).stdout)[0]).toMatchObject({
      status: 'stopped',
      exitCode: 75,
      counts: { added: done },
    });
    const again = await cli.change([...args, '--results', results], { home });
    expect({ code: again.code, added: again.events.length }).toEqual({ code: 0, added: PEOPLE - done });
    expect(addedIn(await resultRows(results))).toBe(PEOPLE);
    // The next run takes away what killed processes left, but not what was kept.
    expect(readdirSync(home.directory)).toContain(kept[0]);
  });

  async function fillJournal(file: string, kib: number) {
    mkdirSync(home.directory, { recursive: true });
    const campaign = await cli.make.campaign({ name: `Full under the journal at ${kib}` });
    const results = join(home.directory, 'results.jsonl');
    const report = join(home.directory, 'report.json');
    const args = ['add', `id:${campaign}`, '-f', file, '--batch-size', '10', '--concurrency', '1'];
    const files = ['--results', results, '--report', report];
    const full = await cli.change([...args, ...files], { home, shell: limitedTo(kib) });
    const rows = await resultRows(results);
    const unconfirmed = rows.filter(({ outcome }) => outcome === 'unconfirmed').length;
    return { campaign, args, full, report, rows, unconfirmed };
  }

  it('under the journal: summary and results say all that was done, and the next run finishes it', async () => {
    const file = cli.file('many.txt', numbers.map((each) => `${person(each)}\n`).join(''));
    let attempt = await fillJournal(file, JOURNAL_KIBS[0] ?? 0);
    for (const kib of JOURNAL_KIBS.slice(1)) {
      if (attempt.unconfirmed > 0) break;
      home.remove();
      attempt = await fillJournal(file, kib);
    }
    const { campaign, args, full, report, rows, unconfirmed } = attempt;
    expect(full.stderr).toContain('Could not write the journal');
    expect(full.code).toBe(2);
    const added = addedIn(rows);
    expect(added).toBeGreaterThan(0);
    expect(added).toBe(full.events.length);
    expect(full.stderr).toContain(`Added ${added}.`);
    expect(await cli.peopleIn(campaign)).toHaveLength(added + unconfirmed);
    // The exit code is of the disk: that people are left is said last.
    expect(unconfirmed).toBeGreaterThan(0);
    const last = full.stderr.trimEnd().split('\n').at(-1);
    expect(last).toContain(`${unconfirmed} people unconfirmed`);
    expect(last).toContain(`dyncamp add id:${campaign}`);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      exitCode: 2,
      unconfirmed,
      undelivered: expect.any(Number),
      toFinish: expect.stringContaining(`dyncamp add id:${campaign}`),
    });
    const again = await cli.change(args, { home });
    expect(again.code).toBe(0);
    const ids = new Set([...full.events, ...again.events].map(({ id }) => id));
    expect(ids.size).toBe(PEOPLE);
  });
});

describe('a folder in the place of', () => {
  it.each(['add', 'remove', 'apply'])(
    'the results of %s: they are kept, that is said, and the run counts as finished',
    async (command) => {
      const home = createHome();
      const campaign = await cli.make.campaign({ name: `In its place ${command}` });
      if (command === 'remove') await cli.change(['add', `id:${campaign}`, person(1)], { home });
      const results = join(home.directory, 'results.csv');
      const report = join(home.directory, 'report.json');
      const file = cli.file(`in-place-${command}.txt`, `${person(1)}\n`);
      const { admin } = cli.api.emulator();
      admin.addFaults([{ match: { operation: '$batch' }, times: 1, skip: 1, effect: { kind: 'slow', ms: 300 } }]);
      const running = cli.start([command, `id:${campaign}`, '-f', file, '--results', results, '--report', report], {
        home,
      });
      await running.waitFor('stderr', 'In its place');
      mkdirSync(results);
      mkdirSync(report);
      const ended = await running.ended;
      admin.clearFaults();
      expect(ended.code).toBe(0);
      const kept = readdirSync(home.directory).filter((name) => name.endsWith('.part'));
      expect(kept).toHaveLength(2);
      for (const name of kept) expect(ended.stderr).toContain(name);
      const [ofReport, ofResults] = [...kept].sort();
      expect(readFileSync(join(home.directory, ofResults ?? ''), 'utf8')).toContain(person(1));
      expect(JSON.parse(readFileSync(join(home.directory, ofReport ?? ''), 'utf8'))).toMatchObject({ exitCode: 0 });
      expect(jsonLines((await cli.run(['runs', 'list', '-n', '1'], { home })).stdout)[0]).toMatchObject({
        status: 'finished',
        exitCode: 0,
      });
      rmdirSync(results);
      await cli.change(['add', `id:${campaign}`, '-f', file, '--results', results], { home });
      expect(readdirSync(home.directory)).toEqual(expect.arrayContaining([...kept, 'results.csv']));
      home.remove();
    },
  );
});
