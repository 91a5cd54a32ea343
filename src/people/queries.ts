/**
 * Which people have to be read for a batch of input rows. Pure: rows in, a list of queries out; fetch.ts writes them as FetchXML.
 */

import { createdPersonId } from '../campaign/ids.ts';
import { isXmlText } from '../dataverse/fetchxml.ts';
import { PERSON_TYPES, TABLES } from '../dataverse/wire.ts';
import type { PersonType } from '../events.ts';
import type { PersonRow } from '../input/input-row.ts';
import { quote } from '../input/person-text.ts';
import type { AddRules } from './add-rules.ts';
import { spellings } from './identity.ts';

/** Rows of one table whose column has one of these values. */
export type PeopleQuery = {
  readonly type: PersonType;
  /** Logical name. */
  readonly attribute: string;
  readonly values: readonly string[];
  /** Leads whose parent contact has one of the values, instead of leads that have one themselves. */
  readonly ofParentContact?: boolean;
};

export type QueryOptions = {
  readonly matchBy: string | undefined;
  /** Also look up the ids that new people would get, so that a taken one is never used. */
  readonly creation: Pick<AddRules, 'organizationId' | 'createAs'> | undefined;
  /** Read qualified leads along with their parent contacts: a removal has to find everybody's lead. */
  readonly leadsOfContacts: boolean;
};

/** Characters of one value in `In` and FetchXML `in` over text ("Query data using the Web API"). */
const MAX_VALUE = 850;

/** Why a row's person cannot be queried: the value would make Dynamics refuse the query of the whole batch, and nobody can have it. */
export function whyUnaskable(
  { key, email }: PersonRow,
  refusedValues?: ReadonlyMap<string, string>,
): { readonly code: string; readonly message: string } | undefined {
  const value = key.by === 'column' ? key.value : '';
  const refusal = key.by === 'column' ? refusedValues?.get(value) : undefined;
  if (refusal !== undefined)
    return {
      code: 'BAD_MATCH_VALUE',
      message: `Dynamics does not compare the column with ${quote(value)}: ${refusal}`,
    };
  if (value.length > MAX_VALUE || email.length > MAX_VALUE)
    return {
      code: 'VALUE_TOO_LONG',
      message: `The value is longer than the ${MAX_VALUE} characters that Dynamics compares.`,
    };
  if (isXmlText(value) && isXmlText(email)) return undefined;
  return { code: 'BAD_CHARACTER', message: 'The value has a control character or a broken character.' };
}

export function queriesForRows(all: readonly PersonRow[], options: QueryOptions): readonly PeopleQuery[] {
  const rows = all.filter((row) => whyUnaskable(row) === undefined);
  const { emails, matches } = textsOf(rows);
  const { matchBy, creation } = options;
  const queries = PERSON_TYPES.flatMap((type) => [
    { type, attribute: 'emailaddress1', values: emails },
    { type, attribute: TABLES[type].key, values: idsOf(rows, type) },
    ...(matchBy === undefined ? [] : [{ type, attribute: matchBy, values: matches }]),
  ]);
  const leads = options.leadsOfContacts ? leadsOfContacts(rows, { emails, matches, matchBy }) : [];
  const derived = creation === undefined ? [] : derivedIdQuery(rows, creation);
  return [...queries, ...leads, ...derived].filter((query) => query.values.length > 0);
}

const isAskableText = (text: string): boolean => text.length <= MAX_VALUE && isXmlText(text);

function textsOf(rows: readonly PersonRow[]): Pick<Asked, 'emails' | 'matches'> {
  const [emails, matches] = [new Set<string>(), new Set<string>()];
  for (const { key, email, emailText } of rows) {
    const asked = key.by === 'id' || email === '' ? [] : spellings(emailText ?? email).filter(isAskableText);
    for (const spelling of asked) emails.add(spelling);
    if (key.by === 'column') matches.add(key.value);
  }
  return { emails: [...emails], matches: [...matches] };
}

type Asked = {
  readonly emails: readonly string[];
  readonly matches: readonly string[];
  readonly matchBy: string | undefined;
};

/** Whichever way a contact is found, their leads are found too. */
function leadsOfContacts(rows: readonly PersonRow[], { emails, matches, matchBy }: Asked): readonly PeopleQuery[] {
  const ofParentContact = true;
  return [
    { type: 'lead', attribute: 'emailaddress1', values: emails, ofParentContact },
    { type: 'lead', attribute: 'parentcontactid', values: idsOf(rows, 'contact') },
    ...(matchBy === undefined ? [] : [{ type: 'lead' as const, attribute: matchBy, values: matches, ofParentContact }]),
  ];
}

function idsOf(rows: readonly PersonRow[], type: PersonType): readonly string[] {
  return [...new Set(rows.flatMap(({ key }) => (key.by === 'id' && (key.personType ?? type) === type ? key.id : [])))];
}

function derivedIdQuery(
  rows: readonly PersonRow[],
  { organizationId, createAs: personType }: Pick<AddRules, 'organizationId' | 'createAs'>,
): readonly PeopleQuery[] {
  const ids = rows
    .filter(mayBeCreated)
    .map(({ email }) => createdPersonId({ organizationId, personType, email, sequence: 1 }));
  return [{ type: personType, attribute: TABLES[personType].key, values: [...new Set(ids)] }];
}

/** The minimum for a new person: an e-mail and a last name. */
export function mayBeCreated(row: PersonRow): boolean {
  return (
    row.key.by !== 'id' && row.neverCreate === undefined && row.email !== '' && row.attributes.lastname !== undefined
  );
}
