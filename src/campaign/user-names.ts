/** Names of users, to show who added a person. Read once per user and process. */

import { inList, query } from '../dataverse/odata-query.ts';
import type { Dataverse } from '../dataverse/operation.ts';
import { readRows, rowsOf } from '../dataverse/reads.ts';
import type { JsonObject } from '../json.ts';

/** Name by id; the id itself for a user that cannot be read. */
export type UserNames = (userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** A campaign rarely has more users who add people; further ones appear by their ids. */
const IDS_PER_READ = 200;

export function userNames(dataverse: Dataverse): UserNames {
  const known = new Map<string, string>();
  return async (userIds) => {
    const unknown = [...new Set(userIds)].filter((id) => !known.has(id)).slice(0, IDS_PER_READ);
    for (const [id, name] of await readNames(dataverse, unknown)) known.set(id, name);
    return known;
  };
}

async function readNames(
  dataverse: Dataverse,
  ids: readonly string[],
): Promise<readonly (readonly [string, string])[]> {
  if (ids.length === 0) return [];
  const path = query('systemusers', { select: ['systemuserid', 'fullname'], filter: inList('systemuserid', ids) });
  const [result] = await dataverse.batch([readRows(path, 'systemuserid')]);
  const unnamed = ids.map((id) => [id, id] as const);
  return result?.kind === 'ok' ? [...unnamed, ...rowsOf(result).flatMap(nameOf)] : unnamed;
}

function nameOf({ systemuserid, fullname }: JsonObject): readonly (readonly [string, string])[] {
  return typeof systemuserid === 'string' && typeof fullname === 'string'
    ? [[systemuserid.toLowerCase(), fullname]]
    : [];
}
