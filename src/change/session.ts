/** What one run that changes a campaign works with; made once by run/open-run.ts, read by every step. */
import type { CampaignAccess } from '../campaign/access.ts';
import type { Journal, Run } from '../journal/journal.ts';

export type Session = CampaignAccess & {
  readonly journal: Journal;
  readonly run: Run;
  readonly eventEmail: 'full' | 'none';
};
