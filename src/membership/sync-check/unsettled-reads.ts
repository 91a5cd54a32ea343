/** The reads of `sync check --deep`. None changes anything; each is a form that dyncamp itself sends. */
import { fetchPath, fetchXml } from '../../dataverse/fetchxml.ts';
import { and, eq, inList, odataGuid, query, row } from '../../dataverse/odata-query.ts';
import type { Operation } from '../../dataverse/operation.ts';
import { membersByIdPath } from '../member-queries.ts';
import { MEMBER_ALIASES, TABLES } from '../wire.ts';

/** A lead that is on a list. */
export type Sample = { readonly leadId: string; readonly listId: string };

const get = (path: string): Operation => ({ method: 'GET', path });
const LEADS = TABLES.lead;

/** The inner join of a person with its membership is in wide use. `qualified` for U25. */
export function sampleOperation(which: 'any' | 'qualified'): Operation {
  const xml = fetchXml({
    entity: LEADS.name,
    attributes: [LEADS.key],
    filter: which === 'qualified' ? { conditions: [{ attribute: 'statecode', operator: 'eq', value: 1 }] } : undefined,
    links: [memberLink('inner', undefined)],
    top: 1,
  });
  return get(fetchPath(LEADS.set, xml));
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
export function inOnEntityIdOperation({ listId, leadId }: Sample): Operation {
  return get(membersByIdPath(listId, [leadId]));
}

/** U19: the list with one of its leads, through the relationship. */
export function associationOperation({ listId, leadId }: Sample): Operation {
  const filter = eq(LEADS.key, odataGuid(leadId));
  const expand = [{ property: 'listlead_association', select: [LEADS.key], filter }];
  return get(query(row('lists', listId), { select: ['listid'], expand }));
}

/** U30: the join that resolves people and reads their membership at once. */
export function outerJoinOperation({ listId, leadId }: Sample): Operation {
  const xml = fetchXml({
    entity: LEADS.name,
    attributes: [LEADS.key],
    filter: { conditions: [{ attribute: LEADS.key, operator: 'eq', value: leadId }] },
    links: [memberLink('outer', listId)],
  });
  return get(fetchPath(LEADS.set, xml));
}

/** U26: the list's own count, and what it should be. */
export function memberCountOperations({ listId }: Sample): readonly [Operation, Operation] {
  const filter = eq('_listid_value', odataGuid(listId));
  return [
    get(query(row('lists', listId), { select: ['membercount'] })),
    get(query('listmembers', { apply: { filter, countAs: 'members' } })),
  ];
}

/** U20: whether the tables are watched for duplicates at all. */
export function duplicateDetectionOperations(): readonly [Operation, Operation] {
  const of = (table: string) =>
    get(query(`EntityDefinitions(LogicalName='${table}')`, { select: ['LogicalName', 'IsDuplicateDetectionEnabled'] }));
  return [of('lead'), of('contact')];
}

/** U29, around the caps that are told of: 2,000 was one until 2022. */
export const IN_SIZES = [300, 500, 1000, 2000, 2001] as const;

/** Short texts that are nobody's e-mail, so that 2,001 of them fit into a batched GET. */
const values = (count: number): readonly string[] => Array.from({ length: count }, (_, place) => place.toString(36));

export function inOperations(): readonly Operation[] {
  return IN_SIZES.map((size) =>
    get(query(LEADS.set, { select: [LEADS.key], filter: and(inList('emailaddress1', values(size))), top: 1 })),
  );
}

export function fetchInOperations(): readonly Operation[] {
  return IN_SIZES.map((size) => {
    const filter = { conditions: [{ attribute: 'emailaddress1', operator: 'in' as const, values: values(size) }] };
    return get(fetchPath(LEADS.set, fetchXml({ entity: LEADS.name, attributes: [LEADS.key], filter, top: 1 })));
  });
}
