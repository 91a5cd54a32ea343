/** The checks of campaigns: what they are, what their lists are like, who put their members in. Many campaigns in a few requests. */
import type { Dataverse } from '../dataverse/operation.ts';
import { CampaignError, DataverseError, type DyncampError, PrivilegeError } from '../errors.ts';
import { type Campaign, campaignProblem, campaignWarning } from '../membership/campaign.ts';
import { readCampaignFacts } from '../membership/campaign-facts.ts';
import { type CampaignFacts, judgeOwnLists } from '../membership/own-lists.ts';
import { trackAbilities } from '../membership/server-abilities.ts';
import { userNames } from '../membership/user-names.ts';
import type { Clock } from '../transport/http.ts';
import { type Check, notChecked, ofCampaign, ok, problem, warning } from './check.ts';
import { checkLists, LIST_CHECK_IDS, NO_LISTS } from './check-lists.ts';
import { checkMembers, MEMBERS_CHECK_ID } from './check-members.ts';
import { gatherBatches } from './gather-batches.ts';
import { countByCreator, type MembersByCreator } from './members-by-creator.ts';

export type CampaignCheckOptions = {
  readonly dataverse: Dataverse;
  readonly clock: Clock;
  readonly organizationId: string;
  readonly userId: string;
  /** Users whose additions count as a flow action's, besides the user's own. */
  readonly flowUsers: readonly string[];
};

export const CAMPAIGN_CHECK_IDS: readonly string[] = ['campaign', ...LIST_CHECK_IDS, MEMBERS_CHECK_ID];

type Read = { readonly facts: CampaignFacts; readonly counts: MembersByCreator } | { readonly refusal: DyncampError };

/** All checks of these campaigns, one campaign after the other. */
export async function checkCampaigns(
  options: CampaignCheckOptions,
  campaigns: readonly Campaign[],
): Promise<readonly Check[]> {
  if (campaigns.length === 0) return [];
  const knownCampaignIds = new Map<string, boolean>();
  const reads = await gatherBatches(
    options.dataverse,
    campaigns.map((campaign) => (dataverse) => readCampaign({ ...options, dataverse }, campaign, knownCampaignIds)),
  );
  const creators = reads.flatMap((read) => ('counts' in read ? [...read.counts.keys()].filter((id) => id !== '') : []));
  const names = await userNames(options.dataverse)(creators);
  return campaigns.flatMap((campaign, place) => {
    const read = reads[place];
    if (read === undefined) return [];
    const checks = 'refusal' in read ? unread(campaign, read.refusal) : checksOf(read, { ...options, names });
    return checks.map((check) => ofCampaign({ id: campaign.id, name: campaign.name }, named(check, campaign)));
  });
}

async function readCampaign(
  options: CampaignCheckOptions,
  campaign: Campaign,
  knownCampaignIds: Map<string, boolean>,
): Promise<Read> {
  try {
    const session = {
      ...options,
      campaignId: campaign.id,
      abilities: trackAbilities(),
      knownCampaignIds,
      refusedValues: new Map(),
    };
    const facts = await readCampaignFacts(session);
    const listIds = judgeOwnLists(facts).all.map((list) => list.id);
    return { facts, counts: await countByCreator(options.dataverse, listIds) };
  } catch (error) {
    // Refused, or deleted since it was listed; what may pass or concerns the sign-in stops the check as a whole.
    const isAboutIt =
      error instanceof CampaignError || error instanceof DataverseError || error instanceof PrivilegeError;
    if (isAboutIt) return { refusal: error };
    throw error;
  }
}

/** What the campaign itself is like was read before. */
function unread(campaign: Campaign, refusal: DyncampError): readonly Check[] {
  const [, ...others] = CAMPAIGN_CHECK_IDS;
  const why = `Could not be read: ${refusal.message}`;
  return [checkState(campaign), ...others.map((id) => notChecked(id, why, refusal.hint))];
}

function checksOf(
  { facts, counts }: Extract<Read, { facts: CampaignFacts }>,
  options: CampaignCheckOptions & { readonly names: ReadonlyMap<string, string> },
): readonly Check[] {
  const hasLists = judgeOwnLists(facts).all.length > 0;
  const flowUsers = new Set([options.userId, ...options.flowUsers.map((id) => id.toLowerCase())]);
  return [
    checkState(facts.campaign),
    ...checkLists(facts),
    hasLists ? checkMembers(counts, { flowUsers, names: options.names }) : notChecked(MEMBERS_CHECK_ID, NO_LISTS),
  ];
}

function checkState(campaign: Campaign): Check {
  const stop = campaignProblem(campaign, { allowInactive: false });
  if (stop !== undefined) return problem('campaign', stop.message, stop.hint);
  const over = campaignWarning(campaign);
  if (over !== undefined) return warning('campaign', over);
  return ok('campaign', `Active, status ${campaign.status}.`);
}

/** Remedies are worded for any campaign; said about one, they can be typed as they are. */
function named(check: Check, campaign: Campaign): Check {
  return { ...check, remedy: check.remedy?.replaceAll('CAMPAIGN', `id:${campaign.id}`) };
}
