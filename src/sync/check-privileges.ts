/** Each privilege that dyncamp needs: held or not, and deep enough or not. Pure. */
import { type Depth, PRIVILEGES, type Privilege } from '../membership/privileges.ts';
import { type Check, notChecked, ok, problem, warning } from './check.ts';
import { DEPTH_LABELS, neededDepth, privilegeCheckId } from './needed-privileges.ts';

const ROLE_PAGE =
  'Power Platform admin center > Environments > (the environment) > Settings > Users + permissions > Security roles';

/** `depths` is undefined when the organization did not tell. */
export function checkPrivileges(depths: ReadonlyMap<string, Depth> | undefined): readonly Check[] {
  return PRIVILEGES.map((privilege) => {
    if (depths === undefined)
      return notChecked(privilegeCheckId(privilege), 'The organization did not tell which privileges the user has.');
    return checkPrivilege(privilege, depths.get(privilege.name) ?? 'none');
  });
}

function checkPrivilege(privilege: Privilege, depth: Depth): Check {
  const id = privilegeCheckId(privilege);
  const needed = neededDepth(privilege);
  const what = `${depth} (${DEPTH_LABELS[depth]}), to ${privilege.purpose}`;
  const remedy = `Give the user's security role ${privilege.name} at ${needed} (${DEPTH_LABELS[needed]}): ${ROLE_PAGE}. \`dyncamp sync check --request\` prints the whole role.`;
  if (depth === 'none') return problem(id, `Missing; needed to ${privilege.purpose}.`, remedy);
  if (depth === 'Global' || needed === 'Basic') return ok(id, `${what}.`);
  if (privilege.needed === 'read')
    return problem(id, `Only ${what}; Global is needed. Who is not seen would be created twice.`, remedy);
  return warning(id, `Only ${what}; Global is needed for rows that others own: those are refused.`, remedy);
}
