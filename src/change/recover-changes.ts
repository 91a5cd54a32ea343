/**
 * Recovers what ended runs left open on a campaign: reads Dynamics, and records what was done as an outcome and an event of the run and input
 * that asked for it.
 */

import type { MembershipChange } from '../campaign/ids.ts';
import { isSameRow, memberKey, readMemberships } from '../campaign/read-memberships.ts';
import { groupBy } from '../dataverse/groups.ts';
import { SERVER_CLOCKS_DIFFER_MS } from '../dataverse/limits.ts';
import type { ListMember } from '../dataverse/wire.ts';
import { BEAT_MS, type Conclusion, type StoredEvent, type StoredIntent } from '../journal/journal.ts';
import { lookAlikeKey } from '../people/identity.ts';
import { emailsById } from '../people/read-created.ts';
import type { PeopleView } from '../people/view.ts';
import { additionDone, commitConclusions, creationDone, notDone, removalDone } from './intents.ts';
import type { Session } from './session.ts';

export type Recovered = { readonly done: number; readonly notDone: number };

/** Until then a request that seemed lost may still be running: the server gives up after two to four minutes. */
const UNDECIDED_MS = 5 * 60_000;

export async function recoverChanges(session: Session): Promise<Recovered> {
  const intents = session.journal.openIntents(session.campaignId);
  if (intents.length === 0) return { done: 0, notDone: 0 };
  const shown = await readState(session, intents);
  await session.creators.learn([...shown.rows.values()].flat());
  const conclusions: Conclusion[] = [];
  for (const intent of intents) {
    const conclusion = checkIntent(session, intent, shown);
    if (conclusion !== undefined) conclusions.push(conclusion);
    else if (intent.ageMs >= UNDECIDED_MS) conclusions.push(notDone(intent.intentId));
  }
  commitConclusions(session, conclusions);
  const done = conclusions.filter(({ state }) => state === 'done').length;
  return { done, notDone: conclusions.length - done };
}

/**
 * The same for the people of a batch, from its own read: a request of an ended run may have landed since `recoverChanges`, and the batch's
 * write could hide that, or be reported before it.
 */
export async function recoverSeen(
  session: Session,
  { view, listIds }: { readonly view: PeopleView; readonly listIds: ReadonlySet<string> },
): Promise<readonly StoredEvent[]> {
  const recordOf = ({ personType, personId }: StoredIntent) => view.get({ type: personType, id: personId });
  const { journal, campaignId } = session;
  const open = journal.openIntents(campaignId);
  const closed = journal.closedAdditions(
    campaignId,
    view.all().map((record) => record.id),
  );
  const seen = [...open, ...closed].filter((intent) => listIds.has(intent.listId) && recordOf(intent) !== undefined);
  if (seen.length === 0) return [];
  const records = seen.flatMap((intent) => recordOf(intent) ?? []);
  const shown = {
    rows: groupBy(new Set(records.flatMap((record) => record.memberships)), memberKey),
    emails: new Map(records.map((record) => [record.id, record.email])),
  };
  await session.creators.learn([...shown.rows.values()].flat());
  const isClosed = new Set(closed);
  const conclusions = seen.flatMap(
    (intent) => (isClosed.has(intent) ? checkLateAddition : checkIntent)(session, intent, shown) ?? [],
  );
  return commitConclusions(session, conclusions);
}

/**
 * Changes that unfinished runs made, by person id: a repeated command reports them as done. Once this run has finished, later ones report
 * these people as already in, or not in.
 */
export function reportEarlierChanges(
  session: Session,
  change: MembershipChange,
  personIds: readonly string[],
): ReadonlyMap<string, StoredEvent> {
  if (personIds.length === 0) return new Map();
  const events = session.journal.changesOfUnfinishedRuns(change, session.campaignId, personIds);
  session.runJournal.reportAsOwn([...events.values()].map((event) => event.sequence));
  return events;
}

/** Closed as not done too early: a newer row of ours shows that the request landed late. If that was reported, its event is in the outbox. */
function checkLateAddition(session: Session, intent: StoredIntent, shown: Shown): Conclusion | undefined {
  const newer = (shown.rows.get(memberKey(intent)) ?? []).filter(
    (row) => isMadeBy(session, intent, row) && Date.parse(row.createdOn) >= intent.begunAt - SERVER_CLOCKS_DIFFER_MS,
  );
  return checkAddition(session, intent, newer);
}

/** Where the creator says nothing (U32), the time decides: the request ran while its run was alive, or up to five minutes later. */
function isMadeBy({ creators, dataverse, clock }: Session, { begunAt, ageMs }: StoredIntent, row: ListMember): boolean {
  const says = creators.says(row);
  if (says !== 'nothing') return says === 'us';
  const madeAt = Date.parse(row.createdOn);
  const lastSignOfLife = (dataverse.serverNow() ?? clock.now()) - ageMs;
  return (
    madeAt >= begunAt - SERVER_CLOCKS_DIFFER_MS &&
    madeAt <= lastSignOfLife + BEAT_MS + UNDECIDED_MS + SERVER_CLOCKS_DIFFER_MS
  );
}

type Shown = {
  /** By list and person: somebody may have two rows on a list (U1). */
  readonly rows: ReadonlyMap<string, readonly ListMember[]>;
  /** Normalized, by id, of those who were to be created and are there. */
  readonly emails: ReadonlyMap<string, string>;
};

async function readState(session: Session, intents: readonly StoredIntent[]): Promise<Shown> {
  const members: ListMember[] = [];
  // For creations too: a person on the list was created, even if no read shows the record yet.
  for (const [listId, ofList] of groupBy(intents, (intent) => intent.listId)) {
    members.push(...(await readMemberships(session, [listId], [...new Set(ofList.map((intent) => intent.personId))])));
  }
  const created = intents.filter(({ kind }) => kind === 'create');
  const people = created.map(({ personType, personId }) => ({ type: personType, id: personId }));
  return { rows: groupBy(members, memberKey), emails: await emailsById(session, people, []) };
}

/** Undefined: nothing shows that it was done. */
function checkIntent(session: Session, intent: StoredIntent, shown: Shown): Conclusion | undefined {
  const rows = shown.rows.get(memberKey(intent)) ?? [];
  switch (intent.kind) {
    case 'create':
      return checkCreation(
        session,
        intent,
        shown.emails.get(intent.personId) ?? (rows.length > 0 ? intent.email : undefined),
      );
    case 'add':
      return checkAddition(session, intent, rows);
    case 'remove':
      return checkRemoval(session, intent, rows);
  }
}

function checkAddition(session: Session, intent: StoredIntent, rows: readonly ListMember[]): Conclusion | undefined {
  const ours = rows.find((row) => isMadeBy(session, intent, row));
  if (ours !== undefined) return { ...additionDone(session, intent, ours), countAs: 'added' };
  return rows.length > 0 ? { intentId: intent.intentId, state: 'done', countAs: 'already-member' } : undefined;
}

function checkRemoval(session: Session, intent: StoredIntent, rows: readonly ListMember[]): Conclusion | undefined {
  const { before } = intent;
  if (before === undefined) return undefined;
  const gone = { id: before.listMemberId, createdOn: before.createdOn };
  if (rows.some((row) => isSameRow(row, gone))) return undefined;
  return { ...removalDone(session, intent, gone), countAs: 'removed' };
}

function checkCreation(session: Session, intent: StoredIntent, email: string | undefined): Conclusion | undefined {
  if (email === undefined) return undefined;
  const isSame = lookAlikeKey(email) === lookAlikeKey(intent.email);
  return isSame ? creationDone(session, intent) : notDone(intent.intentId);
}
