/** An unusable campaign or list stops the run before anything is written. Checked at every batch. */

import { causedBy } from '../dataverse/errors.ts';
import { CAMPAIGN_STATUS, type Campaign } from '../dataverse/wire.ts';
import { CampaignError, type DataverseError } from '../errors.ts';
import {
  type CampaignFacts,
  classifyOwnLists,
  LIST_REMEDIES,
  type ListProblemCode,
  nameAndId,
  type OwnLists,
  remedyOf,
} from './own-lists.ts';

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
      { hint: remedyOf(facts, problem, `id:${facts.campaign.id}`) },
    );
  return lists;
}

export function warningsOf(facts: CampaignFacts, lists: OwnLists): readonly string[] {
  const campaign = campaignWarning(facts.campaign);
  return [...(campaign === undefined ? [] : [campaign]), ...lists.warnings.map((warning) => warning.message)];
}

const CLOSED = new Set<string>([CAMPAIGN_STATUS[3], CAMPAIGN_STATUS[4]]);

/** Why nobody can be added to (or removed from) this campaign, or undefined. */
export function campaignProblem(
  campaign: Campaign,
  options: { readonly allowInactive: boolean },
): CampaignError | undefined {
  if (campaign.isTemplate) {
    return new CampaignError(
      'CAMPAIGN_IS_TEMPLATE',
      `Campaign "${campaign.name}" (${campaign.id}) is a template: people cannot be added to a template.`,
      {
        hint: 'Create a campaign from the template in Dynamics, and use that one. `dyncamp campaigns list` shows the campaigns you can use.',
      },
    );
  }
  if (!campaign.isActive && !options.allowInactive) {
    return new CampaignError(
      'CAMPAIGN_INACTIVE',
      `Campaign "${campaign.name}" (${campaign.id}) is inactive in Dynamics.`,
      {
        hint: 'Activate it in Dynamics (Campaigns > Activate), or use another campaign. To remove people from it anyway: `dyncamp remove --allow-inactive`.',
      },
    );
  }
  return undefined;
}

export function campaignWarning(campaign: Campaign): string | undefined {
  return CLOSED.has(campaign.status)
    ? `Campaign "${campaign.name}" is ${campaign.status} in Dynamics; it is active, so the run continues.`
    : undefined;
}

/** Refusals that mean the list and not a person. */
const LIST_REFUSALS: Readonly<Record<string, { readonly code: ListProblemCode; readonly what: string }>> = {
  '0x80040302': { code: 'LIST_LOCKED', what: 'is locked' },
  '0x8004033a': { code: 'LIST_INACTIVE', what: 'is inactive' },
  '0x8004f701': { code: 'LIST_DYNAMIC', what: 'is dynamic' },
};

/** The error that ends the run, if the list caused the refusal of a change of members. */
export function listRefusal(
  { list, campaignId }: { readonly list: { readonly id: string; readonly name: string }; readonly campaignId: string },
  error: DataverseError,
): CampaignError | undefined {
  const refusal = LIST_REFUSALS[error.dataverseCode ?? ''];
  if (refusal === undefined) return undefined;
  return new CampaignError(refusal.code, `Own list ${nameAndId(list)} ${refusal.what}: ${error.message}`, {
    hint: LIST_REMEDIES[refusal.code].replace('CAMPAIGN', `id:${campaignId}`),
    ...causedBy(error),
  });
}
