import { type ListMaker, listMaker } from '../campaign/list-maker.ts';
import { type CampaignFacts, judgeOwnLists, type OwnLists } from '../campaign/own-lists.ts';

/** What the batches of a run share about lists: those that the last one found are joined by the next, and missing ones are made once. */
export function rememberListIds(
  facts: CampaignFacts,
  idsOf: (lists: OwnLists) => readonly string[],
): {
  readonly listIds: () => readonly string[];
  readonly onLists: (lists: OwnLists) => void;
  readonly listMaker: ListMaker;
} {
  let ids = idsOf(judgeOwnLists(facts));
  return {
    listIds: () => ids,
    listMaker: listMaker(),
    onLists(lists) {
      ids = idsOf(lists);
    },
  };
}
