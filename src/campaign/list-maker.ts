/**
 * Chunks that are in flight together find out together that an own list is missing. One makes it, the others wait and take what it read
 * afterwards: three requests instead of three for each.
 */

import type { PersonType } from '../dataverse/wire.ts';
import type { ReadyLists } from './ensure-lists.ts';

export type ListMaker = {
  /** To be asked before a chunk is read: whatever was made by then shows in its read. */
  mark(): number;
  /** As `make`, one at a time. What was made since `mark` is newer than what the chunk read, and is taken instead. */
  ensure(wanted: WantedLists, make: Make): Promise<ReadyLists>;
};

export type WantedLists = {
  readonly ready: ReadyLists;
  readonly types: readonly PersonType[];
  readonly mark: number;
};

/** Makes what is missing and gives what is there then, or `ready` itself when nothing is. */
type Make = (ready: ReadyLists) => Promise<ReadyLists>;

export function listMaker(): ListMaker {
  let count = 0;
  let made: ReadyLists | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const makeNow = async ({ ready, mark }: WantedLists, make: Make): Promise<ReadyLists> => {
    const known = count > mark && made !== undefined ? made : ready;
    const result = await make(known);
    if (result !== known) {
      count += 1;
      made = result;
    }
    return result;
  };
  return {
    mark: () => count,
    async ensure(wanted, make) {
      const { ready, types } = wanted;
      if (types.every((type) => ready.lists.targets[type]?.isLinked === true)) return ready;
      const mine = turn.then(() => makeNow(wanted, make));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}
