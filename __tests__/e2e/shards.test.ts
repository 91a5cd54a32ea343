/**
 * Eight shards as processes that start at once, each with a journal of its own as on eight machines, against one emulator; compared with
 * one process against another emulator that starts the same.
 *
 * Ids of `created` events follow from organization, table and person, and are equal in both. Ids of `added` events follow from the id of
 * the membership row, which the server gives: two servers give two, so that those are compared by who was added, and their ids with what
 * the server of the shards itself says about its rows (`events replay --from-server`), which is where every retry and replay gets them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Api, itUnder, type Json, useEmulator } from '../support/emulator.ts';
import { type CliHome, type CliResult, createHome, jsonLines, runCli } from '../support/run-cli.ts';

jest.setTimeout(120_000);

const SHARDS = 8;
const CAMPAIGN = 'a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e0001';
const PEOPLE = 300;

/** Known leads and contacts, new people, some twice, and one row that Dynamics cannot create anybody from. */
const input = [
  'Email Address,Last Name',
  ...Array.from({ length: PEOPLE }, (_, at) => `person${at + 1}@people.example,Number ${at + 1}`),
  ...Array.from({ length: 60 }, (_, at) => `new${at}@neu.example,Neu ${at}`),
  'PERSON7@people.example,Again',
  'new7@neu.example,Again',
  'nobody@neu.example,',
  'not-an-address,Bad',
  ',Nameless',
].join('\n');

const of8 = useEmulator({ people: PEOPLE });
const ofOne = useEmulator({ people: PEOPLE });
const homes: CliHome[] = [];
afterAll(() => {
  for (const home of homes) home.remove();
});

type Run = CliResult & { readonly events: readonly Json[]; readonly rows: readonly Json[] };

async function add(api: Api, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const home = createHome();
  homes.push(home);
  const results = join(home.directory, 'results.jsonl');
  const connected = { DYNCAMP_URL: api.emulator().url, DYNCAMP_ACCESS_TOKEN: 'token', ...env };
  const result = await runCli(['add', `id:${CAMPAIGN}`, '-', '--results', results, ...args], {
    home,
    stdin: input,
    env: connected,
  });
  return { ...result, events: jsonLines(result.stdout), rows: jsonLines(readFileSync(results, 'utf8')) };
}

/** Half of them by the option, half as a Kubernetes Indexed Job says it. */
function shard(number: number): Promise<Run> {
  if (number % 2 === 0) return add(of8, ['--shard', `${number}/${SHARDS}`]);
  return add(of8, [], { DYNCAMP_SHARDS: String(SHARDS), JOB_COMPLETION_INDEX: String(number - 1) });
}

const FAILED = new Set(['invalid', 'cannot-create']);
const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort();
const told = (events: readonly Json[]) => sorted(events.map(({ type, subject }) => `${type} ${subject}`));
const idsOf = (events: readonly Json[], type: string) =>
  sorted(events.filter((event) => event.type === `dyncamp.person.${type}`).map(({ id }) => String(id)));
const outcomes = (rows: readonly Json[]) =>
  sorted(rows.filter(({ outcome }) => outcome !== 'other-shard').map(({ line, outcome }) => `${line} ${outcome}`));

/** Own lists, their links and members, and the people that were created, by all that is not the server's to choose. */
async function endState(api: Api) {
  const lists = await api.rows(
    `campaigns(${CAMPAIGN})/campaignlist_association?$select=listid,listname,createdfromcode,purpose&$orderby=listid`,
  );
  const rows = await api.rows('listmembers?$select=_entityid_value,_listid_value');
  const ids = new Set(lists.map(({ listid }) => listid));
  const members = rows.filter((row) => ids.has(row._listid_value));
  const created = await api.rows(
    "leads?$select=leadid,emailaddress1,lastname,_campaignid_value&$filter=endswith(emailaddress1,'@neu.example')&$orderby=leadid",
  );
  return {
    lists: lists.map(({ listid, listname, createdfromcode, purpose }) => ({
      listid,
      listname,
      createdfromcode,
      purpose,
    })),
    members: sorted(members.map((row) => `${row._listid_value} ${row._entityid_value}`)),
    created: created.map(({ leadid, emailaddress1, lastname, _campaignid_value }) => ({
      leadid,
      emailaddress1,
      lastname,
      campaign: _campaignid_value,
    })),
  };
}

describe('eight shards at once', () => {
  let shards: readonly Run[] = [];
  let single: Run | undefined;
  const all = () => shards.flatMap(({ events }) => events);
  beforeAll(async () => {
    shards = await Promise.all(Array.from({ length: SHARDS }, (_, at) => shard(at + 1)));
    single = await add(ofOne, []);
  }, 240_000);

  it('all come through, each with a part of the work', () => {
    expect(single?.code).toBe(68);
    // Each row that fails is in one of the shards, those that name nobody too.
    const failing = shards.filter(({ rows }) => rows.some(({ outcome }) => FAILED.has(String(outcome))));
    expect(shards.map(({ code }) => code)).toEqual(shards.map((run) => (failing.includes(run) ? 68 : 0)));
    expect(failing.length).toBeLessThanOrEqual(3);
    expect(shards.filter(({ events }) => events.length > 0)).toHaveLength(SHARDS);
  });

  it('leave what a single run leaves', async () => {
    const state = await endState(of8);
    expect(state).toEqual(await endState(ofOne));
    expect(state.lists).toHaveLength(2);
    expect(state.members).toHaveLength(PEOPLE + 60);
    expect(state.created).toHaveLength(60);
  });

  it('come to the outcome of a single run for each row', () => {
    const rows = shards.flatMap((run) => run.rows);
    expect(rows).toHaveLength(SHARDS * (single?.rows.length ?? 0));
    expect(outcomes(rows)).toEqual(outcomes(single?.rows ?? []));
  });

  it('tell the events of a single run, each once', () => {
    expect(told(all())).toEqual(told(single?.events ?? []));
    expect(new Set(all().map(({ id }) => id)).size).toBe(all().length);
  });

  it('give created people, and the events about them, the ids of a single run', () => {
    expect(idsOf(all(), 'created')).toHaveLength(60);
    expect(idsOf(all(), 'created')).toEqual(idsOf(single?.events ?? [], 'created'));
  });

  // What a replay tells goes by who is said to have added the rows.
  itUnder({ memberCreator: 'caller' })(
    'give added events the ids that anybody derives from the rows of the server',
    async () => {
      const home = createHome();
      homes.push(home);
      const env = { DYNCAMP_URL: of8.emulator().url, DYNCAMP_ACCESS_TOKEN: 'token' };
      const args = ['events', 'replay', '--from-server', '--campaign', `id:${CAMPAIGN}`, '--since', '1h'];
      const { stdout, code } = await runCli(args, { home, env });
      expect(code).toBe(0);
      expect(idsOf(all(), 'added')).toHaveLength(PEOPLE + 60);
      expect(idsOf(all(), 'added')).toEqual(idsOf(jsonLines(stdout), 'added'));
    },
  );

  it('have nothing to do the second time, nor has a single run after them', async () => {
    const again = await Promise.all([shard(1), shard(2), add(of8, [])]);
    expect(again.flatMap(({ events }) => events)).toEqual([]);
  });
});
