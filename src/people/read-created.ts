/** The read that confirms creations: which people exist, and with which e-mail. */

import type { CampaignAccess } from '../campaign/access.ts';
import { groupBy } from '../dataverse/groups.ts';
import { inList, query } from '../dataverse/odata-query.ts';
import type { OperationResult, Read } from '../dataverse/operation.ts';
import { readRows, rowsOf } from '../dataverse/reads.ts';
import type { PersonType } from '../dataverse/wire.ts';
import { personFromRow, TABLES } from '../dataverse/wire.ts';

type Person = { readonly type: PersonType; readonly id: string };

/** Short enough for every known limit of In (U29) and for a batched GET. */
const IDS_PER_READ = 250;

type Slice = { readonly type: PersonType; readonly ids: readonly string[] };

function slicesOf(people: readonly Person[]): readonly Slice[] {
  return [...groupBy(people, (person) => person.type)].flatMap(([type, ofType]) => {
    const slices: Slice[] = [];
    for (let start = 0; start < ofType.length; start += IDS_PER_READ)
      slices.push({ type, ids: ofType.slice(start, start + IDS_PER_READ).map((person) => person.id) });
    return slices;
  });
}

export function readEmailsOperations(people: readonly Person[]): readonly Read[] {
  return slicesOf(people).map(({ type, ids }) => {
    const { set, key } = TABLES[type];
    return readRows(query(set, { select: [key, 'emailaddress1'], filter: inList(key, ids) }), key);
  });
}

/** Normalized e-mail by id, for those that exist. Reads again when the batch has no answer. */
export async function emailsById(
  access: CampaignAccess,
  people: readonly Person[],
  results: readonly OperationResult[],
): Promise<ReadonlyMap<string, string>> {
  const operations = readEmailsOperations(people);
  const answered = results.length === operations.length && results.every((result) => result.kind === 'ok');
  const answers = answered || operations.length === 0 ? results : await access.dataverse.batch(operations);
  const types = slicesOf(people).map((slice) => slice.type);
  return new Map(
    types.flatMap((type, place) =>
      rowsOf(answers[place]).map((row) => {
        const { id, email } = personFromRow(type, row);
        return [id, email] as const;
      }),
    ),
  );
}
