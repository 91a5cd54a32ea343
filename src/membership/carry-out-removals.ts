/**
 * Writes the removals of a chunk under the journal's protection: intents first, then the writes, then outcomes and events together.
 */

import type { InputRow } from '../input/input-row.ts';
import type { Conclusion } from '../journal/journal.ts';
import type { Campaign } from './campaign.ts';
import type { CarriedOut } from './chunk-report.ts';
import {
  concludeRemoval,
  type IntendedRemoval,
  intentOfRemoval,
  outcomeOfRemoval,
  type RemovalOfRow,
  worseOutcome,
} from './conclude-removal.ts';
import { noteConclusions, unnoted } from './note-conclusions.ts';
import type { Outcome } from './outcome.ts';
import type { WritingSession } from './session.ts';
import { eventsOf } from './trigger-event.ts';
import { type Removal, type WrittenRemoval, writeRemovals } from './write-removals.ts';

export async function carryOutRemovals(
  session: WritingSession,
  campaign: Campaign,
  wanted: readonly RemovalOfRow[],
): Promise<CarriedOut> {
  if (wanted.length === 0) return { outcomes: new Map(), events: [], fatal: undefined };
  const intended = intend(session, wanted);
  const { written, fatal } = await writeRemovals(session, intended.map(removalOf));
  const concluding = { now: session.clock.now(), events: eventsOf(session, campaign) };
  const conclusions: Conclusion[] = [];
  for (const [place, each] of intended.entries()) {
    const conclusion = concludeRemoval(concluding, each, written[place]);
    if (conclusion !== undefined) conclusions.push(conclusion);
  }
  const { events, failure } = noteConclusions(session, campaign, conclusions);
  const outcomes = outcomesOf(intended, written, { events, failure });
  return { outcomes, events, fatal: failure ?? fatal };
}

function intend(session: WritingSession, wanted: readonly RemovalOfRow[]): readonly IntendedRemoval[] {
  const ids = session.run.begin(wanted.map(intentOfRemoval));
  const intended: IntendedRemoval[] = [];
  for (const { person, list, member, row } of wanted)
    intended.push({ person, list, member, row, intentId: ids[intended.length] ?? 0 });
  return intended;
}

const removalOf = ({ person, list, member }: IntendedRemoval): Removal => ({ person, listId: list.id, member });

function outcomesOf(
  intended: readonly IntendedRemoval[],
  written: readonly WrittenRemoval[],
  { events, failure }: ReturnType<typeof noteConclusions>,
): ReadonlyMap<InputRow, Outcome> {
  const told = new Set<string | undefined>();
  for (const { listMemberId } of events) told.add(listMemberId);
  const outcomes = new Map<InputRow, Outcome>();
  for (const [place, each] of intended.entries()) {
    const isUnnoted = failure !== undefined && written[place]?.result.kind === 'gone';
    const outcome = outcomeOfRemoval(each, written[place], isUnnoted || told.has(each.member.id));
    outcomes.set(each.row, worseOutcome(outcomes.get(each.row), isUnnoted ? unnoted(outcome, failure) : outcome));
  }
  return outcomes;
}
