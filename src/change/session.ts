/** What one run that changes a campaign works with: made once, when the campaign is known, read by every step. */
import type { CampaignAccess } from '../campaign/access.ts';
import { type KnownLists, knownLists } from '../campaign/known-lists.ts';
import type { CampaignFacts } from '../campaign/own-lists.ts';
import { type UserNames, userNames } from '../campaign/user-names.ts';
import type { Exclusions } from '../input/exclusions.ts';
import type { Journal, RunJournal } from '../journal/journal.ts';
import { type Creators, trackCreators } from './creators.ts';
import type { EventContext } from './events.ts';

export type Session = CampaignAccess & {
  readonly journal: Journal;
  readonly runJournal: RunJournal;
  /** With the campaign as it was called when the run began. */
  readonly eventContext: EventContext;
  readonly userNames: UserNames;
  /** --exclude: somebody excluded by id may come in by e-mail, and the other way round. */
  readonly exclusions: Exclusions | undefined;
  readonly lists: KnownLists;
  readonly creators: Creators;
};

export function openSession(
  { access, facts }: { readonly access: CampaignAccess; readonly facts: CampaignFacts },
  {
    flowUsers,
    eventEmail,
    ...parts
  }: Pick<Session, 'journal' | 'runJournal' | 'exclusions' | 'noDefinitions'> & {
    readonly eventEmail: 'full' | 'none';
    /** Users whose additions may be removed like this user's. A row of theirs is still no addition of this run. */
    readonly flowUsers: readonly string[];
  },
): Session {
  const { dataverse, userId, organizationId } = access;
  const { id, name, code } = facts.campaign;
  const names = userNames(dataverse);
  const creators = trackCreators({ dataverse, userId, flowUsers, userNames: names });
  return {
    ...access,
    ...parts,
    eventContext: { organizationId, campaign: { id, name, code }, eventEmail },
    userNames: names,
    lists: knownLists(access, facts),
    creators,
  };
}
