import { type CampaignFacts, judgeOwnLists, type OwnLists } from '../membership/own-lists.ts';

/** The lists that the next batch joins: those that the last one found. */
export function rememberListIds(
  facts: CampaignFacts,
  idsOf: (lists: OwnLists) => readonly string[],
): { readonly listIds: () => readonly string[]; readonly onLists: (lists: OwnLists) => void } {
  let ids = idsOf(judgeOwnLists(facts));
  return {
    listIds: () => ids,
    onLists(lists) {
      ids = idsOf(lists);
    },
  };
}
