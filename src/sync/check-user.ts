/**
 * Whether the user is one that campaign sync can work as. Marketo does not read back what its own sync user changes ("Step 2 of 4: Set Up
 * Marketo Sync User"), so that people whom dyncamp adds as that user would stay unknown to it.
 */
import { and, eq, odataGuid, query, row, startsWith } from '../dataverse/odata-query.ts';
import type { JsonValue, OperationResult, Read } from '../dataverse/operation.ts';
import { readObject, readRows } from '../dataverse/reads.ts';
import { OWN_LIST_PREFIX, parseOwnListName } from '../membership/list-name.ts';
import { type Check, ok, warning } from './check.ts';

/** Enough to see that a user makes lists as Marketo does. */
const LISTS_LOOKED_AT = 50;

export function userOperations(userId: string): readonly [Read, Read] {
  const filter = and(startsWith('listname', OWN_LIST_PREFIX), eq('_createdby_value', odataGuid(userId)));
  return [
    readObject(
      query(row('systemusers', userId), { select: ['fullname', 'domainname', 'applicationid'] }),
      'systemuserid',
    ),
    readRows(query('lists', { select: ['listname'], filter, top: LISTS_LOOKED_AT }), 'listid'),
  ];
}

export function checkUser(
  userId: string,
  user: OperationResult | undefined,
  lists: OperationResult | undefined,
): Check {
  const { fullname, domainname, applicationid } = (user?.kind === 'ok' ? user.body : undefined) ?? {};
  const name = text(fullname) || text(domainname);
  const kind = text(applicationid) === '' ? 'user' : 'application user';
  const who = name === '' ? `The user ${userId} (its name cannot be read)` : `"${name}", ${kind} ${userId}`;
  const why = whyMarketo([text(fullname), text(domainname)].join(' '), lists);
  if (why === undefined) return ok('user', `${who}.`);
  return warning(
    'user',
    `${who}, seems to be Marketo's sync user: ${why}.`,
    'Give dyncamp an application user of its own (`dyncamp sync check --request`): Marketo does not read back what its own sync user changes, so it would not learn of the people that dyncamp adds.',
  );
}

function whyMarketo(names: string, lists: OperationResult | undefined): string | undefined {
  if (/marketo|\bmkto\b/i.test(names)) return 'its name says so';
  const made = lists?.kind === 'ok' && Array.isArray(lists.body?.value) ? lists.body.value : [];
  const marketos = made.map(listName).find((name) => parseOwnListName(name)?.uniqueGuid === undefined && name !== '');
  return marketos === undefined
    ? undefined
    : `it made the list "${marketos}", which is not named as dyncamp names its own`;
}

function listName(list: JsonValue): string {
  return typeof list === 'object' && list !== null && !Array.isArray(list) ? text(list.listname) : '';
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
