/**
 * Makes the record for a person who is to be created: values converted by the table's metadata, an id that is derived and free. A row that
 * cannot become a record gets its outcome here. Pure.
 */
import type { JsonObject } from '../dataverse/operation.ts';
import type { PersonRow } from '../input/input-row.ts';
import { convertAttributes } from './attributes/convert-attributes.ts';
import type { TableMetadata } from './attributes/table-metadata.ts';
import { createdPersonId } from './derived-ids.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome-of.ts';
import type { PeopleView } from './people-view.ts';
import type { PersonType } from './person.ts';
import type { PersonRecord } from './wire.ts';

export type CreationRules = {
  readonly organizationId: string;
  readonly campaignId: string;
  readonly personType: PersonType;
  /** --set and the profile's defaults, by column; the row's own values come before them. */
  readonly defaults: Readonly<Record<string, string>>;
  /** A created lead gets this campaign as source campaign. */
  readonly sourceCampaign: boolean;
  /** Leaves out people whose own row says that they want no e-mail. */
  readonly skipOptedOut: boolean;
  /** The UTC day enters the derived id. */
  readonly at: number;
};

export type PlannedCreation = {
  readonly row: PersonRow;
  readonly personId: string;
  readonly sequence: number;
  readonly values: JsonObject;
};

/** Derived ids that are tried when earlier ones are taken by somebody else. */
export const MAX_SEQUENCE = 3;

export function planCreation(
  row: PersonRow,
  table: TableMetadata,
  view: PeopleView,
  rules: CreationRules,
): { readonly creation: PlannedCreation } | { readonly outcome: Outcome } {
  const converted = convertAttributes(table, { ...rules.defaults, emailaddress1: row.email, ...row.attributes });
  if (!converted.ok)
    return { outcome: outcomeOf(row, 'cannot-create', { code: converted.code, message: converted.message }) };
  if (rules.skipOptedOut && (converted.values.donotbulkemail === true || converted.values.donotemail === true))
    return { outcome: outcomeOf(row, 'opted-out') };
  const id = freeId(row, view, rules, 0);
  if (id === undefined) return { outcome: idTaken(row) };
  const source =
    rules.personType === 'lead' && rules.sourceCampaign
      ? { 'campaignid@odata.bind': `/campaigns(${rules.campaignId})` }
      : {};
  return { creation: { row, ...id, values: { ...converted.values, ...source } } };
}

/** The next derived id that nobody has who was read; somebody else at an id means that it is never used for this row. */
export function freeId(
  row: PersonRow,
  view: PeopleView,
  rules: CreationRules,
  from: number,
): { readonly personId: string; readonly sequence: number } | undefined {
  for (let sequence = from; sequence < MAX_SEQUENCE; sequence += 1) {
    const personId = createdPersonId({
      organizationId: rules.organizationId,
      personType: rules.personType,
      email: row.email,
      at: rules.at,
      sequence,
    });
    const holder = view.get({ type: rules.personType, id: personId });
    if (holder === undefined || isSame(holder, row)) return { personId, sequence };
  }
  return undefined;
}

/** Made by another run since this one read who has the e-mail: the creation is then refused, and whoever is there is put in. */
const isSame = (holder: PersonRecord, row: PersonRow): boolean =>
  holder.state === 'usable' && holder.email === row.email;

export function idTaken(row: PersonRow): Outcome {
  return outcomeOf(row, 'rejected', {
    code: 'ID_TAKEN',
    message: `Every id that ${row.email} would get today belongs to somebody else, who has another e-mail by now.`,
  });
}
