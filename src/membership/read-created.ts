/** Whether people who were to be created are there, and with which e-mail: the read that confirms a creation. */

import { inList, query } from '../dataverse/odata-query.ts';
import type { Operation, OperationResult } from '../dataverse/operation.ts';
import { groupBy } from './group-by.ts';
import { normalizeEmail, type PersonType } from './person.ts';
import { rowsOf } from './rows-of.ts';
import type { Session } from './session.ts';
import { personFromRow, TABLES } from './wire.ts';

type Person = { readonly type: PersonType; readonly id: string };

export function readEmailsOperations(people: readonly Person[]): readonly Operation[] {
  return [...groupBy(people, (person) => person.type)].map(([type, ofType]) => {
    const { set, key } = TABLES[type];
    const filter = inList(
      key,
      ofType.map((person) => person.id),
    );
    return { method: 'GET', path: query(set, { select: [key, 'emailaddress1'], filter }) };
  });
}

/** Normalized e-mail by id, for those that are there. Reads again where the batch has no answer. */
export async function emailsById(
  session: Session,
  people: readonly Person[],
  results: readonly OperationResult[],
): Promise<ReadonlyMap<string, string>> {
  const operations = readEmailsOperations(people);
  const answered = results.length === operations.length && results.every((result) => result.kind === 'ok');
  const answers = answered || operations.length === 0 ? results : await session.dataverse.batch(operations);
  const types = [...groupBy(people, (person) => person.type).keys()];
  return new Map(
    answers.flatMap((result, place) => {
      const type = types[place];
      return type === undefined
        ? []
        : rowsOf(result).map(
            (row) => [personFromRow(type, row).id, normalizeEmail(personFromRow(type, row).email)] as const,
          );
    }),
  );
}
