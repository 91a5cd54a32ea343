/**
 * What adding and removing have in common: writes and the reads that confirm them travel in one request, and are sent again, later and
 * later, until it is known what became of everybody.
 */
import type { Operation, OperationResult } from '../dataverse/operation.ts';
import type { DyncampError } from '../errors.ts';
import type { Session } from './session.ts';

/** Before attempt n (from the second): what a lost answer or a late read is given to become visible. */
const WAITS_MS = [300, 1000, 2000, 4000, 8000, 16_000];
const MAX_TRIES = WAITS_MS.length + 1;

/** Somebody on the way through the attempts. */
type Attempted = {
  readonly tries: number;
  /** Undefined until it is known. */
  readonly result: unknown;
};

export const isOpen = ({ result, tries }: Attempted): boolean => result === undefined && tries < MAX_TRIES;

export type AttemptDone<Person> = {
  /** Those who were tried, as they are now. */
  readonly people: readonly Person[];
  /** Ends the attempts. */
  readonly fatal: DyncampError | undefined;
};

/** Everybody as they are when nobody is open any more, or an error ended it; in their order. `changeOf` tells them apart. */
export async function attemptUntilKnown<Person extends Attempted>(
  begun: readonly Person[],
  changeOf: (person: Person) => object,
  attempt: (open: readonly Person[]) => Promise<AttemptDone<Person>>,
): Promise<AttemptDone<Person>> {
  let people = begun;
  let fatal: DyncampError | undefined;
  while (fatal === undefined && people.some(isOpen)) {
    const attempted = await attempt(people.filter(isOpen));
    people = putIn(people, attempted.people, changeOf);
    fatal = attempted.fatal;
  }
  return { people, fatal };
}

/** The same people, those who were tried as they are now. */
function putIn<Person>(
  people: readonly Person[],
  tried: readonly Person[],
  changeOf: (person: Person) => object,
): readonly Person[] {
  // The usual case: everybody, in this order.
  if (people.length === tried.length && people.every((person, place) => isChangeOf(person, tried[place], changeOf)))
    return tried;
  const now = new Map<object, Person>();
  for (const person of tried) now.set(changeOf(person), person);
  return people.map((person) => now.get(changeOf(person)) ?? person);
}

function isChangeOf<Person>(person: Person, other: Person | undefined, changeOf: (person: Person) => object): boolean {
  return other !== undefined && changeOf(person) === changeOf(other);
}

type Part = { readonly operation: Operation };
export type Answered<Sent extends Part> = { readonly part: Sent; readonly result: OperationResult };

export type WriteRound<Sent extends Part> = {
  readonly people: readonly Attempted[];
  readonly sent: readonly Sent[];
  readonly reads: readonly Operation[];
};

/** One request: the writes, and the reads behind them. Waits first when it repeats an attempt, and afterwards when an answer was lost. */
export async function sendRound<Sent extends Part>(
  session: Session,
  { people, sent, reads }: WriteRound<Sent>,
): Promise<{ readonly answers: readonly Answered<Sent>[]; readonly readResults: readonly OperationResult[] }> {
  const tries = people.reduce(mostTries, 0);
  if (tries > 0) await session.clock.sleep(WAITS_MS[tries - 1] ?? 0);
  const results = await session.dataverse.batch([...sent.map((part) => part.operation), ...reads]);
  const answers = sent.map((part, place) => ({ part, result: results[place] ?? NOT_RUN }));
  if (answers.some(({ result }) => result.kind === 'unknown'))
    await session.clock.sleep(WAITS_MS[Math.min(tries + 1, WAITS_MS.length - 1)] ?? 0);
  return { answers, readResults: results.slice(sent.length) };
}

const mostTries = (most: number, { tries }: Attempted): number => Math.max(most, tries);

const NOT_RUN: OperationResult = { kind: 'not-run' };
