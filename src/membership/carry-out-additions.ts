/**
 * Writes the additions of a chunk under the journal's protection: intents first, then the writes, then outcomes and events together.
 */

import { DyncampError } from '../errors.ts';
import type { Conclusion, NewIntent, StoredEvent } from '../journal/journal.ts';
import type { AddContext } from './add-chunk.ts';
import type { Campaign } from './campaign.ts';
import type { PersonToAdd } from './creation-planner.ts';
import { describeDuplicates } from './describe-duplicates.ts';
import type { InputRow } from './input-row.ts';
import { noteConclusions, unnoted } from './note-conclusions.ts';
import type { Outcome, OutcomeName } from './outcome.ts';
import { outcomeOf } from './outcome-of.ts';
import type { OwnList, OwnLists } from './own-lists.ts';
import { createdEvent, type EventContext, membershipEvent } from './trigger-event.ts';
import type { ListMember } from './wire.ts';
import { type WrittenAddition, writeAdditions } from './write-additions.ts';
import { refusalOutcome, unconfirmedDetails } from './write-result.ts';

export type AdditionsToCarryOut = {
  readonly people: readonly PersonToAdd[];
  readonly lists: OwnLists;
  readonly campaign: Campaign;
};
export type AdditionsCarriedOut = {
  readonly outcomes: ReadonlyMap<InputRow, Outcome>;
  readonly events: readonly StoredEvent[];
  readonly fatal: DyncampError | undefined;
};

type Intended = {
  readonly person: PersonToAdd;
  readonly list: OwnList;
  readonly addIntent: number;
  readonly createIntent: number | undefined;
};
type Concluded = {
  readonly person: PersonToAdd;
  readonly outcome: Outcome;
  readonly conclusions: readonly Conclusion[];
  /** Their derived id is somebody else's. */
  readonly needsOtherId: boolean;
};

export async function carryOutAdditions(context: AddContext, work: AdditionsToCarryOut): Promise<AdditionsCarriedOut> {
  const outcomes = new Map<InputRow, Outcome>();
  const events: StoredEvent[] = [];
  let people = work.people;
  let fatal: DyncampError | undefined;
  while (people.length > 0 && fatal === undefined) {
    try {
      const done = await carryOutRound(context, { ...work, people });
      events.push(...done.events);
      for (const [row, outcome] of done.outcomes) outcomes.set(row, outcome);
      fatal = done.fatal;
      const next = await Promise.all(done.again.map((person) => context.creations.nextId(person)));
      for (const { row, outcome } of next.flatMap((each) => ('row' in each ? [each] : []))) outcomes.set(row, outcome);
      people = next.flatMap((each) => ('person' in each ? [each.person] : []));
    } catch (error) {
      // What earlier rounds did is told all the same; whoever has no outcome was not reached.
      if (!(error instanceof DyncampError)) throw error;
      fatal = error;
    }
  }
  return { outcomes: await describeDuplicates(context.session, outcomes), events, fatal };
}

type RoundDone = AdditionsCarriedOut & { readonly again: readonly PersonToAdd[] };

async function carryOutRound(context: AddContext, work: AdditionsToCarryOut): Promise<RoundDone> {
  const { session } = context;
  const intended = intend(context, work.people, work.lists);
  const additions = intended.map(({ person, list }) => ({
    person,
    listId: list.id,
    creation: person.creation?.values,
  }));
  const { written, fatal } = await writeAdditions(session, additions, context.rules);
  const concluded = intended.map((each, place) => concludeOne(context, work.campaign, each, written[place]));
  const conclusions = concluded.flatMap((each) => each.conclusions);
  const { events, failure } = noteConclusions(session, work.campaign, conclusions);
  if (failure !== undefined) {
    const outcomes = new Map(concluded.map(({ person, outcome }) => [person.row, unnoted(outcome, failure)]));
    return { outcomes, events, fatal: failure, again: [] };
  }
  const told = new Set(events.map((event) => event.id));
  const outcomes = concluded.flatMap(({ person, outcome, conclusions, needsOtherId }) =>
    needsOtherId ? [] : [[person.row, ofAnother({ outcome, conclusions }, told) ?? outcome] as const],
  );
  const again = concluded.filter((each) => each.needsOtherId).map((each) => each.person);
  return { outcomes: new Map(outcomes), events, fatal, again };
}

/** The event is in the outbox already: another process of this machine made the same change and has told it. */
function ofAnother(
  concluded: Pick<Concluded, 'outcome' | 'conclusions'>,
  told: ReadonlySet<string>,
): Outcome | undefined {
  const added = concluded.conclusions.find((conclusion) => conclusion.event?.type === 'dyncamp.person.added');
  if (added?.event === undefined || told.has(added.event.id)) return undefined;
  return { ...concluded.outcome, outcome: 'already-member' };
}

function intend({ session }: AddContext, people: readonly PersonToAdd[], lists: OwnLists): readonly Intended[] {
  const targets = people.map((person) => {
    const list = lists.targets[person.type];
    if (list === undefined) throw new Error(`No own list for ${person.type}s although it was made.`);
    return { person, list };
  });
  const intents = targets.flatMap(({ person, list }) => {
    const add = intentOf(person, list, 'add');
    return person.creation === undefined ? [add] : [intentOf(person, list, 'create'), add];
  });
  const ids = [...session.run.begin(intents)];
  return targets.map(({ person, list }) => {
    const createIntent = person.creation === undefined ? undefined : ids.shift();
    return { person, list, createIntent, addIntent: ids.shift() ?? 0 };
  });
}

function intentOf(person: PersonToAdd, list: OwnList, kind: 'add' | 'create'): NewIntent {
  return {
    kind,
    personType: person.type,
    personId: person.id,
    email: person.email,
    listId: list.id,
    listName: list.name,
    created: person.creation !== undefined,
    place: person.row.place,
  };
}

function concludeOne(
  context: AddContext,
  campaign: Campaign,
  intended: Intended,
  written: WrittenAddition | undefined,
): Concluded {
  const { person, createIntent, addIntent } = intended;
  if (written === undefined) throw new Error('A written addition is missing.');
  const { result, created } = written;
  const creation = concludeCreation(context, campaign, intended, written);
  const isUnmade = createIntent !== undefined && !created && result.kind !== 'member';
  const personId = isUnmade ? undefined : person.id;
  const conclude = (outcome: OutcomeName, details: Details, addition: Conclusion | undefined): Concluded => ({
    person,
    outcome: outcomeOf(person.row, outcome, {
      personType: person.type,
      personId,
      created,
      listMemberId: details.listMemberId,
      addedBy: details.addedBy,
      code: details.code,
      message: details.message,
      requestId: details.requestId,
    }),
    conclusions: [creation, addition].filter((each) => each !== undefined),
    needsOtherId: result.kind === 'id-taken',
  });
  switch (result.kind) {
    case 'member':
      return concludeMember(context, campaign, { intended, created, member: result.member }, conclude);
    case 'refused': {
      const { outcome, details } = refusalOutcome(result.error);
      return conclude(outcome, details, written.mayBeDone ? undefined : notDone(addIntent));
    }
    case 'id-taken':
      return conclude('rejected', { code: 'ID_TAKEN' }, notDone(addIntent));
    case 'unconfirmed':
      return conclude('unconfirmed', unconfirmedDetails(result.error), undefined);
    case 'not-reached':
      return conclude('not-reached', {}, notDone(addIntent));
  }
}

type Details = Pick<Outcome, 'listMemberId' | 'addedBy' | 'code' | 'message' | 'requestId'>;

type Member = { readonly intended: Intended; readonly created: boolean; readonly member: ListMember };

/** In: by us, or by somebody who was faster. */
function concludeMember(
  context: AddContext,
  campaign: Campaign,
  { intended: { person, list, addIntent }, created, member }: Member,
  conclude: (outcome: OutcomeName, details: Details, addition: Conclusion) => Concluded,
): Concluded {
  const isOurs = member.createdBy === undefined || member.createdBy === context.session.userId;
  if (!isOurs) {
    const done: Conclusion = { intentId: addIntent, state: 'done', outcome: UNCOUNTED };
    return conclude('already-member', { listMemberId: member.id, addedBy: member.createdBy }, done);
  }
  const event = membershipEvent(eventContextOf(context, campaign), {
    change: 'added',
    person: { type: person.type, id: person.id, email: person.email, created },
    list: { id: list.id, name: list.name },
    listMember: { id: member.id, createdOn: member.createdOn },
    place: person.row.place,
    at: context.session.clock.now(),
  });
  return conclude(
    'added',
    { listMemberId: member.id },
    { intentId: addIntent, state: 'done', outcome: UNCOUNTED, event },
  );
}

/** The outcome of a row is counted with its chunk, not here: one row can be several intents. */
const UNCOUNTED = '';
const notDone = (intentId: number): Conclusion => ({ intentId, state: 'not-done', outcome: UNCOUNTED });

/** A creation that nothing is known of, or that may still land, stays open: the next run reads the server. */
function concludeCreation(
  context: AddContext,
  campaign: Campaign,
  { person, createIntent }: Intended,
  { created, mayBeDone, result }: WrittenAddition,
): Conclusion | undefined {
  if (createIntent === undefined) return undefined;
  const isOpen = result.kind === 'unconfirmed' || (result.kind === 'refused' && mayBeDone);
  if (!created) return isOpen ? undefined : notDone(createIntent);
  const { type, id, email } = person;
  const event = createdEvent(eventContextOf(context, campaign), {
    person: { type, id, email },
    place: person.row.place,
    at: context.session.clock.now(),
  });
  return { intentId: createIntent, state: 'done', outcome: UNCOUNTED, event };
}

export function eventContextOf({ session }: Pick<AddContext, 'session'>, campaign: Campaign): EventContext {
  const { id, name, code } = campaign;
  return {
    organizationId: session.organizationId,
    campaign: { id, name, code },
    runId: session.run.id,
    email: session.eventEmail,
  };
}
