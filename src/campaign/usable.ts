/** Rule 7 of the domain: an unusable campaign or list stops the run before anything is written. Checked at every batch. */
import { CampaignError } from '../errors.ts';
import { campaignProblem, campaignWarning } from './campaign.ts';
import { type CampaignFacts, classifyOwnLists, type OwnLists } from './own-lists.ts';

export type UsableOptions = { readonly allowInactive: boolean; readonly allowSharedList: boolean };

/** The own lists of a usable campaign. Throws CampaignError with the remedy for the first problem. */
export function usableLists(facts: CampaignFacts, options: UsableOptions): OwnLists {
  const campaign = campaignProblem(facts.campaign, options);
  if (campaign !== undefined) throw campaign;
  const lists = classifyOwnLists(facts);
  const problem = lists.problems.find(({ code }) => code !== 'LIST_SHARED' || !options.allowSharedList);
  if (problem !== undefined)
    throw new CampaignError(
      problem.code,
      `Campaign "${facts.campaign.name}" (${facts.campaign.id}): ${problem.message}`,
      { hint: problem.hint },
    );
  return lists;
}

export function warningsOf(facts: CampaignFacts, lists: OwnLists): readonly string[] {
  const campaign = campaignWarning(facts.campaign);
  return [...(campaign === undefined ? [] : [campaign]), ...lists.warnings.map((warning) => warning.message)];
}
