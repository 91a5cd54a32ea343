/** Outcomes in numbers, and in words for people. */
import { OUTCOME_KINDS, type OutcomeKind, type OutcomeName } from '../events.ts';
import { CREATOR_UNKNOWN, type Outcome } from '../input/outcome.ts';
import type { CountOrShare } from './request.ts';

export type Counts = {
  readonly total: number;
  /** People per outcome; outcomes that nobody has are left out. */
  readonly outcomes: Readonly<Partial<Record<OutcomeName, number>>>;
  /** People that unfinished runs added or removed: in no other count than `total`. */
  readonly earlier: readonly Earlier[];
  /** Of the people who are done. A person who is created but unconfirmed counts in the run that confirms it. */
  readonly created: number;
  /** People that other users added, by user: for the hint of `remove`. */
  readonly addedByOthers: ReadonlyMap<string, number>;
  /** Those among them for whom nothing shows who added them (U32). */
  readonly addedByUnknown: number;
  /** The first ones, so that nobody has to run again to learn why. */
  readonly failures: readonly Outcome[];
  /** The first that was sent and is not confirmed, with the reason. */
  readonly unconfirmed?: Outcome | undefined;
  /** `apply`: people who are not in the input and stay, because no flow action added them. */
  readonly stay?: number | undefined;
};

export type Earlier = { readonly runId: string; readonly outcome: OutcomeName; readonly people: number };

export type Counter = { add(outcome: Outcome): void; noteStay(people: number): void; current(): Counts };

const MAX_FAILURES_SAID = 10;

export function startCounting(): Counter {
  const outcomes: Partial<Record<OutcomeName, number>> = {};
  const addedByOthers = new Map<string, number>();
  let addedByUnknown = 0;
  const failures: Outcome[] = [];
  let unconfirmed: Outcome | undefined;
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
      if (outcome.outcome === 'unconfirmed') unconfirmed ??= outcome;
      if (outcome.outcome !== 'added-by-other') return;
      const user = outcome.addedBy ?? 'an unknown user';
      addedByOthers.set(user, (addedByOthers.get(user) ?? 0) + 1);
      if (outcome.code === CREATOR_UNKNOWN) addedByUnknown += 1;
    },
    noteStay(people) {
      stay = people;
    },
    current: () => ({
      stay,
      total,
      earlier,
      created,
      addedByOthers,
      addedByUnknown,
      failures,
      unconfirmed,
      outcomes: { ...outcomes },
    }),
  };
}

function withOneMore(earlier: readonly Earlier[], runId: string, outcome: OutcomeName): readonly Earlier[] {
  const isSame = (one: Earlier): boolean => one.runId === runId && one.outcome === outcome;
  const { people = 0 } = earlier.find(isSame) ?? {};
  return [...earlier.filter((one) => !isSame(one)), { runId, outcome, people: people + 1 }];
}

export const earlierPeople = ({ earlier }: Counts, outcome: OutcomeName): number =>
  earlier.reduce((sum, each) => sum + (each.outcome === outcome ? each.people : 0), 0);

type Outcomes = Pick<Counts, 'outcomes'>;

export function countOf(counts: Outcomes, kind: OutcomeKind): number {
  return entriesOf(counts, kind).reduce((sum, [, count]) => sum + count, 0);
}

function entriesOf(counts: Outcomes, kind: OutcomeKind): readonly (readonly [OutcomeName, number])[] {
  const entries: [OutcomeName, number][] = [];
  for (const name of OUTCOMES) {
    const count = counts.outcomes[name] ?? 0;
    if (OUTCOME_KINDS[name] === kind && count > 0) entries.push([name, count]);
  }
  return entries;
}

const isOutcome = (name: string): name is OutcomeName => Object.hasOwn(OUTCOME_KINDS, name);

const OUTCOMES = Object.keys(OUTCOME_KINDS).filter(isOutcome);

/** `Added 7 (3 of them created). 5 more were added by run a93b3436. 3 failed (2 not found, 1 not valid). 2 skipped (already in).` */
export function countsText(counts: Counts, nothing = 'No changes.'): string {
  const done = entriesOf(counts, 'done').map(([name, count]) => `${capital(name)} ${numberText(count)}`);
  const created = counts.created > 0 ? ` (${numberText(counts.created)} of them created)` : '';
  const rest = (['failed', 'open', 'skipped'] as const).flatMap((kind) => {
    const entries = entriesOf(counts, kind);
    const isOne = entries.length === 1;
    const wordsOf = (name: OutcomeName): string =>
      name === 'added-by-other' && isNobodyKnown(counts) ? 'not known who added them' : WORDS[name];
    const which = entries.map(([name, count]) => (isOne ? wordsOf(name) : `${numberText(count)} ${wordsOf(name)}`));
    return entries.length === 0 ? [] : [`${kindText(countOf(counts, kind), kind)} (${which.join(', ')}).`];
  });
  // People who were sent and are not seen may have been changed.
  const none = (counts.outcomes.unconfirmed ?? 0) > 0 ? 'No change is confirmed.' : nothing;
  const first = done.length === 0 ? none : `${done.join(', ')}${created}.`;
  const before = counts.earlier.map(({ runId, outcome, people }) => {
    const more = done.length === 0 ? '' : ' more';
    return `${numberText(people)}${more} ${people === 1 ? 'was' : 'were'} ${outcome} by run ${shortRunId(runId)}.`;
  });
  return [first, ...before, ...rest].join(' ');
}

/** `12 failed` */
const kindText = (count: number, kind: 'failed' | 'open' | 'skipped'): string =>
  `${numberText(count)} ${kind === 'open' ? 'not finished' : kind}`;

/** `1,100 added, 10 failed, 90 skipped`: only what there is, what matters most first. */
export function kindsText(counts: Outcomes, order = KINDS): string {
  const parts = order.flatMap((kind): readonly string[] => {
    if (kind === 'done') return entriesOf(counts, kind).map(([name, count]) => `${numberText(count)} ${WORDS[name]}`);
    const count = countOf(counts, kind);
    return count === 0 ? [] : [kindText(count, kind)];
  });
  return parts.join(', ');
}

/** `Not valid`, `1,200`: what was done, what failed, what is open, what was skipped, of counts that do not tell CREATOR_UNKNOWN apart. */
export const outcomesInWords = (counts: Outcomes): readonly (readonly [string, string])[] =>
  KINDS.flatMap((kind) => entriesOf(counts, kind)).map(([name, count]) => [
    name === 'added-by-other' ? 'Added by others or unknown' : capital(WORDS[name]),
    numberText(count),
  ]);

const KINDS: readonly OutcomeKind[] = ['done', 'failed', 'open', 'skipped'];

/** Outcomes in the words of messages. Data has their names. */
const WORDS = {
  added: 'added',
  removed: 'removed',
  'already-member': 'already in',
  'not-member': 'not in it',
  'in-by-other-list': 'in by another list',
  'added-by-other': 'added by someone else',
  'duplicate-input': 'named twice',
  'other-shard': 'in other shards',
  excluded: 'excluded',
  'opted-out': 'opted out',
  invalid: 'not valid',
  'not-found': 'not found',
  ambiguous: 'ambiguous',
  inactive: 'inactive',
  'cannot-create': 'cannot be created',
  duplicate: 'duplicate',
  forbidden: 'forbidden',
  rejected: 'rejected',
  unconfirmed: 'not confirmed',
  'not-reached': 'not reached',
} as const satisfies Record<OutcomeName, string>;

/** `cannot be created. No one in Dynamics …`; `ambiguous, 2 people match` */
export function reasonText(outcome: string, message: string): string {
  const words = isOutcome(outcome) ? WORDS[outcome] : outcome;
  if (message === '') return words;
  return `${words}${/^\p{Lu}/u.test(message) ? '.' : ','} ${message.replace(/\.$/u, '')}`;
}

/** For everybody that `remove` keeps, it is not known who added them. */
export const isNobodyKnown = ({ addedByUnknown, outcomes }: Pick<Counts, 'addedByUnknown' | 'outcomes'>): boolean =>
  addedByUnknown > 0 && addedByUnknown === outcomes['added-by-other'];

/** Where Dynamics names the same creator for every row, or none (U32), only the journal of the machine that added a person knows. */
export const NOBODY_KNOWS_WHOSE = "Dynamics does not say who added them, and this machine's journal does not know them";

export const whyTheyStay = (isSilent: boolean): string => (isSilent ? NOBODY_KNOWS_WHOSE : 'someone else added them');

export const TO_REMOVE_THEM = 'To remove them too: --added-by anyone, or --added-by <user ids>.';

/** Enough of a run's id for `runs show` and `runs undo`. */
const SHORT_ID = 8;

export const shortRunId = (runId: string): string => runId.slice(0, SHORT_ID);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Whether the failures are within --max-failures. Without that option none are. */
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
