/**
 * What one attempt to add people came to: the confirming read decides, the parts of the batch explain. Changes the progress of the people
 * of the round and nothing else; gives what was learnt for the run: the error that ends it, or that fewer members go into one call.
 */
import type { OperationResult } from '../dataverse/operation.ts';
import { CampaignError, type DataverseError, type DyncampError } from '../errors.ts';
import type { Confirmed, Progress, Round, Sent } from './write-additions.ts';

/** DuplicateRecord: the chosen id is in the table. */
const DUPLICATE_RECORD = '0x80040237';
/** Reads that may fail to show what the server said was done, before the person is sent alone or given up on. */
const MAX_LATE_READS = 4;

export type Lesson = { readonly fatal?: DyncampError; readonly maxMembers?: number };

export function judgeAdditions(round: Round, results: readonly OperationResult[], confirmed: Confirmed): Lesson {
  const answers = round.sent.map((part, place) => ({ part, result: results[place] ?? NOT_RUN }));
  for (const { part, result } of answers)
    if (part.role === 'create') for (const person of part.people) judgeCreation(person, result, confirmed);
  const spoilt = new Set(round.people.filter((person) => person.mustCreate || person.result !== undefined));
  for (const person of round.people) judgeMembership(person, confirmed);
  const lessons = answers.flatMap(({ part, result }) =>
    part.role === 'create' ? [] : [judgePart(part, result, spoilt)],
  );
  for (const person of round.people) person.tries += 1;
  return Object.assign({}, ...lessons);
}

const INVALID_ARGUMENT = '0x80040203';
/** Calls of fewer members than this are not halved but sent one by one. */
const SMALLEST_HALVED = 200;

const NOT_RUN: OperationResult = { kind: 'not-run' };

function judgeCreation(person: Progress, result: OperationResult, confirmed: Confirmed): void {
  const email = confirmed.emails.get(person.addition.person.id);
  if (email !== undefined) {
    judgePresent(person, email, result);
  } else if (result.kind === 'ok') {
    person.mustCreate = false;
    person.created = true;
  } else if (result.kind === 'refused') {
    person.result = isTaken(result.error) ? { kind: 'id-taken' } : { kind: 'refused', error: result.error };
  } else {
    person.creationUncertain ||= result.kind === 'unknown';
    person.lastError = result.error;
  }
}

function judgePresent(person: Progress, email: string, result: OperationResult): void {
  if (email !== person.addition.person.email) {
    person.result = { kind: 'id-taken' };
    return;
  }
  person.mustCreate = false;
  person.created ||= result.kind === 'ok' || result.kind === 'unknown' || person.creationUncertain;
}

const isTaken = (error: DataverseError): boolean => error.dataverseCode === DUPLICATE_RECORD || error.status === 412;

function judgeMembership(person: Progress, confirmed: Confirmed): void {
  if (person.result !== undefined) return;
  const { person: who, listId } = person.addition;
  const member = confirmed.members.get(`${listId}/${who.id}`);
  if (member !== undefined) person.result = { kind: 'member', member };
  else if (person.awaitsRead && person.tries >= MAX_LATE_READS) {
    person.awaitsRead = person.single;
    person.single = true;
  }
}

function judgePart(part: Sent, result: OperationResult, spoilt: ReadonlySet<Progress>): Lesson {
  const missing = part.people.filter((person) => person.result === undefined && !person.mustCreate);
  if (missing.length === 0) return {};
  if (result.kind === 'refused') return judgeRefusal(part, result.error, missing, spoilt);
  for (const person of missing) {
    person.awaitsRead = result.kind === 'ok';
    person.lastError = result.kind === 'ok' ? undefined : result.error;
  }
  return {};
}

function judgeRefusal(
  part: Sent,
  error: DataverseError,
  missing: readonly Progress[],
  spoilt: ReadonlySet<Progress>,
): Lesson {
  const listError = refusedList(part, error);
  if (listError !== undefined) {
    for (const person of missing) person.wasSent = false;
    return { fatal: listError };
  }
  // U16: an organization may take fewer members in one call.
  if (part.role === 'bulk' && error.dataverseCode === INVALID_ARGUMENT && part.people.length >= SMALLEST_HALVED)
    return { maxMembers: Math.floor(part.people.length / 2) };
  // A bulk call that held somebody whose creation failed is sent again without them before anybody is sent alone.
  const mayRepeat = part.people.some((person) => spoilt.has(person)) && missing.length < part.people.length;
  for (const person of missing) {
    person.lastError = error;
    if (part.role === 'single') person.result = { kind: 'refused', error };
    else person.single ||= !mayRepeat;
  }
  return {};
}

/** Refusals that mean the list and not a person. */
const LIST_REFUSALS: Readonly<Record<string, { readonly code: string; readonly what: string; readonly hint: string }>> =
  {
    '0x80040302': { code: 'LIST_LOCKED', what: 'is locked', hint: 'Unlock it in Dynamics (field "Locked").' },
    '0x8004033a': {
      code: 'LIST_INACTIVE',
      what: 'is inactive',
      hint: 'Activate it in Dynamics (Marketing Lists > Activate).',
    },
    '0x8004f701': {
      code: 'LIST_DYNAMIC',
      what: 'is dynamic',
      hint: 'Remove it from the campaign in Dynamics; dyncamp then makes a static list.',
    },
  };

export function refusedList(
  part: { readonly people: readonly { readonly addition: { readonly listId: string } }[] },
  error: DataverseError,
): CampaignError | undefined {
  const refusal = LIST_REFUSALS[error.dataverseCode ?? ''];
  if (refusal === undefined) return undefined;
  const listId = part.people[0]?.addition.listId ?? '';
  return new CampaignError(refusal.code, `Own list ${listId} ${refusal.what}: Dynamics refused the change.`, {
    hint: refusal.hint,
    cause: error,
    status: error.status,
    dataverseCode: error.dataverseCode,
    requestId: error.requestId,
  });
}
