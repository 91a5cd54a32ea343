/** A Dynamics campaign and what makes it usable for the flow actions. Pure. */
import { CAMPAIGN_STATUS, type Campaign } from '../dataverse/wire.ts';
import { CampaignError } from '../errors.ts';

const CLOSED = new Set<string>([CAMPAIGN_STATUS[3], CAMPAIGN_STATUS[4]]);

/** Why nobody can be added to (or removed from) this campaign, or undefined. */
export function campaignProblem(
  campaign: Campaign,
  options: { readonly allowInactive: boolean },
): CampaignError | undefined {
  if (campaign.isTemplate) {
    return new CampaignError(
      'CAMPAIGN_IS_TEMPLATE',
      `Campaign "${campaign.name}" (${campaign.id}) is a template: nobody can be put into it.`,
      {
        hint: 'Make a campaign from the template in Dynamics, then name that one. `dyncamp campaigns list` shows what can be used.',
      },
    );
  }
  if (!campaign.isActive && !options.allowInactive) {
    return new CampaignError(
      'CAMPAIGN_INACTIVE',
      `Campaign "${campaign.name}" (${campaign.id}) is inactive in Dynamics.`,
      {
        hint: 'Activate it in Dynamics (Campaigns > Activate), or name another. To take people out of it all the same: `dyncamp remove --allow-inactive`.',
      },
    );
  }
  return undefined;
}

/** Something to be said but no reason to stop: the campaign is over. */
export function campaignWarning(campaign: Campaign): string | undefined {
  return CLOSED.has(campaign.status)
    ? `Campaign "${campaign.name}" is ${campaign.status} in Dynamics; it is active, so the run goes on.`
    : undefined;
}
