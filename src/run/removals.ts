/** What the removals of `remove` and `apply` share: whose additions count, and the guards against removing too many. */

import type { AddedBy } from '../change/added-by.ts';
import { onlyMembers, type Removing, removeBatch } from '../change/remove-batch.ts';
import { UsageError } from '../errors.ts';
import { parseGuid } from '../guid.ts';
import { confirm } from '../terminal/prompt.ts';
import type { Context } from './context.ts';
import { peopleText } from './counts.ts';
import { runPass } from './pipeline.ts';
import type { ChangeRequest } from './request.ts';
import { openRunSpool, readInput, type Spool } from './spool.ts';
import type { OpenRun, Pass, RunSetup, Work } from './strategy.ts';

export function removingOf(
  { session, connection }: RunSetup,
  options: ChangeRequest['options'],
  named: AddedBy,
): Removing {
  const rules = {
    matchBy: options.matchBy,
    addedBy: addedByUsers(named, session.userId, connection.flowUsers),
    allowInactive: options.allowInactive === true,
    allowSharedList: options.allowSharedList === true,
    isDryRun: options.dryRun === true,
  };
  return { session, rules };
}

/** `anyone`, `me`, or ids of users. Throws UsageError BAD_USER. */
export function parseAddedBy(users: readonly string[]): AddedBy {
  if (users.includes('anyone')) return { kind: 'anyone' };
  return { kind: 'users', userIds: new Set(users.filter((user) => user !== 'me').map(userId)) };
}

/** Adds this user and the profile's flowUsers, who always count. */
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
  throw new UsageError('BAD_USER', `--added-by: "${user}" is not a user id.`, {
    hint: 'Give anyone, me, or ids (GUIDs) of users. The result of people who were not removed names them.',
  });
}

/** Plans the removals as a dry run does, and saves the membership rows they would take. Gives the number of people who cannot be read. */
export async function planAllRemovals(
  run: OpenRun,
  removing: Removing,
  { spool, ...pass }: Pick<Pass, 'rows' | 'total' | 'isWhole'> & { readonly spool: Pick<Spool, 'plan'> },
): Promise<number> {
  const planning: Removing = { ...removing, rules: { ...removing.rules, isDryRun: true } };
  const work: Work = (rows, claims) => removeBatch(planning, rows, claims);
  let unreadable = 0;
  for await (const { outcomes, planned } of runPass(run, { ...pass, work, label: 'Planning', isPreview: true })) {
    spool.plan(planned);
    unreadable += outcomes.filter(({ outcome }) => outcome === 'not-found').length;
  }
  return unreadable;
}

/** `--max-removals` of `remove`: reads and plans everything first, and removes nobody when they are too many. */
export async function* planFirst(run: OpenRun, removing: Removing, most: number): AsyncGenerator<Pass> {
  const spool = openRunSpool(run);
  const inputError = await readInput(run, spool);
  const count = spool.countRows();
  const total = () => count;
  await planAllRemovals(run, removing, { rows: spool.rows(), total, spool });
  // If the run was stopped, the plan may be incomplete.
  if (run.intake.closedBy() !== undefined) return;
  const tooMany = tooManyRemovals({ count: spool.countPlanned(), most });
  if (tooMany !== undefined && !run.isDryRun) throw tooMany;
  // Only people who were counted are removed.
  const counted = onlyMembers(removing, spool.isPlanned);
  yield { rows: spool.rows(), total, work: (batch, claims) => removeBatch(counted, batch, claims) };
  if (tooMany !== undefined) throw tooMany;
  if (inputError !== undefined) throw inputError;
}

/** Removing more people than this asks first. */
export const ASKS_ABOVE = 100;

/** Asks only on a terminal, not when stdin has the people, and not in a dry run. */
export function asksFirst(
  { terminal }: Pick<Context, 'terminal'>,
  { usesStdin }: Pick<OpenRun, 'usesStdin'>,
  { yes, dryRun }: Pick<ChangeRequest['options'], 'yes' | 'dryRun'>,
): boolean {
  return terminal.canAsk && !usesStdin && yes !== true && dryRun !== true;
}

/** `whom`: `250 people`. Throws UsageError NOT_CONFIRMED when the answer is not yes. */
export async function confirmRemoval({ terminal }: Context, whom: string): Promise<void> {
  if (await confirm(terminal, { text: `Remove ${whom} from the campaign?`, flag: '--yes' })) return;
  throw new UsageError('NOT_CONFIRMED', 'No one was removed: the answer was not yes.');
}

type PlannedRemovals = {
  readonly count: number;
  readonly most: number;
  /** People that earlier, unfinished runs removed. Default: none. */
  readonly before?: number | undefined;
};

/** Undefined when the removals are within the limit. */
export function tooManyRemovals({ count, most, before = 0 }: PlannedRemovals): UsageError | undefined {
  if (count === 0 || count + before <= most) return undefined;
  const earlier = before > 0 ? ` besides the ${before} that unfinished runs before it removed` : '';
  return new UsageError(
    'TOO_MANY_REMOVALS',
    `${peopleText(count)} would be removed${earlier}, and --max-removals allows ${most}: nothing was changed.`,
    { hint: `To see who: --dry-run --results plan.csv. If it is right: --max-removals ${count + before}.` },
  );
}
