/** One person's way through the attempts to add them. Values: every step gives a new one. */
import type { JsonObject, Operation } from '../dataverse/operation.ts';
import type { PersonType } from './person.ts';
import type { ListMember } from './wire.ts';
import type { Answered } from './write-attempts.ts';
import type { AdditionResult } from './write-result.ts';

export type Addition = {
  readonly person: {
    readonly type: PersonType;
    readonly id: string;
    readonly email: string;
    /** The new record, for somebody who has to be created first. */
    readonly creation: { readonly values: JsonObject } | undefined;
  };
  readonly list: { readonly id: string };
};

export type Progress = {
  readonly addition: Addition;
  /** Still to be created. */
  readonly mustCreate: boolean;
  readonly created: boolean;
  /** A creation was sent whose answer was lost: a row that turns up is ours. */
  readonly creationUncertain: boolean;
  /** The id was refused as taken, and no read shows by whom: nobody of that id is put on a list before it is known. */
  readonly idInDoubt: boolean;
  /** Sent alone from now on, because the bulk call was refused. */
  readonly single: boolean;
  /** Something was sent for them that was not refused, and no read shows what became of it. */
  readonly mayBeDone: boolean;
  /** The server said it was done, but a read does not show it yet. */
  readonly awaitsRead: boolean;
  /** Attempts that left open what became of them. */
  readonly tries: number;
  readonly lastError: Error | undefined;
  readonly result: AdditionResult | undefined;
};

/** Whether it is known what became of them. */
export const isDecided = (person: Progress): person is Progress & { readonly result: AdditionResult } =>
  person.result !== undefined;

/** One part of the batch of a round, and whom it is for. */
export type Sent = {
  readonly role: 'bulk' | 'single' | 'create';
  readonly operation: Operation;
  readonly people: readonly Progress[];
};
export type Round = { readonly sent: readonly Sent[]; readonly people: readonly Progress[] };
export type Answer = Answered<Sent>;

/** What the read behind the writes shows. */
export type Confirmed = {
  /** By list and person. */
  readonly members: ReadonlyMap<string, ReadonlyMap<string, ListMember>>;
  /** Normalized e-mail by id, of those who were to be created. */
  readonly emails: ReadonlyMap<string, string>;
};

export function beginAddition(addition: Addition): Progress {
  return {
    addition,
    mustCreate: addition.person.creation !== undefined,
    created: false,
    creationUncertain: false,
    idInDoubt: false,
    single: false,
    mayBeDone: false,
    awaitsRead: false,
    tries: 0,
    lastError: undefined,
    result: undefined,
  };
}

/** What the answers alone say, whether or not they can be confirmed: everything that was not refused may be done. */
export function noteAnswers(people: readonly Progress[], answers: readonly Answer[]): readonly Progress[] {
  const maybe = new Set(
    answers.flatMap(({ part, result }) => (result.kind === 'ok' || result.kind === 'unknown' ? part.people : [])),
  );
  return people.map((person) => (maybe.has(person) ? { ...person, mayBeDone: true } : person));
}
