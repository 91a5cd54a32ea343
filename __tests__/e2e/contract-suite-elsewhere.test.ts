/**
 * The contract tests against another process, as they run against an organization of somebody's own: they pass, leave no row behind, and
 * report how that organization answers what no document settles.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { USUAL } from '../support/emulator.ts';
import { type CliHome, createHome, spawnCli } from '../support/run-cli.ts';

const ROOT = join(__dirname, '../..');

/** Small, and of every kind: rows made alone, in bulk, by actions and in batches; tests that only the emulator can answer. */
const SUITE = ['unsettled-answers', 'add-member-list', 'merge', 'delete', 'multiple'];

/** Away from the defaults, and nothing that a test of the suite takes for settled. */
const SWITCHES = {
  addMergedPerson: 'refused',
  membersSize: 'limit-500',
  duplicateStatus: '500',
  readdedMemberId: 'same',
  qualifiedLeadMembership: 'vanishes',
  missingODataVersion: 'refused',
  memberCount: 'exact',
  copyCampaignLinks: 'yes',
  inValues: 'limit-300',
} as const;

/** What somebody finds in their organization before and after. */
const TABLES = ['campaigns', 'lists', 'leads', 'contacts', 'listmembers', 'campaignitems'];

const HEADERS = { Authorization: 'Bearer any', 'Content-Type': 'application/json', 'OData-Version': '4.0' };

async function rowCounts(url: string): Promise<Record<string, string>> {
  const counts = await Promise.all(
    TABLES.map(async (table) => {
      const answer = await fetch(`${url}/api/data/v9.2/${table}/$count`, { headers: HEADERS });
      return [table, await answer.text()] as const;
    }),
  );
  return Object.fromEntries(counts);
}

function runSuite(url: string, report: string): Promise<{ readonly code: number | null; readonly said: string }> {
  const files = SUITE.map((name) => `__tests__/contract/${name}.test.ts`);
  const child = spawn(process.execPath, ['scripts/contract.mjs', '--url', `${url}/`, '--report', report, ...files], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', DYNCAMP_ACCESS_TOKEN: 'any', NO_COLOR: '1' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += String(data)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, said }));
  });
}

describe('the contract suite with DYNCAMP_CONTRACT_URL', () => {
  let home: CliHome;
  let served: ReturnType<typeof spawnCli>;
  let url: string;
  beforeAll(async () => {
    home = createHome();
    served = spawnCli(['emulator', '--data', join(home.directory, 'organization')], { home, timeoutMs: 120_000 });
    url = (await served.waitFor('stdout', '\n')).split('\n')[0] ?? '';
    const set = await fetch(`${url}/__emulator/switches`, {
      method: 'PATCH',
      headers: HEADERS,
      body: JSON.stringify({ ...USUAL, ...SWITCHES }),
    });
    expect(set.status).toBeLessThan(300);
  });
  afterAll(async () => {
    served.kill('SIGINT');
    await served.ended;
    home.remove();
  });

  it('passes, says how that organization answers, and leaves nothing behind', async () => {
    const before = await rowCounts(url);
    const file = join(home.directory, 'report.json');
    const { code, said } = await runSuite(url, file);
    expect({ code, said }).toMatchObject({ code: 0 });
    const text = readFileSync(file, 'utf8');
    const { answers, ...report } = JSON.parse(text);
    expect(report).toMatchObject({ dataverse: '9.2.24101.00201', languagecode: 1033, tests: { failed: [] } });
    for (const [name, answer] of Object.entries(SWITCHES))
      expect(text).toMatch(new RegExp(`"U\\d+ ${name}": "${answer}"`));
    expect(answers['U1 addExistingMember']).toBe('ignored');
    expect(answers['U21 batchThrottling']).toMatch(/^not asked: /);
    expect(text).not.toMatch(/127\.0\.0\.1|@|[0-9a-f]{8}-[0-9a-f]{4}/);
    expect(await rowCounts(url)).toEqual(before);
  });
});
