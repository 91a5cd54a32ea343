/** What every read and write of a campaign needs: connection, user, organization. Made once, by open-campaign.ts. */
import type { CapabilityTracker } from '../dataverse/capabilities.ts';
import type { Dataverse } from '../dataverse/operation.ts';
import type { DataverseError } from '../errors.ts';
import type { Clock } from '../transport/http.ts';

export type CampaignAccess = {
  readonly dataverse: Dataverse;
  readonly clock: Clock;
  readonly organizationId: string;
  readonly userId: string;
  readonly campaignId: string;
  readonly capabilities: CapabilityTracker;
  /** Cache: which GUIDs in list names are campaign ids. */
  readonly knownCampaignIds: Map<string, boolean>;
  /** Why nobody can be created: what the table's columns are cannot be read (U37). */
  readonly noDefinitions?: DataverseError | undefined;
  /** Values that the server refused for the --match-by column, with its messages. */
  readonly refusedValues: Map<string, string>;
};
