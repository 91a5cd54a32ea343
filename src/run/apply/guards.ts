/** What stops an `apply`, or makes it add only, before anybody is removed. Pure. */
import { UsageError } from '../../errors.ts';
import { EVENT_TYPES } from '../../events.ts';
import type { InputPlace } from '../../input/input-row.ts';
import { sourceName } from '../../input/input-row.ts';
import type { Journal } from '../../journal/journal.ts';
import { tooManyRemovals } from '../removals.ts';
import type { Spool } from '../spool.ts';

/** What reading and understanding the whole input came to. */
export type InputRead = {
  readonly rows: number;
  /** Rows that mean somebody whom Dynamics has. */
  readonly matched: number;
  readonly emptySources: readonly string[];
  /** Rows that could mean anybody, and the first of them. */
  readonly doubtful: number;
  readonly firstDoubtful: InputPlace | undefined;
  /** Why the input could not be read, or its people not be looked up, to the end. */
  readonly failure: Error | undefined;
};

const LEAST_DEFAULT = 100;
const DEFAULT_SHARE = 0.1;

/** More than half of the people, and more than this: a file that lacks half of them is more often cut off than meant. */
const MOST_OF_FEW = 10;

/** The larger of 100 and 10 % of the people whom flow actions put in, but no more than half of them unless that is 10 or fewer. */
export function defaultMaxRemovals(ours: number): number {
  const usual = Math.max(LEAST_DEFAULT, Math.floor(ours * DEFAULT_SHARE));
  return Math.min(usual, Math.max(MOST_OF_FEW, Math.floor(ours / 2)));
}

/** `before`: people whom unfinished runs removed; with them a repetition is held to the limit of the first run, and passes where that did. */
export function removalLimitError(
  { maxRemovals }: { readonly maxRemovals?: number | undefined },
  spool: Pick<Spool, 'countPlanned' | 'countOurs'>,
  before: number,
): Error | undefined {
  const most = maxRemovals ?? defaultMaxRemovals(spool.countOurs() + before);
  return tooManyRemovals({ count: spool.countPlanned(), most, before });
}

/**
 * Whom unfinished runs of `apply` on the campaign removed since one was finished. A run that is repeated goes on with its work: without
 * them each repetition could remove as many again as --max-removals allows.
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

/** An export that failed is an empty file: nobody is taken out because of it. */
export function emptyInputError({ emptySources, failure }: InputRead): UsageError | undefined {
  const [first] = emptySources;
  if (first === undefined || failure !== undefined) return undefined;
  return new UsageError('EMPTY_INPUT', `${sourceName(first)} has no people: nothing was changed.`, {
    hint: 'Check where it comes from. If everyone really should be removed: --allow-empty.',
  });
}

/** Not one row that Dynamics knows: the wrong file, the wrong column, or e-mail addresses that this user may not see. */
export function nobodyMatchedError({ rows, matched }: InputRead, planned: number): UsageError | undefined {
  if (planned === 0 || matched > 0 || rows === 0) return undefined;
  return new UsageError(
    'NOBODY_MATCHED',
    `None of the ${rows} rows matches anyone in Dynamics, so everyone would be removed: nothing was changed.`,
    { hint: 'Check the file and its columns (--map, --match-by). If it is right: --allow-empty.' },
  );
}

export type OnlyAdds = { readonly reason: string; readonly hint: string };

/** Why nobody may be removed after this input; undefined when somebody may. */
export function onlyAdds({ failure, doubtful, firstDoubtful }: InputRead): OnlyAdds | undefined {
  if (failure !== undefined)
    return {
      reason: 'the input was not read to its end',
      hint: 'Fix what the error says, and run the command again.',
    };
  if (firstDoubtful === undefined) return undefined;
  const { source, line } = firstDoubtful;
  const rows = doubtful === 1 ? 'one row could mean anyone' : `${doubtful} rows could mean anyone`;
  return {
    reason: `${rows} (${sourceName(source)}, line ${line}${doubtful === 1 ? '' : ' is the first'})`,
    hint: 'Correct or remove the rows that failed, and run the command again.',
  };
}
