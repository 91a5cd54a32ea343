/** Who put the members of the own lists in: `remove` takes out only whom a flow action put in. Pure. */
import { type Check, ok, warning } from './check.ts';
import type { MembersByCreator } from './members-by-creator.ts';

export const MEMBERS_CHECK_ID = 'members';

export type MembersOptions = {
  /** Ids of users whose additions are a flow action's: ours and those of the profile. */
  readonly flowUsers: ReadonlySet<string>;
  readonly names: ReadonlyMap<string, string>;
};

export function checkMembers(counts: MembersByCreator, { flowUsers, names }: MembersOptions): Check {
  const creators = [...counts].filter(([, count]) => count > 0).toSorted(([, one], [, other]) => other - one);
  const total = creators.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return ok(MEMBERS_CHECK_ID, 'Nobody is on the own lists.');
  const said = creators.map(([id, count]) => `${count} by ${nameOf(id, names)}`).join(', ');
  const others = creators.filter(([id]) => !flowUsers.has(id));
  const ofOthers = others.reduce((sum, [, count]) => sum + count, 0);
  const found = `${total} on the own lists, added: ${said}.`;
  if (ofOthers === 0) return ok(MEMBERS_CHECK_ID, found);
  const ids = others.flatMap(([id]) => (id === '' ? [] : [id])).join(', ');
  return warning(
    MEMBERS_CHECK_ID,
    `${found} \`remove\` and \`apply\` leave ${ofOthers} of them in, because no flow action of yours put them in.`,
    `Right for people added by hand. For earlier application users or Marketo's sync user: name them as flowUsers in the profile, or remove with --added-by ${ids === '' ? 'anyone' : `and their ids: ${ids}`}.`,
  );
}

function nameOf(id: string, names: ReadonlyMap<string, string>): string {
  if (id === '') return 'somebody whom the server does not tell';
  const name = names.get(id);
  return name === undefined || name === id ? id : `"${name}"`;
}
