/** What the page at `/` looks at: campaigns with their lists, members of a list, the newest requests. Reads the store, past all privileges. */
import type { RequestLogEntry } from '../request-log.ts';
import type { Row, RowStore, Value } from '../store/row-store.ts';

/** A page for people: more rows than this are counted, not shown. */
const MAX_MEMBERS = 200;
const MAX_REQUESTS = 100;

type ShownList = {
  id: string;
  name: string;
  type: string;
  locked: boolean;
  active: boolean;
  dynamic: boolean;
  members: number;
};
type ShownCampaign = {
  id: string;
  name: string;
  code: string;
  active: boolean;
  template: boolean;
  lists: readonly ShownList[];
};

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
const LIST_TYPES: Readonly<Record<string, string>> = { 1: 'accounts', 2: 'contacts', 4: 'leads' };

export function shownCampaigns(store: RowStore): readonly ShownCampaign[] {
  const campaigns = [...store.find('campaign', {})].map((row) => ({
    id: text(row.campaignid),
    name: text(row.name),
    code: text(row.codename),
    active: row.statecode === 0,
    template: row.istemplate === true,
    lists: listsOf(store, text(row.campaignid)),
  }));
  return campaigns.sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

function listsOf(store: RowStore, campaignId: string): readonly ShownList[] {
  return [...store.find('campaignitem', { _campaignid_value: campaignId, entitytype: 'list' })].flatMap((item) => {
    const list = store.get('list', text(item.entityid));
    return list === undefined ? [] : [shownList(store, list)];
  });
}

function shownList(store: RowStore, list: Row): ShownList {
  const id = text(list.listid);
  const [counted] = [...store.select('SELECT count(*) AS n FROM "listmember" WHERE "_listid_value" = ?', [id])];
  return {
    id,
    name: text(list.listname),
    type: LIST_TYPES[String(list.createdfromcode)] ?? '',
    locked: list.lockstatus === true,
    active: list.statecode === 0,
    dynamic: list.type === true,
    members: Number(counted?.n ?? 0),
  };
}

export function shownMembers(store: RowStore, listId: string): unknown {
  const rows: unknown[] = [];
  for (const member of store.find('listmember', { _listid_value: listId })) {
    if (rows.length >= MAX_MEMBERS) break;
    rows.push(shownMember(store, member));
  }
  return rows;
}

function shownMember(store: RowStore, member: Row): unknown {
  const table = text(member.entitytype);
  const person = store.get(table, text(member._entityid_value));
  const user = store.get('systemuser', text(member._createdby_value));
  return {
    type: table,
    id: text(member._entityid_value),
    name: text(person?.fullname),
    email: text(person?.emailaddress1),
    since: text(member.createdon),
    addedBy: text(user?.fullname),
  };
}

export function shownRequests(entries: readonly RequestLogEntry[]): unknown {
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
