/** The privileges that dyncamp needs, and whether the user sees all rows: hidden ones could be created twice. */

import { bound, call, odataJson, row } from '../dataverse/odata-query.ts';
import type { OperationResult, Read } from '../dataverse/operation.ts';
import { readObject } from '../dataverse/reads.ts';
import { PrivilegeError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';

/** Privilege depths of the function's answer, from narrow to wide; `RecordFilter` is less than all by its nature. */
export type Depth = 'none' | 'RecordFilter' | 'Basic' | 'Local' | 'Deep' | 'Global';

export type Privilege = {
  readonly name: string;
  readonly table: string;
  readonly needed: 'read' | 'write';
  /** What it is for. */
  readonly purpose: string;
};

/** Microsoft's "Privileges required by message" pages; prvWriteList is asked for because two integrations grant it and sources conflict. */
export const PRIVILEGES: readonly Privilege[] = [
  { name: 'prvReadCampaign', table: 'campaign', needed: 'read', purpose: 'find campaigns' },
  { name: 'prvReadList', table: 'list', needed: 'read', purpose: 'find the own lists and their members' },
  { name: 'prvReadLead', table: 'lead', needed: 'read', purpose: 'find leads' },
  { name: 'prvReadContact', table: 'contact', needed: 'read', purpose: 'find contacts' },
  { name: 'prvCreateList', table: 'list', needed: 'write', purpose: 'create the own lists' },
  { name: 'prvWriteList', table: 'list', needed: 'write', purpose: 'create the own lists' },
  { name: 'prvAppendList', table: 'list', needed: 'write', purpose: 'link a list to a campaign' },
  { name: 'prvAppendToList', table: 'list', needed: 'write', purpose: 'add people to a list and remove them' },
  { name: 'prvAppendCampaign', table: 'campaign', needed: 'write', purpose: 'link a list to a campaign' },
  { name: 'prvAppendToCampaign', table: 'campaign', needed: 'write', purpose: 'link a list to a campaign' },
  { name: 'prvAppendLead', table: 'lead', needed: 'write', purpose: 'add leads to a list' },
  { name: 'prvAppendContact', table: 'contact', needed: 'write', purpose: 'add contacts to a list' },
  { name: 'prvCreateLead', table: 'lead', needed: 'write', purpose: 'create people that Dynamics does not have' },
];

export function privilegesOperation(userId: string, names: readonly string[]): Read {
  const path = call(bound(row('systemusers', userId), 'RetrieveUserSetOfPrivilegesByNames'), {
    PrivilegeNames: odataJson([...names]),
  });
  return readObject(path, 'RolePrivileges');
}

/** Widest depth by privilege name; undefined when the organization does not say. */
export function depthsOf(result: OperationResult | undefined): ReadonlyMap<string, Depth> | undefined {
  if (result?.kind !== 'ok') return undefined;
  const { RolePrivileges: granted } = result.body ?? {};
  if (!Array.isArray(granted)) return undefined;
  const depths = new Map<string, Depth>();
  for (const each of granted) {
    const { PrivilegeName: name, Depth: depth } = asObject(each);
    if (typeof name === 'string' && isDepth(depth) && rank(depth) > rank(depths.get(name) ?? 'none'))
      depths.set(name, depth);
  }
  return depths;
}

const ORDER: readonly Depth[] = ['none', 'RecordFilter', 'Basic', 'Local', 'Deep', 'Global'];
const rank = (depth: Depth): number => ORDER.indexOf(depth);
const isDepth = (value: JsonValue | undefined): value is Depth => ORDER.some((depth) => depth === value);
const asObject = (value: JsonValue): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

/** Read privileges below organization depth: creating people and the shared-list check could be wrong. */
export function blindSpots(
  depths: ReadonlyMap<string, Depth>,
): readonly { readonly privilege: Privilege; readonly depth: Depth }[] {
  return PRIVILEGES.filter((privilege) => privilege.needed === 'read')
    .map((privilege) => ({ privilege, depth: depths.get(privilege.name) ?? ('none' as const) }))
    .filter(({ depth }) => depth !== 'Global');
}

/** Throws PrivilegeError with table and depth, unless the user accepts a partial view. */
export function refuseBlindSpots(
  depths: ReadonlyMap<string, Depth> | undefined,
  { allowPartialView }: { readonly allowPartialView: boolean },
): void {
  if (depths === undefined || allowPartialView) return;
  const spots = blindSpots(depths);
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
