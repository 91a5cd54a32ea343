/** What the journal knows of changes that earlier runs made and could not report: a repeated command reports them as done. */

import type { MembershipChange } from '../campaign/ids.ts';
import type { StoredEvent } from '../journal/journal.ts';
import type { Session } from './session.ts';

/** By person id. */
export function knownChanges(
  session: Session,
  change: MembershipChange,
  personIds: readonly string[],
): ReadonlyMap<string, StoredEvent> {
  return personIds.length === 0
    ? new Map()
    : session.journal.changesOfUnfinishedRuns(change, session.campaignId, personIds);
}

/** Reported once: when this run is finished, later runs report these people as what they are. */
export function claimKnown(session: Session, known: ReadonlyMap<string, StoredEvent>): void {
  if (known.size > 0) session.run.claim([...known.values()].map((event) => event.sequence));
}
