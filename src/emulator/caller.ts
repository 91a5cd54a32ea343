/** Finds the user behind a request: the token's application user, or the one it acts for. */
import { refuse } from './errors/errors.ts';
import { APPLICATION_ID, fixedId } from './organization.ts';
import type { Schema } from './schema/schema.ts';
import type { Row } from './store/row.ts';
import type { RowStore } from './store/store.ts';
import type { Switches } from './switches.ts';
import type { WireRequest } from './wire.ts';

export type Caller = {
  /** The user that the work is done as: `createdby`. */
  userId: string;
  /** The user that signed in, when it is another: `createdonbehalfby`. */
  onBehalfBy?: string;
  depth: (privilege: string) => Depth;
};

/**
 * Says to whom a bearer token was issued: an application, or a person (object id) by way of one; undefined for tokens that are not
 * accepted (or no longer).
 */
export type TokenCheck = (token: string) => { applicationId: string; objectId?: string } | undefined;

/** Unless somebody checks them, any token is good. `app:<application id>` names an application, so that tests can be a user of their choice. */
export const anyToken: TokenCheck = (token) => ({ applicationId: /^app:(.+)$/.exec(token)?.[1] ?? APPLICATION_ID });

type CallerSource = { store: RowStore; schema: Schema; checkToken: TokenCheck; conditions: { switches: Switches } };

export function findCaller({ store, schema, checkToken, conditions }: CallerSource, request: WireRequest): Caller {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw refuse.notAuthenticated(request.origin);
  const granted = checkToken(token);
  if (granted === undefined)
    throw refuse.notAuthenticated(request.origin, 'The access token has expired or is not valid');
  const signedIn = usable(
    granted.objectId === undefined
      ? findUser(store, 'applicationid', granted.applicationId)
      : findUser(store, 'azureactivedirectoryobjectid', granted.objectId),
  );
  const own = readPrivileges(store, signedIn);
  const depth = (name: string) => depthOf(own, name, conditions.switches);
  const represented = representedUser(store, request);
  if (represented === undefined || represented === signedIn) return { userId: signedIn, depth };
  requirePrivilege(schema, { userId: signedIn, callerId: signedIn, depth }, 'prvActOnBehalfOfAnotherUser');
  const theirs = readPrivileges(store, represented);
  return {
    userId: represented,
    onBehalfBy: signedIn,
    depth: (name) => lowerDepth(depth(name), depthOf(theirs, name, conditions.switches)),
  };
}

/** A part of a batch may act for somebody of its own. */
export function partCaller(
  source: CallerSource,
  part: WireRequest,
  { outer, caller }: { outer: WireRequest; caller: Caller },
): Caller {
  const isSame = IDENTITY_HEADERS.every((name) => part.headers[name] === outer.headers[name]);
  if (isSame) return caller;
  return findCaller(source, {
    ...part,
    headers: { ...part.headers, authorization: outer.headers.authorization ?? '' },
  });
}

const IDENTITY_HEADERS = ['mscrmcallerid', 'callerobjectid'];

function representedUser(store: RowStore, request: WireRequest): string | undefined {
  const systemUserId = request.headers.mscrmcallerid;
  if (systemUserId !== undefined) return usable(store.get('systemuser', systemUserId.toLowerCase()));
  const objectId = request.headers.callerobjectid;
  if (objectId !== undefined) return usable(findUser(store, 'azureactivedirectoryobjectid', objectId));
  return undefined;
}

function findUser(store: RowStore, column: string, value: string): Row | undefined {
  return store.find('systemuser', { [column]: value.toLowerCase() }).next().value ?? undefined;
}

function usable(user: Row | undefined): string {
  if (user === undefined || typeof user.systemuserid !== 'string') throw refuse.userNotMemberOfOrganization();
  if (user.isdisabled === true) throw refuse.userDisabled();
  return user.systemuserid;
}

// Who may do what, and how deep. Every user holds everything at Global unless less was set for them; what was set lives in the store,
// so that all processes on one data folder agree.

// Differs: what a record filter hides is not emulated; a caller who has one sees every row.
const DEPTHS = ['None', 'Basic', 'Local', 'Deep', 'RecordFilter', 'Global'] as const;
export type Depth = (typeof DEPTHS)[number];

/** Privileges that differ from Global, by name. */
export type PrivilegeSet = Readonly<Record<string, Depth>>;

const TABLE_NAMES: Readonly<Record<string, string>> = {
  campaign: 'Campaign',
  list: 'List',
  lead: 'Lead',
  contact: 'Contact',
  account: 'Account',
  systemuser: 'User',
  businessunit: 'BusinessUnit',
  team: 'Team',
  transactioncurrency: 'TransactionCurrency',
};

const VERBS = ['Create', 'Read', 'Write', 'Delete', 'Append', 'AppendTo', 'Assign'] as const;
export type PrivilegeVerb = (typeof VERBS)[number];

const OTHERS = [
  'prvReadEntity',
  'prvReadAttribute',
  'prvReadRelationship',
  'prvReadActivity',
  'prvReadSdkMessage',
  'prvReadSolution',
  'prvActOnBehalfOfAnotherUser',
];

export const PRIVILEGE_NAMES: readonly string[] = [
  ...Object.values(TABLE_NAMES).flatMap((name) => VERBS.map((verb) => `prv${verb}${name}`)),
  ...OTHERS,
];

/** Rows of the intersect tables follow their list or campaign. [inferred] */
const READ_THROUGH: Readonly<Record<string, string>> = { listmember: 'list', campaignitem: 'campaign' };

/** Undefined for tables without privileges of their own. */
export function privilegeName(verb: PrivilegeVerb, table: string): string | undefined {
  const name = TABLE_NAMES[READ_THROUGH[table] ?? table];
  return name === undefined ? undefined : `prv${verb}${name}`;
}

export function privilegeId(name: string): string {
  return fixedId(name.toLowerCase());
}

export function readPrivileges(store: RowStore, userId: string): PrivilegeSet {
  const text = store.getSetting(settingName(userId));
  return text === undefined ? {} : parsePrivileges(JSON.parse(text));
}

/** Adds to what was set before; `null` clears everything set for the user. */
export function writePrivileges(store: RowStore, userId: string, changes: PrivilegeSet | null): void {
  const current = changes === null ? {} : { ...readPrivileges(store, userId), ...changes };
  store.setSetting(settingName(userId), JSON.stringify(current));
}

export function parsePrivileges(value: unknown): PrivilegeSet {
  if (typeof value !== 'object' || value === null) throw new TypeError('privileges must be an object of name: depth');
  const result: Record<string, Depth> = {};
  for (const [name, depth] of Object.entries(value)) {
    const known = DEPTHS.find((candidate) => candidate.toLowerCase() === String(depth).toLowerCase());
    if (known === undefined) throw new TypeError(`privilege ${name}: depth must be one of ${DEPTHS.join(', ')}`);
    result[PRIVILEGE_NAMES.find((known) => known.toLowerCase() === name.toLowerCase()) ?? name] = known;
  }
  return result;
}

/** U44 (readDepth): how much of them may be read. */
const READS = ['prvReadCampaign', 'prvReadList', 'prvReadLead', 'prvReadContact'];

export function depthOf(set: PrivilegeSet, name: string, { readDepth }: Switches): Depth {
  const given = set[name] ?? 'Global';
  return READS.includes(name) ? lowerDepth(given, readDepth) : given;
}

/** The lower of two depths: an impersonated call has what both users have. [documented] */
function lowerDepth(one: Depth, other: Depth): Depth {
  return DEPTHS.indexOf(one) < DEPTHS.indexOf(other) ? one : other;
}

type PrivilegeHolder = { userId: string; callerId: string; depth: (name: string) => Depth };

export function requirePrivilege(schema: Schema, holder: PrivilegeHolder, name: string): void {
  if (holder.depth(name) !== 'None') return;
  const subject = name.replace(/^prv(?:Create|Read|Write|Delete|AppendTo|Append|Assign)?/, '');
  const table = Object.keys(TABLE_NAMES).find((each) => TABLE_NAMES[each] === subject) ?? subject.toLowerCase();
  throw refuse.privilegeDenied({
    userId: holder.userId,
    callerId: holder.callerId,
    name,
    privilegeId: privilegeId(name),
    privilegeCount: PRIVILEGE_NAMES.filter((each) => holder.depth(each) !== 'None').length,
    objectTypeCode: schema.tableByName(table)?.typeCode ?? 0,
    table,
  });
}

function settingName(userId: string): string {
  return `privileges:${userId}`;
}
