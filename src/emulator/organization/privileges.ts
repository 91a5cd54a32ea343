/**
 * Who may do what, and how deep: the privileges that each operation needs are checked here. Every user holds everything at Global unless
 * less was set for them; what was set lives in the store, so that all processes on one data folder agree.
 */
import { refuse } from '../errors/errors.ts';
import type { Schema } from '../schema/schema.ts';
import type { Row } from '../store/row.ts';
import type { RowStore } from '../store/store.ts';
import type { Switches } from '../switches.ts';
import { fixedId } from './organization.ts';

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
type PrivilegeVerb = (typeof VERBS)[number];

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
function privilegeName(verb: PrivilegeVerb, table: string): string | undefined {
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
export function lowerDepth(one: Depth, other: Depth): Depth {
  return DEPTHS.indexOf(one) < DEPTHS.indexOf(other) ? one : other;
}

function settingName(userId: string): string {
  return `privileges:${userId}`;
}

export type Caller = {
  /** The user that the work is done as: `createdby`. */
  userId: string;
  /** The user that signed in, when it is another: `createdonbehalfby`. */
  onBehalfBy?: string;
  depth: (privilege: string) => Depth;
};

type Acting = { schema: Schema; userId: string; caller: Omit<Caller, 'userId'> };

export function requirePrivileges({ schema, userId, caller }: Acting, names: readonly string[]): void {
  const name = names.find((each) => caller.depth(each) === 'None');
  if (name === undefined) return;
  const subject = name.replace(/^prv(?:Create|Read|Write|Delete|AppendTo|Append|Assign)?/, '');
  const table = Object.keys(TABLE_NAMES).find((each) => TABLE_NAMES[each] === subject) ?? subject.toLowerCase();
  throw refuse.privilegeDenied({
    userId,
    callerId: caller.onBehalfBy ?? userId,
    name,
    privilegeId: privilegeId(name),
    privilegeCount: PRIVILEGE_NAMES.filter((each) => caller.depth(each) !== 'None').length,
    objectTypeCode: schema.tables.get(table)?.typeCode ?? 0,
    table,
  });
}

type ActingInUnit = Acting & { businessUnitId: string };

/** The privilege on the table, and enough depth for this row when one is given. */
export function requireAccess(context: ActingInUnit, verb: PrivilegeVerb, table: string, row?: Row): void {
  const name = privilegeName(verb, table);
  if (name === undefined) return;
  requirePrivileges(context, [name]);
  if (row !== undefined && !hasColumns(row, reach(context, table, context.caller.depth(name))))
    throw refuse.accessDenied();
}

/** The row, if the caller may see it. */
export function visibleRow(context: ActingInUnit & { store: RowStore }, table: string, id: string): Row {
  const row = context.store.get(table, id);
  if (row === undefined || !hasColumns(row, visibleRows(context, table))) throw refuse.rowAbsent(table, id);
  return row;
}

function hasColumns(row: Row, wanted: Row = {}): boolean {
  return Object.entries(wanted).every(([column, value]) => row[column] === value);
}

/** What the caller may see of a table: columns that each row must have; undefined for everything. */
export function visibleRows(context: Omit<ActingInUnit, 'schema'>, table: string): Row | undefined {
  const name = privilegeName('Read', table);
  return name === undefined ? undefined : reach(context, table, context.caller.depth(name));
}

type OwnerColumns = { user: string; unit: string };

const OWNED: OwnerColumns = { user: '_ownerid_value', unit: '_owningbusinessunit_value' };
const INTERSECT: OwnerColumns = { user: '_ownerid_value', unit: 'owningbusinessunit' };

/** Tables that are not listed belong to the organization: any depth reaches all their rows. */
const OWNER_COLUMNS: Readonly<Record<string, OwnerColumns>> = {
  campaign: OWNED,
  list: OWNED,
  lead: OWNED,
  contact: OWNED,
  account: OWNED,
  listmember: INTERSECT,
  campaignitem: INTERSECT,
  systemuser: { user: 'systemuserid', unit: '_businessunitid_value' },
};

/** Which rows a depth reaches: undefined for all of them. */
function reach(context: { userId: string; businessUnitId: string }, table: string, depth: Depth): Row | undefined {
  const columns = OWNER_COLUMNS[table];
  if (depth === 'Global' || columns === undefined) return undefined;
  // Differs: one business unit, so Local and Deep are the same.
  const isWholeUnit = depth === 'Local' || depth === 'Deep';
  return isWholeUnit ? { [columns.unit]: context.businessUnitId } : { [columns.user]: context.userId };
}
