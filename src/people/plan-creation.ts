/**
 * Plans the record of a new person: values converted by the table's metadata, a free derived id. A row that
 * cannot become a record gets its outcome here. Pure.
 */

import { createdPersonId } from '../campaign/ids.ts';
import type { PersonRecord } from '../dataverse/wire.ts';
import type { PersonType } from '../events.ts';
import type { PersonRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import { outcomeOf } from '../input/outcome.ts';
import type { JsonObject } from '../json.ts';
import type { AddRules } from './add-rules.ts';
import { convertAttributes } from './attributes/convert-attributes.ts';
import type { TableMetadata } from './attributes/table-metadata.ts';
import { cleanAddress, lookAlikeKey, normalizeEmail } from './identity.ts';
import { follow } from './match.ts';
import type { PeopleView } from './view.ts';

export type PersonToAdd = {
  readonly row: PersonRow;
  readonly person: { readonly type: PersonType; readonly id: string; readonly email: string };
  /** For somebody who has to be created: the new record's values, and which of the derived ids it has. */
  readonly creation:
    | { readonly values: JsonObject; readonly sequence: number; readonly duplicateRules: AddRules['duplicateRules'] }
    | undefined;
};

export type PlannedCreation = PersonToAdd | { readonly row: PersonRow; readonly outcome: Outcome };

/** How many derived ids are tried. Every run tries them in this order, so that concurrent runs meet. */
export const LAST_SEQUENCE = 10;

export function planCreation(row: PersonRow, table: TableMetadata, view: PeopleView, rules: AddRules): PlannedCreation {
  const converted = convertAttributes(table, { ...rules.defaults, emailaddress1: row.email, ...row.attributes });
  if (!converted.ok)
    return { row, outcome: outcomeOf(row, 'cannot-create', { code: converted.code, message: converted.message }) };
  if (rules.skipOptedOut && (converted.values.donotbulkemail === true || converted.values.donotemail === true))
    return { row, outcome: outcomeOf(row, 'opted-out') };
  const id = chooseId(row, view, rules, 1);
  if (id === undefined) return { row, outcome: idTaken(row) };
  const source =
    rules.createAs === 'lead' && rules.sourceCampaign
      ? { 'campaignid@odata.bind': `/campaigns(${rules.campaignId})` }
      : {};
  const { createAs: type, duplicateRules } = rules;
  return {
    row,
    // As events show it.
    person: { type, id: id.personId, email: normalizeEmail(cleanAddress(row.emailText ?? row.email)) },
    creation: { values: { ...converted.values, ...source }, sequence: id.sequence, duplicateRules },
  };
}

type IdRules = Pick<AddRules, 'organizationId' | 'createAs' | 'onInactive'>;

export function derivedIds({ email }: Pick<PersonRow, 'email'>, rules: Omit<IdRules, 'onInactive'>): readonly string[] {
  const { organizationId, createAs: personType } = rules;
  return Array.from({ length: LAST_SEQUENCE }, (_, place) =>
    createdPersonId({ organizationId, personType, email, sequence: place + 1 }),
  );
}

type ChosenId = {
  readonly personId: string;
  readonly sequence: number;
  /** The owner of the id, if it is the row's person. */
  readonly holder: PersonRecord | undefined;
};

/**
 * The first derived id from `sequence` on that is free, or is the person's own. Skips an id that another person has,
 * and with `create-new` the id of the person's closed record.
 */
export function chooseId(
  { email }: Pick<PersonRow, 'email'>,
  view: PeopleView,
  rules: IdRules,
  from: number,
): ChosenId | undefined {
  const { organizationId, createAs: personType, onInactive } = rules;
  for (let sequence = from; sequence <= LAST_SEQUENCE; sequence += 1) {
    const personId = createdPersonId({ organizationId, personType, email, sequence });
    const holder = view.get({ type: personType, id: personId });
    if (holder === undefined) return { personId, sequence, holder };
    const isClosed = onInactive === 'create-new' && follow(holder, view).state !== 'usable';
    if (lookAlikeKey(holder.email) === lookAlikeKey(email) && !isClosed) return { personId, sequence, holder };
  }
  return undefined;
}

export function idTaken(row: PersonRow): Outcome {
  return outcomeOf(row, 'rejected', {
    code: 'ID_TAKEN',
    message: `Each of the ${LAST_SEQUENCE} ids that ${row.email} could get belongs to someone else or was used before.`,
  });
}
