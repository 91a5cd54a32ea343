import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import type { Journal } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/open-journal.ts';

const root = resolve(__dirname, '../..');
const bundles = mkdtempSync(join(tmpdir(), 'dyncamp-driver-'));
const driver = join(bundles, 'driver.mjs');

beforeAll(() => {
  buildSync({
    entryPoints: [join(__dirname, 'journal-processes.driver.ts')],
    outfile: driver,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
});
afterAll(() => rmSync(bundles, { recursive: true, force: true }));

const isRoot = process.getuid?.() === 0;
/** Permissions do not bind the super-user. */
const ordinaryUser: Readonly<Record<string, string>> = isRoot ? { DRIVER_USER_ID: '65534' } : {};

let directory: string;
const children = new Set<ChildProcess>();
const journals = new Set<Journal>();
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dyncamp-processes-'));
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const journal of journals) journal.close();
  children.clear();
  journals.clear();
  chmodSync(directory, 0o755);
  rmSync(directory, { recursive: true, force: true });
});

function open(): Journal {
  const journal = openJournal({ directory, organizationId: 'organization', now: Date.now });
  journals.add(journal);
  return journal;
}

type Start = { readonly shell?: string; readonly env?: Readonly<Record<string, string>> };

/** Starts a driver and gathers its lines; `shell` runs before it in the same process. */
function start(mode: string, name: string, { shell = '', env = {} }: Start = {}) {
  const command = [process.execPath, driver, mode, directory, name];
  const child = spawn('bash', ['-c', `${shell}\nexec "$0" "$@"`, ...command], {
    env: { PATH: process.env.PATH, NODE_PATH: join(root, 'node_modules'), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  const exit = once(child, 'close');
  return {
    lines,
    exitCode: async (): Promise<unknown> => (await exit)[0],
    until: async (count: number) => {
      while (lines.length < count) await once(reader, 'line');
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

describe('the journal of several processes', () => {
  it('takes a process for alive until it is killed, and knows then what it left', async () => {
    const journal = open();
    const process = start('hold', 'victim');
    await process.until(1);
    expect(journal.run('victim')?.status).toBe('running');
    expect(journal.openIntents('campaign')).toEqual([]);
    expect([...journal.undeliveredEvents('campaign')]).toEqual([]);

    await process.kill();
    expect(journal.openIntents('campaign')).toMatchObject([{ personId: 'victim-0-1', runId: 'victim' }]);
    expect([...journal.undeliveredEvents('campaign')]).toMatchObject([{ id: 'event-victim-0-0', delivered: false }]);
    expect(journal.run('victim')).toMatchObject({ status: 'stopped', counts: { added: 1 } });
    expect(readdirSync(join(directory, 'locks', 'organization'))).toEqual([]);
  });

  it('serves eight that start at once on an empty directory', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `worker-${index}`);
    const workers = names.map((name) => start('work', name));
    expect(await Promise.all(workers.map((worker) => worker.exitCode()))).toEqual(names.map(() => 0));
    expect(workers.flatMap(({ lines }) => lines)).toEqual([]);

    const journal = open();
    const events = [...journal.events({ delivered: true })];
    expect(new Set(events.map(({ id }) => id)).size).toBe(8 * 500);
    expect([...journal.runs()].map(({ id, counts }) => [id, counts]).sort()).toEqual(
      names.map((n) => [n, { added: 500 }]),
    );
    expect(readdirSync(directory).sort()).toEqual(expect.arrayContaining(['locks', 'organization.sqlite']));
  });

  it('has everything that a killed process was told was committed', async () => {
    for (const [round, lines] of [1, 30, 77].entries()) {
      const name = `killed-${round}`;
      const process = start('endless', name);
      await process.until(lines);
      await process.kill();
      const journal = open();
      const events = new Set([...journal.events({ runId: name })].map(({ id }) => id));
      const promised = process.lines
        .filter((line) => line.startsWith('event '))
        .map((line) => line.slice('event '.length));
      expect(promised.filter((id) => !events.has(id))).toEqual([]);

      const begun = process.lines
        .filter((line) => line.startsWith('begun '))
        .flatMap((line) => line.split(' ').slice(1));
      const open_ = journal.openIntents('campaign').filter(({ runId }) => runId === name);
      expect(open_.length + events.size).toBeGreaterThanOrEqual(begun.length);
      expect((open_.length + events.size) % 20).toBe(0);
      expect(journal.run(name)).toMatchObject({
        status: 'stopped',
        counts: events.size === 0 ? {} : { added: events.size },
      });
    }
  });

  it('stops with JOURNAL_UNWRITABLE when the disk takes no more in the middle of a run, and loses nothing', async () => {
    const process = start('endless', 'full', { shell: 'ulimit -f 400' });
    expect(await process.exitCode()).toBe(2);
    expect(process.lines.at(-1)).toBe('failed JOURNAL_UNWRITABLE');
    const promised = process.lines.filter((line) => line.startsWith('event '));
    expect(promised.length).toBeGreaterThan(0);
    const journal = open();
    expect([...journal.events({})].map(({ id }) => `event ${id}`)).toEqual(promised);
    expect(journal.run('full')?.status).toBe('stopped');
  });

  it('stops with JOURNAL_UNWRITABLE when the directory is read-only', async () => {
    chmodSync(directory, 0o555);
    const child = start('work', 'reader', { env: ordinaryUser });
    expect(await child.exitCode()).toBe(2);
    expect(child.lines).toEqual(['failed JOURNAL_UNWRITABLE']);
  });

  // Who owns the journal may write to it, whatever its mode; only the super-user can make one that is somebody else's.
  const asRoot = isRoot ? it : it.skip;
  asRoot('stops with JOURNAL_UNWRITABLE when the journal belongs to another user', async () => {
    readOnlyJournal();
    const child = start('work', 'reader', { env: ordinaryUser });
    expect(await child.exitCode()).toBe(2);
    expect(child.lines).toEqual(['failed JOURNAL_UNWRITABLE']);
  });
});

function readOnlyJournal(): void {
  const journal = open();
  journal.close();
  journals.delete(journal);
  mkdirSync(join(directory, 'locks'), { recursive: true });
  chmodSync(join(directory, 'organization.sqlite'), 0o444);
  chmodSync(directory, 0o555);
}
