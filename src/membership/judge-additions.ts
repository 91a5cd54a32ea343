/**
 * What one attempt to add people came to: the confirming read decides, the parts of the batch explain. Pure. Gives the people as they are
 * now, and what was learnt for the run: the error that ends it, or that fewer members go into one call.
 */
import type { OperationResult } from '../dataverse/operation.ts';
import type { DataverseError, DyncampError } from '../errors.ts';
import { type Answer, type Confirmed, isDecided, type Progress, type Round } from './addition-progress.ts';
import { listRefusal } from './list-refusal.ts';
import { DUPLICATE_RECORD } from './refusal-codes.ts';

/** InvalidArgument: among other things more members than the organization takes in one call (U16). */
const INVALID_ARGUMENT = '0x80040203';
/** Calls of fewer members than this are not halved but sent one by one. */
const SMALLEST_HALVED = 200;
/** Reads that may fail to show what the server said was done, before the person is sent alone or given up on. */
const MAX_LATE_READS = 4;

export type Judged = {
  /** In the order of the round's people. */
  readonly people: readonly Progress[];
  readonly fatal: DyncampError | undefined;
  readonly maxMembers: number | undefined;
};

type Verdict = {
  readonly people: ReadonlyMap<Progress, Progress>;
  readonly fatal?: DyncampError | undefined;
  readonly maxMembers?: number | undefined;
};

export function judgeAdditions({ people }: Round, answers: readonly Answer[], confirmed: Confirmed): Judged {
  const creations = creationResults(answers);
  const spoilt = new Set<Progress>();
  const seen: Progress[] = [];
  for (const person of people) {
    const now = judgeCreation(person, creations.get(person), confirmed.emails);
    if (isSpoilt(now)) spoilt.add(person);
    seen.push(judgeRead(now, confirmed));
  }
  // The usual case: the read shows everybody, and no answer has to explain anything.
  if (seen.every(isDecided)) return { people: seen, fatal: undefined, maxMembers: undefined };
  const read = new Map<Progress, Progress>();
  for (const [place, person] of people.entries()) read.set(person, seen[place] ?? person);
  const verdicts = answers.flatMap(({ part, result }) =>
    part.role === 'create' ? [] : [judgePart({ part, result }, read, spoilt)],
  );
  for (const verdict of verdicts) for (const [person, now] of verdict.people) read.set(person, now);
  return {
    people: withTries(people, read),
    fatal: verdicts.find((verdict) => verdict.fatal !== undefined)?.fatal,
    maxMembers: verdicts.find((verdict) => verdict.maxMembers !== undefined)?.maxMembers,
  };
}

function creationResults(answers: readonly Answer[]): ReadonlyMap<Progress, OperationResult> {
  const results = new Map<Progress, OperationResult>();
  for (const { part, result } of answers)
    if (part.role === 'create') for (const person of part.people) results.set(person, result);
  return results;
}

const isSpoilt = ({ mustCreate, result }: Progress): boolean => mustCreate || result !== undefined;

function judgeCreation(person: Progress, result: OperationResult | undefined, emails: Confirmed['emails']): Progress {
  if (result === undefined) return person;
  const email = emails.get(person.addition.person.id);
  // What the server said it made is ours, whatever a plug-in of the organization did to the address.
  if (result.kind === 'ok') return { ...person, mustCreate: false, created: true, idInDoubt: false };
  if (email !== undefined) return judgePresent(person, email, result);
  if (result.kind === 'refused') return judgeRefusedCreation(person, result.error);
  if (result.kind === 'not-run') return { ...person, lastError: result.error };
  return { ...person, creationUncertain: true, mayBeDone: true, lastError: result.error };
}

function judgePresent(person: Progress, email: string, result: OperationResult): Progress {
  if (email !== person.addition.person.email) return { ...person, result: { kind: 'id-taken' } };
  const created = person.created || result.kind === 'unknown' || person.creationUncertain;
  return { ...person, mustCreate: false, idInDoubt: false, created };
}

/** Taken, but not to be seen: by a creation of ours or of another run that reads do not show yet, or by a row that was deleted (U31). */
function judgeRefusedCreation(person: Progress, error: DataverseError): Progress {
  const isTaken = error.dataverseCode === DUPLICATE_RECORD;
  if (!isTaken) return { ...person, result: { kind: 'refused', error } };
  if (person.tries < MAX_LATE_READS || person.creationUncertain)
    return { ...person, idInDoubt: true, lastError: error };
  return { ...person, result: { kind: 'id-taken' } };
}

function judgeRead(person: Progress, confirmed: Confirmed): Progress {
  if (person.result !== undefined) return person;
  const { person: who, list } = person.addition;
  const member = confirmed.members.get(list.id)?.get(who.id);
  // Whoever is on the list was created, also where the read of the record is late.
  const created = person.created || (person.mustCreate && person.creationUncertain);
  if (member !== undefined) return { ...person, mustCreate: false, created, result: { kind: 'member', member } };
  if (!person.awaitsRead || person.tries < MAX_LATE_READS) return person;
  return { ...person, awaitsRead: person.single, single: true };
}

function withTries(people: readonly Progress[], now: ReadonlyMap<Progress, Progress>): readonly Progress[] {
  const tried: Progress[] = [];
  for (const person of people) {
    const judged = now.get(person) ?? person;
    // Only who is open is tried again; nearly everybody is not.
    tried.push(judged.result === undefined ? { ...judged, tries: judged.tries + 1 } : judged);
  }
  return tried;
}

/** Those whom neither the read shows nor an answer explains. */
function missingOf({ people }: Answer['part'], read: ReadonlyMap<Progress, Progress>): readonly Progress[] {
  const missing: Progress[] = [];
  for (const person of people) {
    const { result, mustCreate } = read.get(person) ?? person;
    if (result === undefined && !mustCreate) missing.push(person);
  }
  return missing;
}

function judgePart(
  { part, result }: Answer,
  read: ReadonlyMap<Progress, Progress>,
  spoilt: ReadonlySet<Progress>,
): Verdict {
  const missing = missingOf(part, read);
  const change = (to: (person: Progress) => Progress): Verdict['people'] =>
    new Map(missing.map((person) => [person, to(read.get(person) ?? person)]));
  if (missing.length === 0) return { people: new Map() };
  if (result.kind === 'ok')
    return { people: change((person) => ({ ...person, awaitsRead: true, mayBeDone: true, lastError: undefined })) };
  if (result.kind !== 'refused') {
    const isLost = result.kind === 'unknown';
    return {
      people: change((person) => ({ ...person, mayBeDone: person.mayBeDone || isLost, lastError: result.error })),
    };
  }
  const { error } = result;
  const fatal = listRefusal(part.people[0]?.addition.list.id ?? '', error);
  if (fatal !== undefined) return { people: new Map(), fatal };
  // U16: an organization may take fewer members in one call.
  if (part.role === 'bulk' && error.dataverseCode === INVALID_ARGUMENT && part.people.length >= SMALLEST_HALVED)
    return { people: new Map(), maxMembers: Math.floor(part.people.length / 2) };
  if (part.role === 'single')
    return { people: change((person) => ({ ...person, lastError: error, result: { kind: 'refused', error } })) };
  // A bulk call that held somebody whose creation failed is sent again without them before anybody is sent alone.
  const mayRepeat = part.people.some((person) => spoilt.has(person)) && missing.length < part.people.length;
  return { people: change((person) => ({ ...person, lastError: error, single: person.single || !mayRepeat })) };
}
