/** The privileges that dyncamp needs, and whether the user sees all rows: hidden ones could be created twice. */

import { bound, call, compare, eq, odataJson, odataString, or, query, row } from '../dataverse/odata-query.ts';
import type { Dataverse, OperationResult, Read } from '../dataverse/operation.ts';
import { readObject, readRows, rowsOf } from '../dataverse/reads.ts';
import { PrivilegeError } from '../errors.ts';
import { isJsonObject, type JsonValue, textOf } from '../json.ts';

/** Privilege depths of the function's answer, from narrow to wide; `RecordFilter` is less than all by its nature. */
const DEPTHS = ['none', 'RecordFilter', 'Basic', 'Local', 'Deep', 'Global'] as const;
export type Depth = (typeof DEPTHS)[number];

export type Privilege = {
  readonly name: string;
  readonly table: string;
  /**
   * `own`: to write lists and people that the user creates, and so owns; `write` concerns those of others: people, campaigns, lists that
   * Marketo made. `definition`: of what tables and columns there are; it shows no record.
   */
  readonly needed: 'read' | 'write' | 'own' | 'definition';
  readonly purpose: string;
};

/** Microsoft's "Privileges required by message" pages; prvWriteList is asked for because two integrations grant it and sources conflict. */
export const PRIVILEGES: readonly Privilege[] = [
  { name: 'prvReadCampaign', table: 'campaign', needed: 'read', purpose: 'find campaigns' },
  { name: 'prvReadList', table: 'list', needed: 'read', purpose: 'find the own lists and their members' },
  { name: 'prvReadLead', table: 'lead', needed: 'read', purpose: 'find leads' },
  { name: 'prvReadContact', table: 'contact', needed: 'read', purpose: 'find contacts' },
  { name: 'prvCreateList', table: 'list', needed: 'own', purpose: 'create the own lists' },
  { name: 'prvWriteList', table: 'list', needed: 'own', purpose: 'create the own lists' },
  { name: 'prvAppendList', table: 'list', needed: 'write', purpose: 'link a list to a campaign' },
  { name: 'prvAppendToList', table: 'list', needed: 'write', purpose: 'add people to a list and remove them' },
  { name: 'prvAppendCampaign', table: 'campaign', needed: 'write', purpose: 'link a list to a campaign' },
  { name: 'prvAppendToCampaign', table: 'campaign', needed: 'write', purpose: 'link a list to a campaign' },
  { name: 'prvAppendLead', table: 'lead', needed: 'write', purpose: 'add leads to a list' },
  { name: 'prvAppendContact', table: 'contact', needed: 'write', purpose: 'add contacts to a list' },
  { name: 'prvCreateLead', table: 'lead', needed: 'own', purpose: 'create people that Dynamics does not have' },
  // Not on those pages: three vendors' lists and Microsoft's own event role have them (U37).
  { name: 'prvReadEntity', table: 'entity', needed: 'definition', purpose: 'create people: which columns there are' },
  {
    name: 'prvReadAttribute',
    table: 'attribute',
    needed: 'definition',
    purpose: 'create people: what each column takes',
  },
  { name: 'prvReadRelationship', table: 'relationship', needed: 'definition', purpose: 'create people: lookups' },
];

/** `prvReadEntity, …`, for messages. */
export const DEFINITION_PRIVILEGES = PRIVILEGES.flatMap(({ name, needed }) => (needed === 'definition' ? [name] : []))
  .join(', ')
  .replace(/, (\w+)$/, ' and $1');

/** Read along: it says whether the business units that are seen are all there are. */
export const READ_UNITS = 'prvReadBusinessUnit';

/** What the user has of one privilege. */
export type Held = {
  readonly depth: Depth;
  /** Whether it reaches every record, whoever owns it. */
  readonly isWhole: boolean;
};
/** By name. */
export type HeldPrivileges = ReadonlyMap<string, Held>;

export const NOT_HELD: Held = { depth: 'none', isWhole: false };

export function privilegesOperation(userId: string, names: readonly string[]): Read {
  const path = call(bound(row('systemusers', userId), 'RetrieveUserSetOfPrivilegesByNames'), {
    PrivilegeNames: odataJson([...names]),
  });
  return readObject(path, 'RolePrivileges');
}

export const NEEDED_NAMES: readonly string[] = [...PRIVILEGES.map(({ name }) => name), READ_UNITS];

/** What the user has, by the answer to privilegesOperation; undefined when the organization does not say. Reads more only where it must. */
export async function heldPrivileges(
  dataverse: Pick<Dataverse, 'batch'>,
  names: readonly string[],
  result: OperationResult | undefined,
): Promise<HeldPrivileges | undefined> {
  const granted = grantsIn(result) ?? [];
  const isNameless = granted.some(({ name }) => name === undefined);
  const isNarrow = granted.some(({ depth }) => depth === 'Deep' || depth === 'Local');
  const reads = [...(isNameless ? [namesRead(names)] : []), ...(isNarrow ? [ROOT_UNIT_READ, OTHER_UNIT_READ] : [])];
  if (reads.length === 0) return heldBy(result);
  const results = await dataverse.batch(reads);
  return heldBy(result, { names: isNameless ? results[0] : undefined, units: results.slice(isNameless ? 1 : 0) });
}

type Grant = {
  readonly id: string;
  /** Older servers leave it out (U38). */
  readonly name: string | undefined;
  readonly depth: Depth;
  /** The business unit of the role. */
  readonly unitId: string;
};

function grantsIn(result: OperationResult | undefined): readonly Grant[] | undefined {
  if (result?.kind !== 'ok') return undefined;
  const { RolePrivileges: granted } = result.body ?? {};
  if (!Array.isArray(granted)) return undefined;
  return granted.filter(isJsonObject).flatMap(({ PrivilegeId, PrivilegeName, Depth: depth, BusinessUnitId }) => {
    const name = textOf(PrivilegeName) || undefined;
    return isDepth(depth) ? [{ id: textOf(PrivilegeId), name, depth, unitId: textOf(BusinessUnitId) }] : [];
  });
}

function namesRead(names: readonly string[]): Read {
  const filter = or(...names.map((name) => eq('name', odataString(name))));
  return readRows(query('privileges', { select: ['privilegeid', 'name'], filter }), 'privilegeid', 'name');
}

function named(granted: readonly Grant[], table: OperationResult): readonly Grant[] {
  const byId = new Map(rowsOf(table).map(({ privilegeid, name }) => [textOf(privilegeid), textOf(name)]));
  return granted.map((grant) => ({ ...grant, name: grant.name ?? byId.get(grant.id) }));
}

const unitsRead = (isRoot: boolean): Read =>
  readRows(
    query('businessunits', {
      select: ['businessunitid'],
      filter: compare('_parentbusinessunitid_value', isRoot ? 'eq' : 'ne', null),
      top: 1,
    }),
    'businessunitid',
  );
const ROOT_UNIT_READ = unitsRead(true);
const OTHER_UNIT_READ = unitsRead(false);

/** `names`: of the privileges, where the answer has only ids. `units`: the root business unit, and any other one. */
export function heldBy(
  result: OperationResult | undefined,
  {
    names,
    units = [],
  }: { readonly names?: OperationResult | undefined; readonly units?: readonly OperationResult[] } = {},
): HeldPrivileges | undefined {
  const given = grantsIn(result);
  if (given === undefined || (names !== undefined && names.kind !== 'ok')) return undefined;
  const granted = names === undefined ? given : named(given, names);
  const [root, other] = units.map((unit) => (unit.kind === 'ok' ? rowsOf(unit) : undefined));
  const rootId = textOf(root?.[0]?.businessunitid);
  // U44: Deep from the root business unit, and Local where there is one unit, reach everything.
  const reachesAll = ({ depth, unitId }: Grant): boolean =>
    depth === 'Global' || (depth === 'Deep' && unitId !== '' && unitId === rootId);
  // A user who does not see all units cannot know that there is only one.
  const seesUnits = granted.some((grant) => grant.name === READ_UNITS && reachesAll(grant));
  const isOnlyUnit = seesUnits && rootId !== '' && other?.length === 0;
  const held = new Map<string, Held>();
  for (const grant of granted) {
    const { name, depth } = grant;
    if (name === undefined) continue;
    const before = held.get(name) ?? NOT_HELD;
    const isWhole = before.isWhole || reachesAll(grant) || (depth === 'Local' && isOnlyUnit);
    held.set(name, { depth: rank(depth) > rank(before.depth) ? depth : before.depth, isWhole });
  }
  return held;
}

const rank = (depth: Depth): number => DEPTHS.indexOf(depth);
const isDepth = (value: JsonValue | undefined): value is Depth => DEPTHS.some((depth) => depth === value);

/** Read privileges that do not reach every record: creating people and the shared-list check could be wrong. */
export function blindSpots(held: HeldPrivileges): readonly { readonly privilege: Privilege; readonly depth: Depth }[] {
  return PRIVILEGES.filter((privilege) => privilege.needed === 'read').flatMap((privilege) => {
    const { depth, isWhole } = held.get(privilege.name) ?? NOT_HELD;
    return isWhole ? [] : [{ privilege, depth }];
  });
}

/** Throws PrivilegeError with table and depth, unless the user accepts a partial view. */
export function refuseBlindSpots(
  held: HeldPrivileges | undefined,
  { allowPartialView }: { readonly allowPartialView: boolean },
): void {
  if (held === undefined || allowPartialView) return;
  const spots = blindSpots(held);
  if (spots.length === 0) return;
  const missing = spots.filter(({ depth }) => depth === 'none');
  const said = spots.map(({ privilege, depth }) => `${privilege.table} (${privilege.name}: ${depth})`).join(', ');
  throw new PrivilegeError(
    missing.length > 0 ? 'PRIVILEGE_MISSING' : 'PARTIAL_VIEW',
    `This user cannot see all records of ${said}.`,
    {
      hint: 'Give the user these privileges for the whole organization (depth Global). Otherwise people you cannot see would be created twice, and a shared list would go unnoticed. To continue anyway: --partial-view.',
    },
  );
}
