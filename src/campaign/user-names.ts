/** Names of users, to show who added a person. Read once per user and process. */

import { inList, query } from '../dataverse/odata-query.ts';
import type { Dataverse } from '../dataverse/operation.ts';
import { readRows, rowsOf } from '../dataverse/reads.ts';
import { textOf } from '../json.ts';

/** Name by id; the id itself for a user that cannot be read. */
export type UserNames = (userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** A campaign rarely has more users who add people; further ones appear by their ids. */
const IDS_PER_READ = 200;

export function userNames(dataverse: Dataverse): UserNames {
  const known = new Map<string, string>();
  return async (userIds) => {
    const unknown = [...new Set(userIds)].filter((id) => !known.has(id)).slice(0, IDS_PER_READ);
    if (unknown.length === 0) return known;
    const filter = inList('systemuserid', unknown);
    const path = query('systemusers', { select: ['systemuserid', 'fullname'], filter });
    const [result] = await dataverse.batch([readRows(path, 'systemuserid')]);
    for (const id of unknown) known.set(id, id);
    for (const { systemuserid, fullname } of result?.kind === 'ok' ? rowsOf(result) : [])
      if (typeof fullname === 'string') known.set(textOf(systemuserid).toLowerCase(), fullname);
    return known;
  };
}
