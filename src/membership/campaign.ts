/** A Dynamics campaign and what makes it usable for the flow actions. Pure. */
import { CampaignError } from '../errors.ts';

/** statuscode of the campaign table, documented in its table reference. */
export const CAMPAIGN_STATUS = {
  0: 'Proposed',
  1: 'Ready To Launch',
  2: 'Launched',
  3: 'Completed',
  4: 'Canceled',
  5: 'Suspended',
  6: 'Inactive',
} as const satisfies Record<number, string>;

/** typecode of the campaign table. */
export const CAMPAIGN_TYPE = {
  1: 'Advertisement',
  2: 'Direct Marketing',
  3: 'Event',
  4: 'Co-branding',
  5: 'Other',
} as const satisfies Record<number, string>;

export type Campaign = {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly isActive: boolean;
  readonly isTemplate: boolean;
  /** Label of the status; the number as text where an organization has its own. */
  readonly status: string;
  readonly type: string;
  readonly start: string;
  readonly end: string;
};

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
