/** What every read and write of a campaign needs: connection, user, organization. Made once, by open-campaign.ts. */
import type { AbilityTracker } from '../dataverse/capabilities.ts';
import type { Dataverse } from '../dataverse/operation.ts';
import type { Clock } from '../transport/http.ts';

export type CampaignAccess = {
  readonly dataverse: Dataverse;
  readonly clock: Clock;
  readonly organizationId: string;
  /** The id of the signed-in systemuser. */
  readonly userId: string;
  readonly campaignId: string;
  readonly abilities: AbilityTracker;
  /** Cache: which GUIDs in list names are campaign ids. */
  readonly knownCampaignIds: Map<string, boolean>;
  /** Values that the server refused for the --match-by column, with its messages. */
  readonly refusedValues: Map<string, string>;
};
