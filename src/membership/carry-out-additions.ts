/**
 * Writes the additions of a chunk under the journal's protection: intents first, then the writes, then outcomes and events together.
 */

import { DyncampError } from '../errors.ts';
import type { InputRow } from '../input/input-row.ts';
import type { Conclusion, NewIntent, StoredEvent } from '../journal/journal.ts';
import type { AddContext } from './add-chunk.ts';
import type { Campaign } from './campaign.ts';
import type { CarriedOut } from './chunk-report.ts';
import { type Concluded, concludeAddition, type IntendedAddition } from './conclude-addition.ts';
import type { PersonToAdd } from './creation-planner.ts';
import { describeDuplicates } from './describe-duplicates.ts';
import { noteConclusions, unnoted } from './note-conclusions.ts';
import type { Outcome } from './outcome.ts';
import type { OwnList, OwnLists } from './own-lists.ts';
import { eventsOf } from './trigger-event.ts';
import { writeAdditions } from './write-additions.ts';

export type AdditionsToCarryOut = {
  readonly people: readonly PersonToAdd[];
  readonly lists: OwnLists;
  readonly campaign: Campaign;
};

export async function carryOutAdditions(context: AddContext, work: AdditionsToCarryOut): Promise<CarriedOut> {
  const outcomes = new Map<InputRow, Outcome>();
  const events: StoredEvent[] = [];
  let people = work.people;
  let fatal: DyncampError | undefined;
  while (people.length > 0 && fatal === undefined) {
    try {
      const done = await carryOutRound(context, { ...work, people }, outcomes);
      for (const event of done.events) events.push(event);
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

type RoundDone = Omit<CarriedOut, 'outcomes'> & {
  /** Whose derived id is somebody else's. */
  readonly again: readonly PersonToAdd[];
};

/** One write, with its attempts, for everybody; sets the outcomes of all but those who are given back. */
async function carryOutRound(
  context: AddContext,
  work: AdditionsToCarryOut,
  outcomes: Map<InputRow, Outcome>,
): Promise<RoundDone> {
  const { session } = context;
  const intended = intend(context, work.people, work.lists);
  const { written, fatal } = await writeAdditions(session, intended, context.rules);
  const concluding = {
    userId: session.userId,
    now: session.clock.now(),
    events: eventsOf(session, work.campaign),
  };
  const concluded: Concluded[] = [];
  const conclusions: Conclusion[] = [];
  for (const each of intended) {
    const one = concludeAddition(concluding, each, written[concluded.length]);
    concluded.push(one);
    conclusions.push(...one.conclusions);
  }
  const { events, failure } = noteConclusions(session, work.campaign, conclusions);
  if (failure !== undefined) {
    for (const { person, outcome } of concluded) outcomes.set(person.row, unnoted(outcome, failure));
    return { events, fatal: failure, again: [] };
  }
  const told = new Set<string>();
  for (const { id } of events) told.add(id);
  const again: PersonToAdd[] = [];
  for (const each of concluded) {
    if (each.needsOtherId) again.push(each.person);
    else outcomes.set(each.person.row, outcomeTold(each, told));
  }
  return { events, fatal, again };
}

/** An event that is in the outbox already was another process's of this machine, which made the same change and has told it. */
function outcomeTold({ outcome, added }: Concluded, told: ReadonlySet<string>): Outcome {
  return added === undefined || told.has(added.id) ? outcome : { ...outcome, outcome: 'already-member' };
}

function intend({ session }: AddContext, people: readonly PersonToAdd[], lists: OwnLists): readonly IntendedAddition[] {
  const listOf = ({ type }: PersonToAdd): OwnList => {
    const list = lists.targets[type];
    if (list === undefined) throw new Error(`No own list for ${type}s although it was made.`);
    return list;
  };
  const intents: NewIntent[] = [];
  for (const person of people) {
    if (person.creation !== undefined) intents.push(intentOf(person, listOf(person), 'create'));
    intents.push(intentOf(person, listOf(person), 'add'));
  }
  const ids = session.run.begin(intents).values();
  const nextId = (): number => ids.next().value ?? 0;
  const intended: IntendedAddition[] = [];
  for (const person of people) {
    const createIntent = person.creation === undefined ? undefined : nextId();
    intended.push({ person, list: listOf(person), createIntent, addIntent: nextId() });
  }
  return intended;
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
