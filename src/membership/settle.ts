/**
 * Settles what dead runs left open on a campaign: the server is read, and what was done becomes an outcome and an event under the run and
 * the input that asked for it. An intent counts as not done only when a read five minutes or more after it was sent does not show it.
 */
import type { Conclusion, OpenIntent, StoredEvent } from '../journal/journal.ts';
import type { Campaign } from './campaign.ts';
import { groupBy } from './group-by.ts';
import { emailsById } from './read-created.ts';
import { readMemberships } from './read-memberships.ts';
import type { WritingSession } from './session.ts';
import { createdEvent, type EventContext, membershipEvent } from './trigger-event.ts';
import type { ListMember } from './wire.ts';

/** A request that seemed lost may still be running: the server gives up after two to four minutes. */
export const UNDECIDED_MS = 5 * 60_000;

export type Settled = {
  readonly events: readonly StoredEvent[];
  /** Intents that stay open: too young to be called not done. */
  readonly openPersonIds: ReadonlySet<string>;
  readonly count: number;
};

export async function settle(session: WritingSession, campaign: Campaign): Promise<Settled> {
  const intents = session.journal.openIntents(session.campaignId);
  if (intents.length === 0) return { events: [], openPersonIds: new Set(), count: 0 };
  const members = await readState(session, intents);
  const emails = await emailsById(
    session,
    intents.filter(isCreation).map(({ personType, personId }) => ({ type: personType, id: personId })),
    [],
  );
  const conclusions: Conclusion[] = [];
  const open = new Set<string>();
  for (const intent of intents) {
    const conclusion =
      intent.kind === 'create'
        ? judgeCreation(session, campaign, intent, emails)
        : judgeMembership(session, campaign, intent, members);
    if (conclusion !== undefined) conclusions.push(conclusion);
    else if (session.clock.now() - intent.begunAt >= UNDECIDED_MS)
      conclusions.push({ intentId: intent.intentId, state: 'not-done', outcome: '' });
    else open.add(intent.personId);
  }
  return { events: session.run.conclude(conclusions), openPersonIds: open, count: conclusions.length };
}

const isCreation = (intent: OpenIntent): boolean => intent.kind === 'create';

async function readState(
  session: WritingSession,
  intents: readonly OpenIntent[],
): Promise<ReadonlyMap<string, ListMember>> {
  const byList = groupBy(
    intents.filter((intent) => !isCreation(intent)),
    (intent) => intent.listId,
  );
  const members: ListMember[] = [];
  for (const [listId, ofList] of byList) {
    members.push(...(await readMemberships(session, [listId], [...new Set(ofList.map((intent) => intent.personId))])));
  }
  return new Map(members.map((member) => [`${member.listId}/${member.personId}`, member]));
}

/** Undefined: nothing shows that it was done. */
function judgeMembership(
  session: WritingSession,
  campaign: Campaign,
  intent: OpenIntent,
  members: ReadonlyMap<string, ListMember>,
): Conclusion | undefined {
  const member = members.get(`${intent.listId}/${intent.personId}`);
  const { intentId, before } = intent;
  if (intent.kind === 'add') {
    if (member === undefined) return undefined;
    const isOurs = member.createdBy === undefined || member.createdBy === session.userId;
    if (!isOurs) return { intentId, state: 'done', outcome: 'already-member' };
    return { intentId, state: 'done', outcome: 'added', event: eventOf(session, campaign, intent, member) };
  }
  if (before === undefined || (member?.id === before.listMemberId && member.createdOn === before.createdOn))
    return undefined;
  const gone = { id: before.listMemberId, createdOn: before.createdOn };
  return { intentId, state: 'done', outcome: 'removed', event: eventOf(session, campaign, intent, gone) };
}

function judgeCreation(
  session: WritingSession,
  campaign: Campaign,
  intent: OpenIntent,
  emails: ReadonlyMap<string, string>,
): Conclusion | undefined {
  const email = emails.get(intent.personId);
  if (email === undefined) return undefined;
  if (email !== intent.email) return { intentId: intent.intentId, state: 'not-done', outcome: '' };
  const person = { type: intent.personType, id: intent.personId, email: intent.email };
  const event = createdEvent(contextOf(session, campaign, intent.runId), {
    person,
    place: intent.place,
    at: session.clock.now(),
  });
  return { intentId: intent.intentId, state: 'done', outcome: '', event };
}

function eventOf(
  session: WritingSession,
  campaign: Campaign,
  intent: OpenIntent,
  listMember: { readonly id: string; readonly createdOn: string },
) {
  return membershipEvent(contextOf(session, campaign, intent.runId), {
    change: intent.kind === 'add' ? 'added' : 'removed',
    person: { type: intent.personType, id: intent.personId, email: intent.email, created: intent.created },
    list: { id: intent.listId, name: intent.listName },
    listMember,
    place: intent.place,
    at: session.clock.now(),
  });
}

function contextOf(session: WritingSession, campaign: Campaign, runId: string): EventContext {
  const { id, name, code } = campaign;
  return { organizationId: session.organizationId, campaign: { id, name, code }, runId, email: session.eventEmail };
}
