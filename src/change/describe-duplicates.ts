/** Names people whom a duplicate rule may have found. Dynamics' refusal names nobody, so likely ones are looked up. */

import type { CampaignAccess } from '../campaign/access.ts';
import { and, eq, odataString, or, query } from '../dataverse/odata-query.ts';
import type { OperationResult, Read } from '../dataverse/operation.ts';
import { readRows, rowsOf } from '../dataverse/reads.ts';
import { PERSON_TYPES, personFromRow, TABLES } from '../dataverse/wire.ts';
import { DyncampError } from '../errors.ts';
import type { InputRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';

/** Refusals of a batch that are looked up: the reads of all go into one request. */
const MAX_LOOKUPS = 25;
const MAX_SHOWN = 3;

export async function describeDuplicates(
  access: CampaignAccess,
  outcomes: ReadonlyMap<InputRow, Outcome>,
): Promise<ReadonlyMap<InputRow, Outcome>> {
  const refused: [InputRow, Outcome][] = [];
  for (const [row, outcome] of outcomes)
    if (outcome.outcome === 'duplicate' && refused.length < MAX_LOOKUPS) refused.push([row, outcome]);
  if (refused.length === 0) return outcomes;
  const operations = refused.flatMap(([row]) => (row.kind === 'person' ? lookups(row.email, row.attributes) : []));
  const results = await answersTo(access, operations);
  const described = new Map(outcomes);
  refused.forEach(([row, outcome], place) => {
    const found = PERSON_TYPES.flatMap((type, offset) => {
      const result = results[place * PERSON_TYPES.length + offset];
      return result?.kind === 'ok' ? rowsOf(result).map((match) => personFromRow(type, match)) : [];
    });
    const shown = found.map((person) => `${person.type}:${person.id} "${person.name}"`).join(', ');
    if (found.length > 0) described.set(row, { ...outcome, message: `${outcome.message ?? ''} Looks like ${shown}.` });
  });
  return described;
}

/** It only improves a message, so a failure must not lose the results. */
async function answersTo(access: CampaignAccess, operations: readonly Read[]): Promise<readonly OperationResult[]> {
  try {
    return await access.dataverse.batch(operations);
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    return [];
  }
}

function lookups(email: string, attributes: Readonly<Record<string, string>>): readonly Read[] {
  const { firstname, lastname } = attributes;
  const byEmail = ['emailaddress1', 'emailaddress2', 'emailaddress3'].map((column) => eq(column, odataString(email)));
  const byName =
    lastname === undefined
      ? []
      : [
          and(
            eq('lastname', odataString(lastname)),
            eq('firstname', firstname === undefined ? null : odataString(firstname)),
          ),
        ];
  const filter = or(...byEmail, ...byName);
  return PERSON_TYPES.map((type) => {
    const { set, key } = TABLES[type];
    return readRows(query(set, { select: [key, 'fullname'], filter, top: MAX_SHOWN }), key);
  });
}
