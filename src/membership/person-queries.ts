/**
 * Which people have to be read for a chunk of input rows. Pure: rows in, a list of questions out; people-fetch.ts words them for the wire.
 */
import { createdPersonId } from './derived-ids.ts';
import type { PersonRow } from './input-row.ts';
import { PERSON_TYPES, type PersonType } from './person.ts';
import { TABLES } from './wire.ts';

/** Rows of one table whose column has one of these values. */
export type PeopleQuery = {
  readonly type: PersonType;
  /** Logical name. */
  readonly attribute: string;
  readonly values: readonly string[];
  /** Leads whose parent contact has one of the values in `attribute`, instead of leads that have it themselves. */
  readonly ofParentContact?: boolean;
};

export type QueryOptions = {
  /** Column of --match-by. */
  readonly matchBy: string | undefined;
  /** Look up the ids that new people would get, so that a taken one is never used. */
  readonly creation:
    | { readonly organizationId: string; readonly personType: PersonType; readonly at: number }
    | undefined;
  /** Read qualified leads along with their parent contacts: a removal has to find everybody's lead. */
  readonly leadsOfContacts: boolean;
};

export function queriesForRows(rows: readonly PersonRow[], options: QueryOptions): readonly PeopleQuery[] {
  const emails = distinct(rows.flatMap((row) => (row.key.by === 'id' || row.email === '' ? [] : [row.email])));
  const matches = distinct(rows.flatMap((row) => (row.key.by === 'column' ? [row.key.value] : [])));
  const { matchBy, creation } = options;
  const queries = PERSON_TYPES.flatMap((type) => [
    { type, attribute: 'emailaddress1', values: emails },
    { type, attribute: TABLES[type].key, values: distinct(idsOf(rows, type)) },
    ...(matchBy === undefined ? [] : [{ type, attribute: matchBy, values: matches }]),
  ]);
  const leads = options.leadsOfContacts ? leadsOfContacts(emails, idsOf(rows, 'contact')) : [];
  const derived = creation === undefined ? [] : derivedIdQuery(rows, creation);
  return [...queries, ...leads, ...derived].filter((query) => query.values.length > 0);
}

function leadsOfContacts(emails: readonly string[], contactIds: readonly string[]): readonly PeopleQuery[] {
  return [
    { type: 'lead', attribute: 'emailaddress1', values: emails, ofParentContact: true },
    { type: 'lead', attribute: 'parentcontactid', values: distinct(contactIds) },
  ];
}

function idsOf(rows: readonly PersonRow[], type: PersonType): readonly string[] {
  return rows.flatMap(({ key }) => (key.by === 'id' && (key.personType ?? type) === type ? [key.id] : []));
}

function derivedIdQuery(
  rows: readonly PersonRow[],
  creation: { readonly organizationId: string; readonly personType: PersonType; readonly at: number },
): readonly PeopleQuery[] {
  const values = rows
    .filter(mayBeCreated)
    .map((row) => createdPersonId({ ...creation, email: row.email, sequence: 0 }));
  return [{ type: creation.personType, attribute: TABLES[creation.personType].key, values: distinct(values) }];
}

/** Whether the row carries what a new person needs at the least: an e-mail and a last name. */
export function mayBeCreated(row: PersonRow): boolean {
  return (
    row.key.by !== 'id' && row.neverCreate === undefined && row.email !== '' && row.attributes.lastname !== undefined
  );
}

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)];
