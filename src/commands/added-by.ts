/** --added-by: whose additions count as the flow action's. */
import { parseGuid } from '../dataverse/guid.ts';
import { UsageError } from '../errors.ts';
import type { AddedBy } from '../membership/plan-removals.ts';

/** `anyone`, `me`, or ids of users. Throws UsageError BAD_USER. */
export function parseAddedBy(users: readonly string[]): AddedBy {
  if (users.includes('anyone')) return { kind: 'anyone' };
  return { kind: 'users', userIds: new Set(users.filter((user) => user !== 'me').map(userId)) };
}

/** With ourselves and the profile's flowUsers, who always count. */
export function addedByUsers(named: AddedBy, userId: string, flowUsers: readonly string[]): AddedBy {
  if (named.kind === 'anyone') return named;
  return {
    kind: 'users',
    userIds: new Set([userId, ...flowUsers.map((user) => user.toLowerCase()), ...named.userIds]),
  };
}

function userId(user: string): string {
  const id = parseGuid(user);
  if (id !== undefined) return id;
  throw new UsageError('BAD_USER', `--added-by: "${user}" is no user id.`, {
    hint: 'Give anyone, me, or ids (GUIDs) of users; the outcome of people who were not removed names them.',
  });
}
