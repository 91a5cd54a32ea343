import { randomUUID } from 'node:crypto';
import {
  crm,
  INVALID_ARGUMENT,
  LOCKED,
  makers,
  members,
  notThere,
  peopleOn,
  refusal,
  useEmulator,
} from '../support/emulator.ts';
import { part, sendBatch } from '../support/raw-batch.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
const add = (list: string, table: string, people: readonly string[]) =>
  api.post('AddListMembersList', members(list, table, people));

const DYNAMIC = refusal(400, '0x8004f701', 'This action is not available for a dynamic marketing list.');

describe('AddListMembersList', () => {
  it('adds people of the list’s type and answers 204 without a value [documented]', async () => {
    const [list, one, two] = [await make.leadList(), await make.lead(), await make.lead()];
    expect(await add(list, 'lead', [one, two])).toMatchObject({ status: 204, text: '' });
    expect((await peopleOn(api, list)).toSorted()).toEqual([one, two].toSorted());
  });

  it('notes the person’s table and name [documented columns]', async () => {
    const [list, person] = [await make.contactList(), await make.contact({ firstname: 'Ada', lastname: 'Byron' })];
    await add(list, 'contact', [person]);
    const [row] = await api.rows(`listmembers?$filter=_listid_value eq ${list}`);
    expect(row).toMatchObject({ entitytype: 'contact', name: 'Ada Byron' });
  });

  it.each([
    ['caller', 'd1c0a111-0000-4000-8000-000000000001'],
    ['system', '5a57e000-0000-4000-8000-000000000005'],
    ['constant', '5a1e5000-0000-4000-8000-000000000006'],
    ['none', null],
  ] as const)('U32 memberCreator %s: the row names %s', async (value, creator) => {
    const [list, person] = [await make.leadList(), await make.lead()];
    api.switch({ memberCreator: value });
    await add(list, 'lead', [person]);
    const [row] = await api.rows(`listmembers?$filter=_listid_value eq ${list}`);
    expect(row).toMatchObject({ _createdby_value: creator });
  });

  it('refuses a list that is not there [inferred]', async () => {
    const list = randomUUID();
    expect(await add(list, 'lead', [await make.lead()])).toMatchObject(notThere('list', list));
  });

  it('refuses a person who is not there [inferred]', async () => {
    const person = randomUUID();
    expect(await add(await make.leadList(), 'lead', [person])).toMatchObject(notThere('lead', person));
  });

  it.each([
    ['locked', { lockstatus: true }, LOCKED],
    ['dynamic', { type: true }, DYNAMIC],
  ])('refuses a list that is %s [documented text]', async (_what, row, refused) => {
    expect(await add(await make.leadList(row), 'lead', [await make.lead()])).toMatchObject(refused);
  });

  it('refuses an inactive list [documented text]', async () => {
    const list = await make.leadList();
    await api.patch(`lists(${list})`, { statecode: 1, statuscode: 1 });
    expect(await add(list, 'lead', [await make.lead()])).toMatchObject(
      refusal(400, '0x8004033a', 'List is not active. Cannot perform this operation.'),
    );
  });

  it.each([
    ['no list', { List: null, Members: [] }],
    ['no members', { List: crm('list', randomUUID()), Members: null }],
    ['an empty array of members', { List: crm('list', randomUUID()), Members: [] }],
  ])('refuses %s [inferred]', async (_name, body) => {
    expect(await api.post('AddListMembersList', body)).toMatchObject(INVALID_ARGUMENT);
  });

  it('refuses a member without @odata.type, the parameter being abstract [documented rule]', async () => {
    const [list, person] = [await make.leadList(), await make.lead()];
    const answer = await api.post('AddListMembersList', { List: crm('list', list), Members: [{ leadid: person }] });
    expect(answer.status).toBe(400);
    expect(await peopleOn(api, list)).toEqual([]);
  });

  it('refuses an undeclared parameter [documented, field]', async () => {
    const body = { ...members(await make.leadList(), 'lead', [await make.lead()]), Extra: 1 };
    const answer = await api.post('AddListMembersList', body);
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.text).toContain('oes not support untyped value in non-open type');
  });

  it('answers GET with 404 and an empty code [documented]', async () => {
    expect(await api.get('AddListMembersList')).toMatchObject(
      refusal(404, '', expect.stringContaining('No HTTP resource was found that matches the request URI')),
    );
  });
});

describe('AddListMembersList where nobody has settled the answer', () => {
  const listWith = async (person: string) => {
    const list = await make.leadList();
    await add(list, 'lead', [person]);
    return list;
  };

  it.each([
    ['ignored', 204, 1],
    ['error', 412, 1],
    ['second-row', 204, 2],
  ] as const)('U1 addExistingMember %s: %d and %d rows', async (value, status, rows) => {
    api.switch({ addExistingMember: value });
    const person = await make.lead();
    const list = await listWith(person);
    expect(await add(list, 'lead', [person])).toMatchObject({ status });
    expect(await peopleOn(api, list)).toHaveLength(rows);
  });

  it.each([
    ['0x80040301', 400],
    ['0x80040217', 404],
  ] as const)('U4 addWrongTable %s: status %d', async (value, status) => {
    api.switch({ addWrongTable: value });
    const [list, contact] = [await make.leadList(), await make.contact()];
    const expected = { status, json: { error: { code: value } } };
    expect(await add(list, 'contact', [contact])).toMatchObject(expected);
    expect(await add(list, 'lead', [contact])).toMatchObject(expected);
  });

  it.each([
    ['accepted', 204, 1],
    ['refused', 400, 0],
    ['skipped', 204, 0],
  ] as const)('U5 addInactivePerson %s: %d and %d rows', async (value, status, rows) => {
    api.switch({ addInactivePerson: value });
    const [list, person] = [await make.leadList(), await make.lead()];
    await api.patch(`leads(${person})`, { statecode: 2, statuscode: 4 });
    const answer = await add(list, 'lead', [person]);
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.json).toMatchObject({ error: { code: '0x8004033b' } });
    expect(await peopleOn(api, list)).toHaveLength(rows);
  });

  it('U16 membersSize limit-500: refuses more than 500', async () => {
    api.switch({ membersSize: 'limit-500' });
    const people = Array.from({ length: 501 }, () => randomUUID());
    expect(await add(await make.leadList(), 'lead', people)).toMatchObject({ status: 400 });
  });

  it('U16 membersSize asynchronous: the rows show up after some reads', async () => {
    api.switch({ membersSize: 'asynchronous' });
    const [list, person] = [await make.leadList(), await make.lead()];
    await add(list, 'lead', [person]);
    const seen = [await peopleOn(api, list), await peopleOn(api, list), await peopleOn(api, list)];
    expect(seen).toEqual([[], [], [person]]);
  });

  it.each([
    ['consistent', 0],
    ['late-1', 1],
    ['late-3', 3],
  ] as const)('U22 readAfterWrite %s: %d reads are late', async (value, late) => {
    const [list, person] = [await make.leadList(), await make.lead()];
    api.switch({ readAfterWrite: value });
    await add(list, 'lead', [person]);
    for (let read = 0; read < late; read += 1) expect(await peopleOn(api, list)).toEqual([]);
    expect(await peopleOn(api, list)).toEqual([person]);
  });

  it('U22 readAfterWrite late-3: a part of a batch reads its own tables only', async () => {
    const [list, person] = [await make.leadList(), await make.lead()];
    api.switch({ readAfterWrite: 'late-3' });
    await add(list, 'lead', [person]);
    const members = part('GET', `listmembers?$filter=_listid_value%20eq%20${list}`);
    await sendBatch(api, [members, part('GET', 'campaigns'), part('GET', 'campaigns')]);
    expect(await peopleOn(api, list)).toEqual([]);
  });
});
