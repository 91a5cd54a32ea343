/**
 * Writes the additions of a chunk under the journal's protection: intents first, then the writes, then outcomes and events together.
 */

import type { DyncampError } from '../errors.ts';
import type { Conclusion, NewIntent, StoredEvent } from '../journal/journal.ts';
import type { AddContext } from './add-chunk.ts';
import type { Campaign } from './campaign.ts';
import type { PersonToAdd } from './creation-planner.ts';
import { describeDuplicates } from './describe-duplicates.ts';
import type { InputRow } from './input-row.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome-of.ts';
import type { OwnList, OwnLists } from './own-lists.ts';
import { createdEvent, type EventContext, membershipEvent } from './trigger-event.ts';
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
type Concluded = { readonly outcome: Outcome; readonly conclusions: readonly Conclusion[]; readonly retry: boolean };

export async function carryOutAdditions(context: AddContext, work: AdditionsToCarryOut): Promise<AdditionsCarriedOut> {
  const outcomes = new Map<InputRow, Outcome>();
  const events: StoredEvent[] = [];
  let people = work.people;
  let fatal: DyncampError | undefined;
  while (people.length > 0 && fatal === undefined) {
    const intended = intend(context, people, work.lists);
    const additions = intended.map(({ person, list }) => ({
      person,
      listId: list.id,
      creation: person.creation?.values,
    }));
    const { written, fatal: error } = await writeAdditions(context.session, additions, context.rules);
    fatal = error;
    const concluded = intended.map((each, place) => concludeOne(context, work.campaign, each, written[place]));
    const fresh = context.session.run.conclude(concluded.flatMap((each) => each.conclusions));
    events.push(...fresh);
    const told = new Set(fresh.map((event) => event.id));
    intended.forEach(({ person }, place) => {
      const each = concluded[place];
      if (each !== undefined) outcomes.set(person.row, ofAnother(each, told) ?? each.outcome);
    });
    people = await withOtherIds(context, intended, concluded, outcomes);
  }
  return { outcomes: await describeDuplicates(context.session, outcomes), events, fatal };
}

/** The event is in the outbox already: another process of this machine made the same change and has told it. */
function ofAnother(concluded: Concluded, told: ReadonlySet<string>): Outcome | undefined {
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
  const { person, createIntent } = intended;
  if (written === undefined) throw new Error('A written addition is missing.');
  const { result, created } = written;
  const eventContext = eventContextOf(context, campaign);
  const at = context.session.clock.now();
  const creation =
    createIntent === undefined
      ? []
      : concludeCreation(createIntent, written, createdEvent(eventContext, { person, place: person.row.place, at }));
  const known = {
    personType: person.type,
    personId: person.creation !== undefined && !created && result.kind !== 'member' ? undefined : person.id,
    created,
  };
  switch (result.kind) {
    case 'member': {
      const { member } = result;
      const isOurs = member.createdBy === undefined || member.createdBy === context.session.userId;
      const listMember = { id: member.id, createdOn: member.createdOn };
      const event = membershipEvent(eventContext, {
        change: 'added',
        person: { ...person, created },
        list: intended.list,
        listMember,
        place: person.row.place,
        at,
      });
      const outcome = outcomeOf(person.row, isOurs ? 'added' : 'already-member', {
        ...known,
        listMemberId: member.id,
        addedBy: isOurs ? undefined : member.createdBy,
      });
      const state = { intentId: intended.addIntent, state: 'done', outcome: UNCOUNTED } as const;
      return { outcome, retry: false, conclusions: [...creation, isOurs ? { ...state, event } : state] };
    }
    case 'refused': {
      const { outcome, details } = refusalOutcome(result.error);
      return {
        outcome: outcomeOf(person.row, outcome, { ...known, ...details }),
        retry: false,
        conclusions: [...creation, notDone(intended.addIntent)],
      };
    }
    case 'id-taken':
      return {
        outcome: outcomeOf(person.row, 'rejected', { code: 'ID_TAKEN' }),
        retry: true,
        conclusions: [...creation, notDone(intended.addIntent)],
      };
    case 'unconfirmed':
      return {
        outcome: outcomeOf(person.row, 'unconfirmed', { ...known, ...unconfirmedDetails(result.error) }),
        retry: false,
        conclusions: creation,
      };
    case 'not-reached':
      return {
        outcome: outcomeOf(person.row, 'not-reached', known),
        retry: false,
        conclusions: [...creation, notDone(intended.addIntent)],
      };
  }
}

/** The outcome of a row is counted with its chunk, not here: one row can be several intents. */
const UNCOUNTED = '';
const notDone = (intentId: number): Conclusion => ({ intentId, state: 'not-done', outcome: UNCOUNTED });

/** A creation that nothing is known of stays open: the next run reads the server. */
function concludeCreation(
  intentId: number,
  { created, result }: WrittenAddition,
  event: NonNullable<Conclusion['event']>,
): readonly Conclusion[] {
  if (created) return [{ intentId, state: 'done', outcome: UNCOUNTED, event }];
  return result.kind === 'unconfirmed' ? [] : [notDone(intentId)];
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

async function withOtherIds(
  context: AddContext,
  intended: readonly Intended[],
  concluded: readonly Concluded[],
  outcomes: Map<InputRow, Outcome>,
): Promise<readonly PersonToAdd[]> {
  const people: PersonToAdd[] = [];
  for (const [place, { person }] of intended.entries()) {
    if (concluded[place]?.retry !== true) continue;
    const next = await context.creations.nextId(person);
    if ('person' in next) people.push(next.person);
    else outcomes.set(person.row, next.outcome);
  }
  return people;
}
