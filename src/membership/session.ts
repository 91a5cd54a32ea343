/** What one writing run on one campaign works with; made once by open-session.ts, read by every step. */
import type { Dataverse } from '../dataverse/operation.ts';
import type { Journal, Run } from '../journal/journal.ts';
import type { Clock } from '../transport/http.ts';
import type { AbilityTracker } from './server-abilities.ts';

export type Session = {
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

/** A session that writes: with the journal and this run in it. */
export type WritingSession = Session & {
  readonly journal: Journal;
  readonly run: Run;
  readonly eventEmail: 'full' | 'none';
};
