/** Counts outcomes, and says them so that a person can read them aloud. */
import { OUTCOME_KINDS, type OutcomeKind, type OutcomeName } from '../events.ts';
import type { Outcome } from '../input/outcome.ts';
import type { CountOrShare } from './request.ts';

export type Counts = {
  readonly total: number;
  /** People per outcome; none that nobody has. */
  readonly outcomes: Readonly<Partial<Record<OutcomeName, number>>>;
  /** People whom interrupted runs added or removed before: they are in no other count but `total`. */
  readonly earlier: readonly Earlier[];
  /** Of those who are done. Whoever is created and unconfirmed counts when a later run finds them in. */
  readonly created: number;
  /** People whom somebody else had added, by who did: for the hint of `remove`. */
  readonly addedByOthers: ReadonlyMap<string, number>;
  /** The first that failed, so that nobody has to run again to learn why. */
  readonly failures: readonly Outcome[];
  /** `apply`: people who are not in the input and stay, because no flow action put them in. */
  readonly stay?: number | undefined;
};

export type Earlier = { readonly runId: string; readonly outcome: OutcomeName; readonly people: number };

export type Counter = { add(outcome: Outcome): void; noteStay(people: number): void; current(): Counts };

/** Failures that the end of a run names. */
const MAX_FAILURES_SAID = 10;

export function startCounting(): Counter {
  const outcomes: Partial<Record<OutcomeName, number>> = {};
  const addedByOthers = new Map<string, number>();
  const failures: Outcome[] = [];
  let earlier: readonly Earlier[] = [];
  let total = 0;
  let created = 0;
  let stay: number | undefined;
  return {
    add(outcome) {
      total += 1;
      if (outcome.earlierRun !== undefined) {
        earlier = withOneMore(earlier, outcome.earlierRun, outcome.outcome);
        return;
      }
      outcomes[outcome.outcome] = (outcomes[outcome.outcome] ?? 0) + 1;
      if (outcome.created === true && OUTCOME_KINDS[outcome.outcome] === 'done') created += 1;
      if (OUTCOME_KINDS[outcome.outcome] === 'failed' && failures.length < MAX_FAILURES_SAID) failures.push(outcome);
      if (outcome.outcome !== 'added-by-other') return;
      const user = outcome.addedBy ?? 'an unknown user';
      addedByOthers.set(user, (addedByOthers.get(user) ?? 0) + 1);
    },
    noteStay(people) {
      stay = people;
    },
    current: () => ({ stay, total, earlier, outcomes: { ...outcomes }, created, addedByOthers, failures }),
  };
}

/** There are few: each is a run that was interrupted. */
function withOneMore(earlier: readonly Earlier[], runId: string, outcome: OutcomeName): readonly Earlier[] {
  const isSame = (one: Earlier): boolean => one.runId === runId && one.outcome === outcome;
  const { people = 0 } = earlier.find(isSame) ?? {};
  return [...earlier.filter((one) => !isSame(one)), { runId, outcome, people: people + 1 }];
}

export const earlierPeople = ({ earlier }: Counts, outcome: OutcomeName): number =>
  earlier.reduce((sum, each) => sum + (each.outcome === outcome ? each.people : 0), 0);

export function countOf(counts: Counts, kind: OutcomeKind): number {
  return entriesOf(counts, kind).reduce((sum, [, count]) => sum + count, 0);
}

function entriesOf(counts: Counts, kind: OutcomeKind): readonly (readonly [OutcomeName, number])[] {
  const entries: [OutcomeName, number][] = [];
  for (const name of OUTCOMES) {
    const count = counts.outcomes[name] ?? 0;
    if (OUTCOME_KINDS[name] === kind && count > 0) entries.push([name, count]);
  }
  return entries;
}

const OUTCOMES = Object.keys(OUTCOME_KINDS).filter((name): name is OutcomeName => name in OUTCOME_KINDS);

/** `Added 7 (3 of them created). 5 more were added by run a93b3436. Skipped 2: 2 already-member. Failed 1: 1 not-found.` */
export function countsText(counts: Counts, nothing = 'No changes.'): string {
  const done = entriesOf(counts, 'done').map(([name, count]) => `${capital(name)} ${numberText(count)}`);
  const created = counts.created > 0 ? ` (${numberText(counts.created)} of them created)` : '';
  const rest = (['skipped', 'failed', 'open'] as const).flatMap((kind) => {
    const entries = entriesOf(counts, kind);
    return entries.length === 0
      ? []
      : [
          `${capital(kind)} ${numberText(countOf(counts, kind))}: ${entries.map(([name, count]) => `${numberText(count)} ${name}`).join(', ')}.`,
        ];
  });
  // Whoever was sent and is not seen may have been changed all the same.
  const none = (counts.outcomes.unconfirmed ?? 0) > 0 ? 'No change is confirmed.' : nothing;
  const first = done.length === 0 ? none : `${done.join(', ')}${created}.`;
  const before = counts.earlier.map(({ runId, outcome, people }) => {
    const more = done.length === 0 ? '' : ' more';
    return `${numberText(people)}${more} ${people === 1 ? 'was' : 'were'} ${outcome} by run ${shortRunId(runId)}.`;
  });
  return [first, ...before, ...rest].join(' ');
}

/** Enough of a run's id for `runs show` and `runs undo`, and what lists show of it. */
const SHORT_ID = 8;

export const shortRunId = (runId: string): string => runId.slice(0, SHORT_ID);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Whether so many failures are still a success: none without --max-failures. */
export function isWithin(limit: CountOrShare | undefined, counts: Counts): boolean {
  const failed = countOf(counts, 'failed');
  if (failed === 0) return true;
  if (limit === undefined) return false;
  return limit.kind === 'count' ? failed <= limit.count : failed * 100 <= limit.percent * counts.total;
}

/** `12,000`: in messages, never in data. */
export const numberText = (count: number): string => count.toLocaleString('en-US');

/** `1 change`, `2,000 changes`. */
export function plural(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export const peopleText = (count: number): string => (count === 1 ? '1 person' : `${numberText(count)} people`);
