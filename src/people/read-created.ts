/** The read that confirms creations: which people exist, and with which e-mail. */

import type { CampaignAccess } from '../campaign/access.ts';
import { groupBy, slicesOf } from '../dataverse/groups.ts';
import { inList, query } from '../dataverse/odata-query.ts';
import type { OperationResult, Read } from '../dataverse/operation.ts';
import { readRows, rowsOf } from '../dataverse/reads.ts';
import { personFromRow, TABLES } from '../dataverse/wire.ts';
import type { PersonType } from '../events.ts';

type Person = { readonly type: PersonType; readonly id: string };

/** Short enough for every known limit of In (U29) and for a batched GET. */
const IDS_PER_READ = 250;

function readsOf(people: readonly Person[]): readonly { readonly type: PersonType; readonly read: Read }[] {
  return [...groupBy(people, ({ type }) => type)].flatMap(([type, ofType]) => {
    const { set, key } = TABLES[type];
    const ids = slicesOf(
      ofType.map(({ id }) => id),
      IDS_PER_READ,
    );
    return ids.map((some) => ({
      type,
      read: readRows(query(set, { select: [key, 'emailaddress1'], filter: inList(key, some) }), key),
    }));
  });
}

export const readEmailsOperations = (people: readonly Person[]): readonly Read[] =>
  readsOf(people).map(({ read }) => read);

/** Normalized e-mail by id, for those that exist. Reads again when the batch has no answer. */
export async function emailsById(
  access: CampaignAccess,
  people: readonly Person[],
  results: readonly OperationResult[],
): Promise<ReadonlyMap<string, string>> {
  const reads = readsOf(people);
  const isAnswered = results.length === reads.length && results.every((result) => result.kind === 'ok');
  const answers = isAnswered ? results : await access.dataverse.batch(reads.map(({ read }) => read));
  const found = reads.flatMap(({ type }, place) => rowsOf(answers[place]).map((row) => personFromRow(type, row)));
  return new Map(found.map(({ id, email }) => [id, email]));
}
