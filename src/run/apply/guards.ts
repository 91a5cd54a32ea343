/** The rules that stop an `apply` before anybody is removed, or let it only add people. Pure. */
import { DEFINITION_PRIVILEGES } from '../../campaign/privileges.ts';
import { UsageError } from '../../errors.ts';
import { EVENT_TYPES } from '../../events.ts';
import type { InputPlace } from '../../input/input-row.ts';
import { sourceName } from '../../input/input-row.ts';
import type { Journal } from '../../journal/journal.ts';
import { tooManyRemovals } from '../removals.ts';
import type { Spool } from '../spool.ts';

/** What is known after the whole input was read and looked up. */
export type InputRead = {
  readonly rows: number;
  /** Rows that match somebody in Dynamics. */
  readonly matched: number;
  readonly emptySources: readonly string[];
  /** Rows that could mean anybody, and the first of them. */
  readonly doubtful: number;
  readonly firstDoubtful: InputPlace | undefined;
  /** Columns that people were looked up by and that show no value, for an unknown reason (U37, U40). */
  readonly unseen: string;
  /** Why the input could not be read, or its people not be looked up, to the end. */
  readonly failure: Error | undefined;
};

const LEAST_DEFAULT = 100;
const DEFAULT_SHARE = 0.1;

/** Up to this many, more than half of the members may be removed. Of more, a file that lacks half is probably cut off. */
const MOST_OF_FEW = 10;

/** The larger of 100 and 10 % of the people that flow actions added, but at most half of them; 10 are always allowed. */
export function defaultMaxRemovals(ours: number): number {
  const usual = Math.max(LEAST_DEFAULT, Math.floor(ours * DEFAULT_SHARE));
  return Math.min(usual, Math.max(MOST_OF_FEW, Math.floor(ours / 2)));
}

/** `before`: people that unfinished runs removed. They count, so that a repeated command has the same limit as the first one. */
export function removalLimitError(
  { maxRemovals }: { readonly maxRemovals?: number | undefined },
  spool: Pick<Spool, 'countPlanned' | 'countOurs'>,
  before: number,
): Error | undefined {
  const most = maxRemovals ?? defaultMaxRemovals(spool.countOurs() + before);
  return tooManyRemovals({ count: spool.countPlanned(), most, before });
}

/**
 * How many people unfinished runs of `apply` removed from the campaign since the last finished one. Without it, each repetition could remove
 * as many again as --max-removals allows.
 */
export function removedBefore({
  journal,
  campaignId,
  runJournal,
}: {
  readonly journal: Pick<Journal, 'runs' | 'events'>;
  readonly campaignId: string;
  readonly runJournal: { readonly id: string };
}): number {
  let removed = 0;
  for (const { id, command, status } of journal.runs({ campaignId })) {
    if (command !== 'apply' || id === runJournal.id) continue;
    if (status === 'finished') break;
    for (const { type } of journal.events({ runId: id })) if (type === EVENT_TYPES.removed) removed += 1;
  }
  return removed;
}

/** An export that failed may leave an empty file: nobody is removed because of that. */
export function emptyInputError({ emptySources, failure }: InputRead): UsageError | undefined {
  const [first] = emptySources;
  if (first === undefined || failure !== undefined) return undefined;
  return new UsageError('EMPTY_INPUT', `${sourceName(first)} has no people: nothing was changed.`, {
    hint: 'Check where it comes from. If everyone really should be removed: --allow-empty.',
  });
}

/** If no row matches anybody, it is probably the wrong file or column, or this user may not see e-mail addresses. */
export function nobodyMatchedError({ rows, matched }: InputRead, planned: number): UsageError | undefined {
  if (planned === 0 || matched > 0 || rows === 0) return undefined;
  return new UsageError(
    'NOBODY_MATCHED',
    `None of the ${rows} rows matches anyone in Dynamics, so everyone would be removed: nothing was changed.`,
    { hint: 'Check the file and its columns (--map, --match-by). If it is right: --allow-empty.' },
  );
}

type OnlyAdds = { readonly reason: string; readonly hint: string };

/** Why nobody may be removed after this input. Undefined: people may be removed. */
export function onlyAdds({ failure, doubtful, firstDoubtful, unseen }: InputRead): OnlyAdds | undefined {
  if (failure !== undefined)
    return {
      reason: 'the input was not read to its end',
      hint: 'Fix what the error says, and run the command again.',
    };
  if (unseen !== '')
    return {
      reason: `${unseen} shows no value, and it cannot be read whether column security hides it`,
      hint: `Give the user a security role with ${DEFINITION_PRIVILEGES}.`,
    };
  if (firstDoubtful === undefined) return undefined;
  const { source, line } = firstDoubtful;
  const rows = doubtful === 1 ? 'one row could mean anyone' : `${doubtful} rows could mean anyone`;
  return {
    reason: `${rows} (${sourceName(source)}, line ${line}${doubtful === 1 ? '' : ' is the first'})`,
    hint: 'Correct or remove the rows that failed, and run the command again.',
  };
}
