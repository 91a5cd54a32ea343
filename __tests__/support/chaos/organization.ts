/** The organization: an emulator in a process of its own, over a folder that outlives it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../../src/emulator/faults/fault.ts';
import type { Switches } from '../../../src/emulator/switches.ts';
import { type ChangeLog, openChangeLog } from './change-log.ts';
import { environmentFor } from './client.ts';
import type { Places } from './places.ts';
import { EXISTING_PEOPLE } from './scenario.ts';

type Conditions = {
  readonly switches: Partial<Switches>;
  readonly faults: readonly Fault[];
  /** Rows per page at most. */
  readonly pageSize?: number | undefined;
};

export type Organization = {
  readonly url: string;
  readonly id: string;
  readonly changes: ChangeLog;
  makeCampaign(id: string, name: string): Promise<void>;
  /** Nobody is on any list any more: who made a membership row (U32) holds for all of an organization's. */
  removeLists(): Promise<void>;
  /** Back to the defaults, then these. */
  conditions(conditions: Conditions): Promise<void>;
  /** What was written before shows to every read. */
  settleReads(): Promise<void>;
  /** SIGKILL, and a new process on the same port with the conditions of before. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

type Json = Readonly<Record<string, unknown>>;

const API_HEADERS = { Authorization: 'Bearer chaos', 'Content-Type': 'application/json', 'OData-Version': '4.0' };

export async function startOrganization(places: Places): Promise<Organization> {
  const data = `${places.folder}/dataverse`;
  let server = await serve(places, data, 0);
  const { url } = server;
  const port = Number(new URL(url).port);
  const admin = async (method: string, name: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/__emulator/${name}`, { method, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${name}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  };
  const defaults = await admin('GET', 'switches');
  const state = asJson(await admin('GET', 'state'));
  const call = async (method: string, path: string, body?: Json): Promise<Json> => {
    const sent = { method, headers: API_HEADERS, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`${url}/api/data/v9.2/${path}`, sent);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? {} : asJson(JSON.parse(text));
  };
  const changes = openChangeLog(`${data}/dataverse.sqlite`);
  changes.begin();
  let conditions: Conditions = { switches: {}, faults: [] };
  const apply = async (): Promise<void> => {
    await admin('DELETE', 'faults');
    await admin('PATCH', 'switches', { ...asJson(defaults), ...conditions.switches });
    await admin('PATCH', 'conditions', { pageSize: conditions.pageSize ?? USUAL_PAGE_SIZE });
    await admin('POST', 'faults', conditions.faults);
  };
  return {
    url,
    id: String(state.organizationId),
    changes,
    async makeCampaign(id, name) {
      await call('POST', 'campaigns', { campaignid: id, name });
      await admin('POST', 'settle-reads');
    },
    async removeLists() {
      await admin('POST', 'settle-reads');
      const { value } = await call('GET', 'lists?$select=listid');
      for (const row of Array.isArray(value) ? value : []) await call('DELETE', `lists(${asJson(row).listid})`);
    },
    async conditions(wanted) {
      conditions = wanted;
      await apply();
    },
    async settleReads() {
      await admin('POST', 'settle-reads');
    },
    async restart() {
      await kill(server.child);
      await sleep(RESTART_PAUSE_MS);
      server = await serve(places, data, port);
      await apply();
    },
    async close() {
      changes.close();
      await kill(server.child);
    },
  };
}

/** As Dataverse has it. */
const USUAL_PAGE_SIZE = 5_000;

/** A service that is down for a moment, not only for the blink of a fork. */
const RESTART_PAUSE_MS = 200;

async function serve(places: Places, data: string, port: number) {
  const args = ['emulator', '--port', String(port), '--data', data, '--people', String(EXISTING_PEOPLE), '--quiet'];
  const child = spawn(process.execPath, [places.binary, ...args], {
    env: environmentFor(places.folder, {}),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, url: String(line) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function asJson(value: unknown): Json {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
