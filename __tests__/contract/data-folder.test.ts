import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSeed } from '../../src/emulator/seed/seed.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/start-emulator.ts';
import { USUAL } from '../support/emulator.ts';

const folder = mkdtempSync(join(tmpdir(), 'dyncamp-emulator-'));
const open: Emulator[] = [];

afterAll(async () => {
  for (const emulator of open) await emulator.close();
  rmSync(folder, { recursive: true });
});

async function start(options: EmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator({ switches: USUAL, ...options });
  open.push(emulator);
  return emulator;
}

async function call(emulator: Emulator, path: string, body?: unknown) {
  const response = await fetch(`${emulator.url}/api/data/v9.2/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: 'Bearer x', 'Content-Type': 'application/json', 'OData-Version': '4.0' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

const lead = '12345678-0000-4000-8000-000000000001';

describe('a data folder', () => {
  it('keeps its rows over a restart, and is seeded once', async () => {
    const dataDir = join(folder, 'kept');
    const first = await start({ dataDir });
    await call(first, 'leads', { leadid: lead, lastname: 'Kept' });
    const before = await call(first, 'campaigns/$count');
    await first.close();
    const second = await start({ dataDir });
    expect((await call(second, `leads(${lead})`)).status).toBe(200);
    expect((await call(second, 'campaigns/$count')).text).toBe(before.text);
  });

  it('is shared by emulators that run at once', async () => {
    const dataDir = join(folder, 'shared');
    const [one, other] = [await start({ dataDir }), await start({ dataDir })];
    await call(one, 'leads', { leadid: lead, lastname: 'Seen by both' });
    expect((await call(other, `leads(${lead})`)).status).toBe(200);
    one.admin.setPrivileges('d1c0a111-0000-4000-8000-000000000001', { prvReadLead: 'None' });
    expect((await call(other, `leads(${lead})`)).status).toBe(403);
  });

  it('keeps columns that a seed added', async () => {
    const dataDir = join(folder, 'columns');
    const seed = parseSeed('{"extraColumns":[{"table":"lead","name":"new_synctomkto","type":"boolean"}]}');
    const first = await start({ dataDir, seed });
    expect((await call(first, 'leads', { lastname: 'X', new_synctomkto: true })).status).toBe(204);
    await first.close();
    const second = await start({ dataDir });
    expect((await call(second, 'leads?$filter=new_synctomkto eq true&$select=lastname')).text).toContain('"X"');
  });
});

describe('generated people', () => {
  it('are contacts for even and leads for odd numbers, found by number', async () => {
    const emulator = await start({ seed: 'none', people: 11 });
    expect((await call(emulator, 'leads/$count')).text).toContain('6');
    expect((await call(emulator, 'contacts/$count')).text).toContain('5');
    const contact = await call(emulator, 'contacts(c0de0000-0000-4000-8000-000000000004)');
    expect(contact.text).toContain('person4@people.example');
    const other = await call(emulator, 'leads(1ead0000-0000-4000-8000-000000000007)');
    expect(other.text).toContain('person7@people.example');
  });
});

describe('parseSeed', () => {
  it.each([
    ['a name', '["Marketo"]', { uniquename: 'Marketo', friendlyname: 'Marketo', version: '1.0.0.0' }],
    ['a row without a version', '[{"uniquename":"M"}]', { uniquename: 'M', friendlyname: 'M', version: '1.0.0.0' }],
    ['a whole row', '[{"uniquename":"M","friendlyname":"F","version":"4.1"}]', { friendlyname: 'F', version: '4.1' }],
  ])('takes a solution as %s', async (_name, solutions, expected) => {
    const emulator = await start({ seed: parseSeed(`{"solutions":${solutions}}`) });
    const answer = await call(emulator, 'solutions?$select=uniquename,friendlyname,version');
    await emulator.close();
    expect(JSON.parse(answer.text).value).toEqual(expect.arrayContaining([expect.objectContaining(expected)]));
  });

  it.each([
    ['no JSON', '{', 'the seed is not JSON'],
    ['an unknown section', '{"people":[]}', 'unknown section "people"; known are'],
    ['rows that are no array', '{"leads":{}}', 'leads must be an array'],
    ['a row that is no object', '{"leads":[1]}', 'leads[0] must be an object'],
    ['a value that is an object', '{"leads":[{"lastname":{}}]}', 'leads[0].lastname must be text, a number'],
    ['an untyped column', '{"extraColumns":[{"table":"lead","name":"x","type":"y"}]}', 'extraColumns[0] needs'],
  ])('refuses %s', (_name, text, message) => {
    expect(() => parseSeed(text)).toThrow(message);
  });

  it.each([
    ['an unknown column', { leads: [{ nosuch: 1 }] }, 'leads[0]: table lead has no column "nosuch"'],
    [
      'one id twice',
      {
        leads: [
          { leadid: lead, lastname: 'A' },
          { leadid: lead, lastname: 'B' },
        ],
      },
      'leads[1]: its id is taken',
    ],
    ['a value of the wrong type', { leads: [{ lastname: 'A' }, { lastname: 7 }] }, 'leads[1]: '],
    ['an id that is none', { contacts: [{ contactid: 'seven', lastname: 'A' }] }, 'contacts[0]: '],
    ['a row without what is required', { lists: [{ listname: 'A' }] }, 'lists[0]: Required field missing.'],
    ['a choice that there is not', { campaigns: [{ name: 'A', typecode: 77 }] }, 'campaigns[0]: The picklist value'],
    ['a member of no list', { listmembers: [{ listid: lead, entityid: lead }] }, 'does not exist'],
  ])('leads to a start that refuses %s', async (_name, seed, message) => {
    await expect(startEmulator({ seed })).rejects.toThrow(message);
  });
});

describe('several processes', () => {
  it('that start at once on one new folder seed it once', async () => {
    const dataDir = join(folder, 'raced');
    const script = join(folder, 'start.mjs');
    writeFileSync(script, RACER);
    const runs = await Promise.all([1, 2, 3].map(() => runRacer(script, dataDir)));
    expect(runs).toEqual([0, 0, 0]);
    const emulator = await start({ dataDir });
    expect((await call(emulator, 'campaigns/$count')).text).toContain('11');
    expect(
      (await call(emulator, 'leads?$filter=startswith(emailaddress1,%27person%27)&$count=true&$top=1')).text,
    ).toContain('"@odata.count":1000');
  }, 60_000);
});

/** Compiles the sources on the fly, so that the race is between processes and not between connections. */
const RACER = `
const [root, dataDir] = process.argv.slice(2);
const { buildSync } = await import(root + '/node_modules/esbuild/lib/main.js').then((found) => found.default);
const out = root + '/node_modules/.cache-racer-' + process.pid + '.mjs';
buildSync({ entryPoints: [root + '/src/emulator/start-emulator.ts'], bundle: true, platform: 'node', format: 'esm', outfile: out, logLevel: 'error' });
const { startEmulator } = await import(out);
const { rmSync } = await import('node:fs');
await startEmulator({ dataDir, people: 2000 }).then((emulator) => emulator.close()).finally(() => rmSync(out));
`;

function runRacer(script: string, dataDir: string): Promise<number | null> {
  const root = join(__dirname, '../..');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, root, dataDir], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', resolve);
  });
}
