/** The reads of `sync check --deep`. None changes anything; each is a form that dyncamp itself sends. */
import { fetchXml } from '../dataverse/fetchxml.ts';
import { and, eq, inList, odataGuid, query, row } from '../dataverse/odata-query.ts';
import type { Read } from '../dataverse/operation.ts';
import { fetchRows, readObject, readRows } from '../dataverse/reads.ts';
import { readMembersById } from '../membership/member-queries.ts';
import { MEMBER_ALIASES, TABLES } from '../membership/wire.ts';

/** A lead that is on a list. */
export type Sample = { readonly leadId: string; readonly listId: string };

const LEADS = TABLES.lead;

/** The inner join of a person with its membership is in wide use. `qualified` for U25. */
export function sampleOperation(which: 'any' | 'qualified'): Read {
  const xml = fetchXml({
    entity: LEADS.name,
    attributes: [LEADS.key],
    filter: which === 'qualified' ? { conditions: [{ attribute: 'statecode', operator: 'eq', value: 1 }] } : undefined,
    links: [memberLink('inner', undefined)],
    top: 1,
  });
  return fetchRows(LEADS.set, xml, LEADS.key);
}

function memberLink(kind: 'inner' | 'outer', listId: string | undefined) {
  return {
    entity: 'listmember',
    from: 'entityid',
    to: LEADS.key,
    kind,
    alias: 'm',
    attributes: [{ name: 'listid', alias: MEMBER_ALIASES.listid }],
    filter:
      listId === undefined
        ? undefined
        : { conditions: [{ attribute: 'listid', operator: 'eq' as const, value: listId }] },
  };
}

/** U17. */
export function inOnEntityIdOperation({ listId, leadId }: Sample): Read {
  return readMembersById(listId, [leadId]);
}

/** U19: the list with one of its leads, through the relationship. */
export function associationOperation({ listId, leadId }: Sample): Read {
  const filter = eq(LEADS.key, odataGuid(leadId));
  const expand = [{ property: 'listlead_association', select: [LEADS.key], filter }];
  return readObject(query(row('lists', listId), { select: ['listid'], expand }), 'listid');
}

/** U30: the join that resolves people and reads their membership at once. */
export function outerJoinOperation({ listId, leadId }: Sample): Read {
  const xml = fetchXml({
    entity: LEADS.name,
    attributes: [LEADS.key],
    filter: { conditions: [{ attribute: LEADS.key, operator: 'eq', value: leadId }] },
    links: [memberLink('outer', listId)],
  });
  return fetchRows(LEADS.set, xml, LEADS.key);
}

/** U26: the list's own count, and what it should be. */
export function memberCountOperations({ listId }: Sample): readonly [Read, Read] {
  const filter = eq('_listid_value', odataGuid(listId));
  return [
    readObject(query(row('lists', listId), { select: ['membercount'] }), 'listid'),
    readRows(query('listmembers', { apply: { filter, countAs: 'members' } }), 'members'),
  ];
}

/** U20: whether the tables are watched for duplicates at all. */
export function duplicateDetectionOperations(): readonly [Read, Read] {
  const of = (table: string) =>
    readObject(
      query(`EntityDefinitions(LogicalName='${table}')`, { select: ['LogicalName', 'IsDuplicateDetectionEnabled'] }),
      'LogicalName',
    );
  return [of('lead'), of('contact')];
}

/** U29, around the caps that are told of: 2,000 was one until 2022. */
export const IN_SIZES = [300, 500, 1000, 2000, 2001] as const;

/** Short texts that are nobody's e-mail, so that 2,001 of them fit into a batched GET. */
const values = (count: number): readonly string[] => Array.from({ length: count }, (_, place) => place.toString(36));

export function inOperations(): readonly Read[] {
  return IN_SIZES.map((size) =>
    readRows(
      query(LEADS.set, { select: [LEADS.key], filter: and(inList('emailaddress1', values(size))), top: 1 }),
      LEADS.key,
    ),
  );
}

export function fetchInOperations(): readonly Read[] {
  return IN_SIZES.map((size) => {
    const filter = { conditions: [{ attribute: 'emailaddress1', operator: 'in' as const, values: values(size) }] };
    return fetchRows(LEADS.set, fetchXml({ entity: LEADS.name, attributes: [LEADS.key], filter, top: 1 }), LEADS.key);
  });
}
