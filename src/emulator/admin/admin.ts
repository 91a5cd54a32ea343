/** What tests may see and change while the emulator runs; the same in process and over HTTP. */

import type { ServiceProtection } from '../errors/errors.ts';
import type { CountedFault, Fault } from '../faults/fault.ts';
import type { Instance, Latency } from '../instance.ts';
import { ORGANIZATION } from '../organization/organization.ts';
import { type PrivilegeSet, writePrivileges } from '../organization/privileges.ts';
import type { RequestLogEntry } from '../requests/request-log.ts';
import { writeOrganization } from '../seed/apply-seed.ts';
import type { Row, Value } from '../store/row.ts';
import type { RowStore } from '../store/store.ts';
import { parseSwitches, type Switches } from '../switches.ts';

export type ConditionChanges = {
  limits?: ServiceProtection | null;
  latency?: Latency;
  dopHint?: number;
  pageSize?: number;
};

export type Admin = {
  requests(): readonly RequestLogEntry[];
  clearRequests(): void;
  faults(): readonly CountedFault[];
  addFaults(faults: readonly Fault[]): void;
  clearFaults(): void;
  switches(): Switches;
  setSwitches(changes: Readonly<Record<string, unknown>>): void;
  setConditions(changes: ConditionChanges): void;
  /** Privileges that differ from Global; null gives a user everything again. */
  setPrivileges(userId: string, privileges: PrivilegeSet | null): void;
  /** Makes every late change visible, so that a test sees what is really there. */
  settleReads(): void;
  /** Puts the data back to what a new data folder starts with; switches, faults and conditions stay. */
  reset(): void;
  state(): unknown;
  campaigns(): unknown;
  members(listId: string): unknown;
  recent(): unknown;
  killConnections(): void;
};

export function openAdmin(
  instance: Instance,
  { killConnections, reset }: Pick<Admin, 'killConnections' | 'reset'>,
): Admin {
  const { log, faults, conditions, store } = instance;
  return {
    requests: () => [...log.entries()],
    clearRequests: () => log.clear(),
    faults: () => faults.list(),
    addFaults: (added) => faults.add(added),
    clearFaults: () => faults.clear(),
    switches: () => conditions.switches,
    setSwitches(changes) {
      conditions.switches = { ...conditions.switches, ...parseSwitches(changes) };
      writeOrganization(store, conditions.switches);
    },
    setConditions: ({ limits = conditions.limits, ...others }) =>
      void Object.assign(conditions, others, { limits: limits ?? undefined }),
    setPrivileges: (userId, privileges) => writePrivileges(store, userId.toLowerCase(), privileges),
    settleReads: () => instance.lateReads.showAll(),
    reset() {
      instance.lateReads.showAll();
      reset();
    },
    state: () => summary(instance),
    campaigns: () => shownCampaigns(store),
    members: (listId) => shownMembers(store, listId),
    recent: () => shownRequests(log.entries()),
    killConnections,
  };
}

const COUNTED = ['campaign', 'list', 'listmember', 'campaignitem', 'lead', 'contact', 'systemuser'];

function summary({ store, conditions, faults, log }: Instance): unknown {
  const rows = COUNTED.map((table) => [table, count(store, `count(*) AS n FROM "${table}"`)]);
  return {
    organizationId: ORGANIZATION.id,
    rows: Object.fromEntries(rows),
    conditions,
    faults: faults.list().length,
    requests: log.entries().length,
  };
}

// What the page at `/` looks at: campaigns with their lists, members of a list, the newest requests. Reads the store without regard to privileges.

/** A page for people: more rows than this are counted, not shown. */
const MAX_MEMBERS = 200;
/** People named beside their campaign. */
const MAX_NAMES = 6;
const MAX_REQUESTS = 100;

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
const LIST_TYPES: Readonly<Record<string, string>> = { 1: 'accounts', 2: 'contacts', 4: 'leads' };

function shownCampaigns(store: RowStore): unknown {
  const campaigns = [...store.find('campaign', {})].map((row) => {
    const links = store.find('campaignitem', { _campaignid_value: text(row.campaignid), entitytype: 'list' });
    const lists = [...links].flatMap((item) => {
      const list = store.get('list', text(item.entityid));
      return list === undefined ? [] : [shownList(store, list)];
    });
    return {
      id: text(row.campaignid),
      name: text(row.name),
      code: text(row.codename),
      active: row.statecode === 0,
      template: row.istemplate === true,
      ...peopleOn(store, lists),
      lists,
    };
  });
  return campaigns.sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

/** How many different people are on all these lists, and the names of the first. */
function peopleOn(store: RowStore, lists: readonly { id: string }[]): { people: number; names: readonly string[] } {
  const of = `FROM "listmember" WHERE "_listid_value" IN (${lists.map(() => '?').join(', ')})`;
  const ids = lists.map(({ id }) => id);
  const first = store.select(
    `SELECT DISTINCT "_entityid_value" AS id, "entitytype" AS type ${of} LIMIT ${MAX_NAMES}`,
    ids,
  );
  const names = [...first].map(({ id, type }) => text(store.get(text(type), text(id))?.fullname) || text(id));
  return { people: count(store, `count(DISTINCT "_entityid_value") AS n ${of}`, ids), names };
}

function shownList(store: RowStore, list: Row) {
  const id = text(list.listid);
  return {
    id,
    name: text(list.listname),
    type: LIST_TYPES[String(list.createdfromcode)] ?? '',
    locked: list.lockstatus === true,
    active: list.statecode === 0,
    dynamic: list.type === true,
    members: count(store, 'count(*) AS n FROM "listmember" WHERE "_listid_value" = ?', [id]),
  };
}

function count(store: RowStore, counting: string, parameters: readonly Value[] = []): number {
  const [row] = store.select(`SELECT ${counting}`, parameters);
  return Number(row?.n ?? 0);
}

function shownMembers(store: RowStore, listId: string): unknown {
  const rows: unknown[] = [];
  for (const member of store.find('listmember', { _listid_value: listId })) {
    if (rows.length >= MAX_MEMBERS) break;
    const [type, id] = [text(member.entitytype), text(member._entityid_value)];
    const person = store.get(type, id);
    const user = store.get('systemuser', text(member._createdby_value));
    rows.push({
      type,
      id,
      name: text(person?.fullname),
      email: text(person?.emailaddress1),
      since: text(member.createdon),
      addedBy: text(user?.fullname),
    });
  }
  return rows;
}

function shownRequests(entries: readonly RequestLogEntry[]): unknown {
  return entries
    .slice(-MAX_REQUESTS)
    .map(({ number, time, method, operation, path, status, ms, parts, fault, isInsideRetryAfter }) => ({
      number,
      time,
      method,
      what: operation,
      path: path.slice(0, 300),
      status,
      ms: Math.round(ms),
      parts: parts?.length ?? 0,
      throttled: status === 429 || (parts ?? []).some((part) => part.status === 429),
      insideRetryAfter: isInsideRetryAfter,
      fault: fault ?? '',
    }));
}
