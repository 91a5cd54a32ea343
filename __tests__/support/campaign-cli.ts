/**
 * The binary against an emulator that lives in the test's process: what was asked and what is stored is at hand. Each test makes a
 * campaign of its own, so that none depends on another.
 */
import { writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmulatorOptions } from '../../src/emulator/start-emulator.ts';
import { type Api, type Json, makers, members, useEmulator } from './emulator.ts';
import {
  type CliHome,
  type CliOptions,
  type CliResult,
  createHome,
  jsonLines,
  type RunningCli,
  runCli,
  spawnCli,
} from './run-cli.ts';

/** Tokens of the default organization's application users; any other token is dyncamp's own user. */
export const MARKETO = 'Bearer app:3a4ce700-0000-4000-8000-0000000000aa';
export const MARKETO_NAME = 'Marketo Sync User';
export const MARKETO_USER_ID = '3a4ce700-0000-4000-8000-000000000002';
export const OWN_USER_ID = 'd1c0a111-0000-4000-8000-000000000001';

export type Changed = CliResult & {
  readonly events: readonly Json[];
  /** `added lead anna@x.example`, in the order of stdout. */
  readonly told: readonly string[];
};

/** A row of --results. */
export type ResultRow = Readonly<Record<string, unknown>> & { readonly outcome: string; readonly line: number };

export type CampaignCli = {
  readonly api: Api;
  readonly make: ReturnType<typeof makers>;
  /** Shared by the commands of the file: settings, journal, files. */
  home(): CliHome;
  /** Runs any command, connected by the environment. */
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  start(args: readonly string[], options?: CliOptions): RunningCli;
  /** Runs add or remove; fails when stdout has anything but events. */
  change(args: readonly string[], options?: CliOptions): Promise<Changed>;
  /** The same with --results, for what became of each row. */
  outcomes(args: readonly string[], options?: CliOptions): Promise<Changed & { readonly rows: readonly ResultRow[] }>;
  /** Writes a file of the test's own and gives its path. */
  file(name: string, content: string | Uint8Array): string;
  /** What was sent to be written since the last call or the start of the test, e.g. `POST AddListMembersList`. */
  writes(): readonly string[];
  /** E-mail addresses of the people on the campaign's own lists, sorted. */
  peopleIn(campaignId: string): Promise<readonly unknown[]>;
  /** Lists linked to the campaign whose names are of own lists. */
  ownLists(campaignId: string): Promise<readonly Json[]>;
  /** Puts people on a list as another user. */
  putOn(list: string, table: 'lead' | 'contact', ids: readonly string[], as?: string): Promise<void>;
  link(list: string, campaign: string): Promise<void>;
};

/** A test starts several processes, and the machine may be busy. */
const TEST_TIMEOUT_MS = 60_000;

export function useCampaignCli(options: EmulatorOptions = {}): CampaignCli {
  jest.setTimeout(TEST_TIMEOUT_MS);
  const api = useEmulator(options);
  let home: CliHome | undefined;
  let results = 0;
  beforeAll(async () => {
    home = createHome();
    await mkdir(home.directory, { recursive: true });
  });
  beforeEach(() => api.emulator().admin.clearRequests());
  afterAll(() => home?.remove());
  const theHome = (): CliHome => {
    if (home === undefined) throw new Error('the home is made in beforeAll');
    return home;
  };
  const connected = (given: CliOptions = {}): CliOptions => ({
    home: theHome(),
    ...given,
    env: { DYNCAMP_URL: api.emulator().url, DYNCAMP_ACCESS_TOKEN: 'token-of-the-test', ...given.env },
  });
  const change: CampaignCli['change'] = async (args, given) => withEvents(await runCli(args, connected(given)));
  const file: CampaignCli['file'] = (name, content) => {
    const path = join(theHome().directory, name);
    writeFileSync(path, content);
    return path;
  };
  return {
    api,
    make: makers(api),
    home: theHome,
    run: (args, given) => runCli(args, connected(given)),
    start: (args, given) => spawnCli(args, connected(given)),
    change,
    async outcomes(args, given) {
      results += 1;
      const path = join(theHome().directory, `results-${results}.jsonl`);
      const changed = await change([...args, '--results', path], given);
      return { ...changed, rows: await resultRows(path) };
    },
    file,
    writes: () => writesOf(api),
    peopleIn: (campaignId) => peopleIn(api, campaignId),
    ownLists: (campaignId) => ownLists(api, campaignId),
    async putOn(list, table, ids, as = MARKETO) {
      const answer = await api.post('AddListMembersList', members(list, table, ids), { Authorization: as });
      if (answer.status !== 204) throw new Error(`putOn: ${answer.status} ${answer.text}`);
    },
    async link(list, campaign) {
      const Campaign = { '@odata.type': 'Microsoft.Dynamics.CRM.campaign', campaignid: campaign };
      const answer = await api.post(`lists(${list})/Microsoft.Dynamics.CRM.AddItemCampaign`, { Campaign });
      if (answer.status !== 200) throw new Error(`link: ${answer.status} ${answer.text}`);
    },
  };
}

/** Throws when a line of stdout is no event. */
export function withEvents(result: CliResult): Changed {
  const events = jsonLines(result.stdout);
  const stranger = events.find((event) => event.specversion !== '1.0' || event.type === undefined);
  if (stranger !== undefined) throw new Error(`stdout has a line that is no event: ${JSON.stringify(stranger)}`);
  if (result.stdout !== '' && !result.stdout.endsWith('\n')) throw new Error('stdout ends in half a line');
  return { ...result, events, told: events.map(telling) };
}

/** `added lead anna@x.example`. */
export function telling(event: Json): string {
  const { type, data } = JSON.parse(JSON.stringify(event));
  return `${String(type).replace('dyncamp.person.', '')} ${data.person.type} ${data.person.email}`;
}

export async function resultRows(path: string): Promise<readonly ResultRow[]> {
  return jsonLines(await readFile(path, 'utf8')).map((row) => ({
    ...row,
    outcome: String(row.outcome),
    line: Number(row.line),
  }));
}

/** `2 invalid`, with the code where there is one: `2 invalid BAD_GUID`. */
export function briefly({ line, outcome, code }: ResultRow): string {
  return `${line} ${outcome}${code === undefined || code === '' ? '' : ` ${String(code)}`}`;
}

/** Looks every few milliseconds until something is true of the emulator; the test's own timeout ends it. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function writesOf(api: Api): readonly string[] {
  const { admin } = api.emulator();
  const sent = admin.requests().flatMap((entry) => (entry.operation === '$batch' ? (entry.parts ?? []) : [entry]));
  admin.clearRequests();
  return sent.filter(({ method }) => method !== 'GET').map(({ method, operation }) => `${method} ${operation}`);
}

async function ownLists(api: Api, campaignId: string): Promise<readonly Json[]> {
  const select = '$select=listid,listname,createdfromcode';
  const lists = await api.rows(`campaigns(${campaignId})/campaignlist_association?${select}`);
  return lists.filter((list) => String(list.listname).startsWith('Mkto-'));
}

async function peopleIn(api: Api, campaignId: string): Promise<readonly unknown[]> {
  const people = await Promise.all(
    (await ownLists(api, campaignId)).flatMap(({ listid }) => [
      api.rows(`lists(${listid})/listlead_association?$select=emailaddress1`),
      api.rows(`lists(${listid})/listcontact_association?$select=emailaddress1`),
    ]),
  );
  return people
    .flat()
    .map((person) => person.emailaddress1)
    .sort();
}
