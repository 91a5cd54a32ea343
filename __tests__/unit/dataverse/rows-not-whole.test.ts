/** Rows that lack what they were read for: no answer, for "nobody is on the list" or "nobody has this address" would follow from them. */

import { readMembersById, readMembersOfList } from '../../../src/campaign/queries.ts';
import { classifyResponse } from '../../../src/dataverse/classify.ts';
import type { Read } from '../../../src/dataverse/operation.ts';
import type { JsonObject } from '../../../src/json.ts';
import { readsForQuery } from '../../../src/people/fetch.ts';
import { json } from './fake-transport.ts';

const ID = '11111111-1111-4111-8111-111111111111';
const reader = () => undefined;
const judged = (read: Read | undefined, row: JsonObject) =>
  read === undefined ? undefined : classifyResponse(json(200, { value: [row] }), read, reader).kind;
const without = (row: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(row).filter(([each]) => each !== name));

const MEMBER = { listmemberid: ID, _listid_value: ID, _entityid_value: ID, createdon: '2026-01-01T00:00:00Z' };

describe.each([
  ['by person', readMembersById(ID, [ID])],
  ['of a list', readMembersOfList(ID)],
])('a membership row read %s', (_, read) => {
  it('may lack its creator', () => {
    expect(judged(read, MEMBER)).toBe('ok');
  });

  it.each(Object.keys(MEMBER))('is no answer without %s', (name) => {
    expect(judged(read, without(MEMBER, name))).toBe('unknown');
  });
});

describe('a person', () => {
  const options = { joinLists: [ID], extraAttribute: undefined, maxValues: 100 };
  const [byId] = readsForQuery({ type: 'lead', attribute: 'leadid', values: [ID] }, options);
  const joined = { m_id: ID, m_list: ID, m_on: '2026-01-01T00:00:00Z' };

  it.each(Object.keys(joined))('is on a list by a whole row only: not without %s', (name) => {
    expect(judged(byId?.read, { leadid: ID, ...joined })).toBe('ok');
    expect(judged(byId?.read, { leadid: ID, ...without(joined, name) })).toBe('unknown');
  });
});
