/** What `apply` says of people whom it leaves alone. */
import type { Context } from '../../context.ts';
import type { OnlyAdds } from '../../membership/apply/guards.ts';
import type { Spool } from '../../membership/apply/spool.ts';
import type { UserNames } from '../../membership/user-names.ts';
import { peopleText } from '../../run/summary.ts';
import { notice, warn } from '../../terminal/report-error.ts';

export function sayNobodyRemoved({ terminal }: Context, { reason, hint }: OnlyAdds): Promise<void> {
  return warn(terminal, 'NOBODY_REMOVED', `Nobody is removed: ${reason}.`, hint);
}

/** People whom no flow action put in: they stay. Gives their number. */
export async function sayOthers({ terminal }: Context, userNames: UserNames, spool: Spool): Promise<number> {
  const others = [...spool.countOthers()];
  if (others.length === 0) return 0;
  const names = await userNames(others.flatMap(([user]) => user ?? []));
  const count = others.reduce((sum, [, each]) => sum + each, 0);
  const by = others.map(([user = '', each]) => `${each} by ${names.get(user) ?? 'an unknown user'}`).join(', ');
  await notice(
    terminal,
    'OTHERS_STAY',
    `${peopleText(count)} not in the input ${stay(count)}, because no flow action of ours put them in: ${by}.`,
    'To take them for ours: --added-by anyone, or --added-by <user ids>.',
  );
  return count;
}

export async function sayUnreadable({ terminal }: Context, count: number): Promise<void> {
  if (count === 0) return;
  await warn(
    terminal,
    'MEMBERS_UNREADABLE',
    `${peopleText(count)} on the own lists cannot be read, and ${stay(count)} there.`,
    'They were deleted, or you may not read them: `dyncamp sync check` shows your privileges.',
  );
}

const stay = (count: number): string => (count === 1 ? 'stays' : 'stay');
