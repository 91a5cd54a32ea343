/** An emulator per test file, in memory on a free port, and raw HTTP to it. Tests see the wire: nothing of the client is used. */
import { randomUUID } from 'node:crypto';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/start-emulator.ts';
import { DEFAULT_SWITCHES, parseSwitches, type Switches } from '../../src/emulator/switches.ts';
import { accessToken, CONTRACT_URL, deletions, madeRows, skipWhatNeedsTheEmulator, TAG } from './real-environment.ts';
import { type Sent, watchRequests } from './request-check/watch-requests.ts';

export type Json = Record<string, unknown>;

export type TestAnswer = {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON object; empty when there is none. */
  json: Json;
};

export type Api = {
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  get(path: string, headers?: Record<string, string>): Promise<TestAnswer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  patch(path: string, body: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  delete(path: string, headers?: Record<string, string>): Promise<TestAnswer>;
  /** Rows of a collection. */
  rows(path: string): Promise<Json[]>;
  emulator(): Emulator;
  /** What dyncamp sent since the start, parts of batches by themselves. */
  sent(): readonly Sent[];
  /** `http://127.0.0.1:PORT/api/data/v9.2` */
  root(): string;
  /** Sets switches for one test; all go back to their defaults after it, as does the size of pages. */
  switch(changes: Partial<Switches>): void;
};

/**
 * Where `npm run unsettled` has made other answers the default: those that were it before. What tests ask themselves is still answered by
 * these, so that they can make and see what they are about. `switches: USUAL` is for an emulator that others than the client ask.
 */
export const USUAL = parseSwitches(JSON.parse(process.env.DYNCAMP_USUAL_ANSWERS ?? '{}'));

/** For tests that are about these answers only: skipped where `npm run unsettled` has made another one the default. */
export function itUnder(answers: Partial<Switches>): jest.It {
  const now: Readonly<Record<string, string>> = DEFAULT_SWITCHES;
  return Object.entries(answers).every(([name, value]) => now[name] === value) ? it : it.skip;
}

/** For tests that count requests: they are about the usual answers. */
export const itAsUsual: jest.It = Object.keys(USUAL).length === 0 ? it : it.skip;

/**
 * An emulator of the file's own; with DYNCAMP_CONTRACT_URL the organization there, for the tests that it can answer. `unknownToDataverse`:
 * what the tests ask on purpose though Dataverse cannot know it.
 */
export function useEmulator(options: EmulatorOptions = {}, unknownToDataverse: readonly string[] = []): Api {
  return CONTRACT_URL === undefined
    ? useOwnEmulator(options, unknownToDataverse)
    : useOrganization(CONTRACT_URL, options);
}

function useOrganization(url: string, options: EmulatorOptions): Api {
  skipWhatNeedsTheEmulator(options);
  const made: string[] = [];
  const root = () => `${url}/api/data/v9.2`;
  const send: Api['send'] = async (method, path, body, headers = {}) => {
    const signedIn = { ...STANDARD_HEADERS, Authorization: `Bearer ${await accessToken()}`, ...headers };
    const answer = await exchange(path.startsWith('http') ? path : `${root()}/${path}`, {
      method,
      body,
      headers: signedIn,
    });
    made.push(...madeRows({ method, url: path, ...answer }));
    return answer;
  };
  afterAll(async () => {
    for (const { body, boundary } of deletions([...new Set(made)].toReversed())) {
      const headers = { 'Content-Type': `multipart/mixed;boundary=${boundary}`, Prefer: 'odata.continue-on-error' };
      await send('POST', '$batch', body, headers);
    }
  });
  const absent = (): never => {
    throw new Error('only the emulator has this');
  };
  return { ...shorthands(send), emulator: absent, sent: () => [], root, switch: absent };
}

const isLate = ({ readAfterWrite = 'consistent', membersSize }: Partial<Switches>): boolean =>
  readAfterWrite !== 'consistent' || membersSize === 'asynchronous';

/** Rows per page unless a test wants fewer. */
const WHOLE_PAGE = 5000;

function useOwnEmulator(options: EmulatorOptions, unknownToDataverse: readonly string[]): Api {
  let started: Emulator | undefined;
  const emulator = (): Emulator => {
    if (started === undefined) throw new Error('the emulator starts in beforeAll');
    return started;
  };
  let defaults: Switches;
  /** Set by the test, which means them. */
  const chosen = new Set<string>();
  /** Reads are late, and the test is not about that. */
  let mustSettle = false;
  let underWay = 0;
  const asUsual = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
    const names = Object.keys(USUAL).filter((name) => !chosen.has(name));
    const pick = (switches: object) =>
      parseSwitches(Object.fromEntries(Object.entries(switches).filter(([name]) => names.includes(name))));
    if (names.length === 0) return ask();
    underWay += 1;
    emulator().admin.setSwitches(pick(USUAL));
    if (mustSettle) emulator().admin.settleReads();
    try {
      return await ask();
    } finally {
      underWay -= 1;
      if (underWay === 0) emulator().admin.setSwitches(pick(defaults));
    }
  };
  // Whatever a test is about: all that dyncamp sends meanwhile must be known to Dataverse.
  const watch = watchRequests(options);
  beforeAll(async () => {
    started = await startEmulator({ ...options, onRequest: watch.onRequest });
    defaults = started.admin.switches();
    mustSettle = isLate(defaults);
  });
  afterEach(() => {
    chosen.clear();
    mustSettle = isLate(defaults);
    emulator().admin.setSwitches(defaults);
    emulator().admin.setConditions({ pageSize: options.pageSize ?? WHOLE_PAGE });
    emulator().admin.clearFaults();
  });
  afterAll(async () => {
    await started?.close();
    expect(watch.problems()).toEqual(unknownToDataverse);
  });

  const root = () => `${emulator().url}/api/data/v9.2`;
  const send: Api['send'] = (method, path, body, headers = {}) =>
    asUsual(() =>
      exchange(path.startsWith('http') ? path : `${root()}/${path}`, {
        method,
        body,
        headers: { ...STANDARD_HEADERS, ...headers },
      }),
    );
  return {
    ...shorthands(send),
    emulator,
    sent: watch.sent,
    root,
    switch(changes) {
      for (const name of Object.keys(changes)) chosen.add(name);
      mustSettle &&= !isLate(changes);
      emulator().admin.setSwitches(changes);
    },
  };
}

/** A header of no value is left out, where a test is about what is missing. */
type Exchange = { method: string; body: unknown; headers: Record<string, string> };

async function exchange(url: string, { method, body, headers }: Exchange): Promise<TestAnswer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
  return readAnswer(await fetch(url, { method, headers: sent, ...(body === undefined ? {} : { body: text }) }));
}

function shorthands(send: Api['send']): Pick<Api, 'send' | 'get' | 'post' | 'patch' | 'delete' | 'rows'> {
  return {
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    patch: (path, body, headers) => send('PATCH', path, body, headers),
    delete: (path, headers) => send('DELETE', path, undefined, headers),
    rows: async (path) => rowsOf(await send('GET', path)),
  };
}

const STANDARD_HEADERS = {
  Authorization: 'Bearer test',
  Accept: 'application/json',
  'Content-Type': 'application/json',
  'OData-Version': '4.0',
  'OData-MaxVersion': '4.0',
};

async function readAnswer(response: Response): Promise<TestAnswer> {
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json') && text.startsWith('{');
  return { status: response.status, headers: response.headers, text, json: isJson ? asObject(JSON.parse(text)) : {} };
}

export function asObject(value: unknown): Json {
  if (typeof value !== 'object' || value === null) throw new Error(`not an object: ${String(value)}`);
  return Object.fromEntries(Object.entries(value));
}

export function rowsOf(answer: TestAnswer): Json[] {
  if (!Array.isArray(answer.json.value)) throw new Error(`no rows: ${answer.status} ${answer.text}`);
  return answer.json.value.map(asObject);
}

/** What a refusal must look like on the wire. */
export function refusal(status: number, code: string, message: unknown) {
  return { status, json: { error: { code, message } } };
}

export const notThere = (table: string, id: unknown) =>
  refusal(404, '0x80040217', `${table} With Id = ${String(id)} Does Not Exist`);
export const noSegment = (name: string) => refusal(404, '0x80060888', `Resource not found for the segment '${name}'.`);
export const INVALID_ARGUMENT = refusal(400, '0x80040203', 'Invalid argument.');
export const LOCKED = refusal(400, '0x80040302', 'List is Locked. Cannot perform this action.');
export const NOT_A_MEMBER = refusal(400, '0x80048458', 'Specified Item not a member of the specified List.');

/** Rows of a test's own, so that tests do not depend on each other or on the seed. */
export function makers(api: Api) {
  const make = async (set: string, key: string, row: Json): Promise<string> => {
    const id = randomUUID();
    const answer = await api.post(set, { [key]: id, ...row });
    if (answer.status !== 204) throw new Error(`${set}: ${answer.status} ${answer.text}`);
    return id;
  };
  const lead = (row: Json = {}) => make('leads', 'leadid', { lastname: 'Test', ...row });
  const leadList = (row: Json = {}) => make('lists', 'listid', { listname: `Leads${TAG}`, createdfromcode: 4, ...row });
  return {
    lead,
    leadList,
    /** A list with so many leads on it. */
    async filledList(count: number) {
      const list = await leadList();
      const people: string[] = [];
      for (let number = 0; number < count; number += 1) people.push(await lead());
      await api.post('AddListMembersList', members(list, 'lead', people));
      return { list, people };
    },
    contact: (row: Json = {}) => make('contacts', 'contactid', { lastname: 'Test', ...row }),
    contactList: (row: Json = {}) =>
      make('lists', 'listid', { listname: `Contacts${TAG}`, createdfromcode: 2, ...row }),
    campaign: (row: Json = {}) => make('campaigns', 'campaignid', { name: `Campaign${TAG}`, ...row }),
  };
}

export function crm(table: string, id: string): Json {
  return { '@odata.type': `Microsoft.Dynamics.CRM.${table}`, [`${table}id`]: id };
}

export function members(list: string, table: string, people: readonly string[]): Json {
  return { List: crm('list', list), Members: people.map((id) => crm(table, id)) };
}

/** Ids of the people on a list, in no particular order. */
export async function peopleOn(api: Api, list: string): Promise<unknown[]> {
  const rows = await api.rows(`listmembers?$select=_entityid_value&$filter=_listid_value eq ${list}`);
  return rows.map((row) => row._entityid_value);
}
