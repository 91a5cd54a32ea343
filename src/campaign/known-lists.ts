/**
 * What the batches of a run share about the campaign's lists: the next batch joins the lists that the last one found, and missing own
 * lists are created once. When several batches in flight find a list missing, one creates it and the others take its read:
 * three requests instead of three per batch.
 */
import type { PersonType } from '../events.ts';
import type { CampaignAccess } from './access.ts';
import { ensureOwnLists, type ReadyLists } from './ensure-lists.ts';
import { type CampaignFacts, classifyOwnLists, type OwnLists } from './own-lists.ts';

export type KnownLists = {
  /** As the last batch found them: the own lists, or all that are linked to the campaign. */
  ids(which: 'own' | 'all'): readonly string[];
  remember(lists: OwnLists): void;
  /** To be asked before a batch is read: whatever was made by then shows in its read. */
  mark(): number;
  /** As ensureOwnLists, one batch at a time. What was made since `mark` is newer than what the batch read, and is taken instead. */
  ensure(wanted: WantedLists): Promise<ReadyLists>;
};

type WantedLists = {
  readonly ready: ReadyLists;
  readonly types: readonly PersonType[];
  readonly mark: number;
};

export function knownLists(access: CampaignAccess, facts: CampaignFacts, make = ensureOwnLists): KnownLists {
  let lists = classifyOwnLists(facts);
  let timesMade = 0;
  let made: ReadyLists | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const makeNow = async ({ ready, types, mark }: WantedLists): Promise<ReadyLists> => {
    const known = timesMade > mark && made !== undefined ? made : ready;
    const result = await make(access, known, types);
    if (result !== known) {
      timesMade += 1;
      made = result;
    }
    return result;
  };
  return {
    ids: (which) => listIds(lists, which),
    remember(found) {
      lists = found;
    },
    mark: () => timesMade,
    async ensure(wanted) {
      const { ready, types } = wanted;
      if (types.every((type) => ready.lists.targets[type]?.isLinked === true)) return ready;
      const mine = turn.then(() => makeNow(wanted));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}

export function listIds({ all, foreign }: OwnLists, which: 'own' | 'all'): readonly string[] {
  return (which === 'own' ? all : [...all, ...foreign]).map((list) => list.id);
}
