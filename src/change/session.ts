/** What one run that changes a campaign works with; made once by run/open-run.ts, read by every step. */
import type { CampaignAccess } from '../campaign/access.ts';
import type { KnownLists } from '../campaign/known-lists.ts';
import type { UserNames } from '../campaign/user-names.ts';
import type { Exclusions } from '../input/exclusions.ts';
import type { Journal, Run } from '../journal/journal.ts';
import type { Creators } from './creators.ts';

export type Session = CampaignAccess & {
  readonly journal: Journal;
  readonly run: Run;
  readonly eventEmail: 'full' | 'none';
  readonly userNames: UserNames;
  /** --exclude: somebody excluded by id may come in by e-mail, and the other way round. */
  readonly exclusions: Exclusions | undefined;
  readonly lists: KnownLists;
  readonly creators: Creators;
};
