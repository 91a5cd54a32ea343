/** Where and as whom we work on a campaign: what every read and write of it needs. Made once, by open-campaign.ts. */
import type { AbilityTracker } from '../dataverse/capabilities.ts';
import type { Dataverse } from '../dataverse/operation.ts';
import type { Clock } from '../transport/http.ts';

export type CampaignAccess = {
  readonly dataverse: Dataverse;
  readonly clock: Clock;
  readonly organizationId: string;
  /** The systemuser that the organization knows us as. */
  readonly userId: string;
  readonly campaignId: string;
  readonly abilities: AbilityTracker;
  /** Campaign ids that were found behind GUIDs in list names, and GUIDs that are no campaign's. */
  readonly knownCampaignIds: Map<string, boolean>;
  /** Values that the server refused to compare the --match-by column with, and its words. */
  readonly refusedValues: Map<string, string>;
};
