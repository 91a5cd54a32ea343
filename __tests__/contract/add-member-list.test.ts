import { randomUUID } from 'node:crypto';
import {
  INVALID_ARGUMENT,
  LOCKED,
  makers,
  noSegment,
  notThere,
  peopleOn,
  refusal,
  useEmulator,
} from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
const add = (list: string, body: unknown) => api.post(`lists(${list})/Microsoft.Dynamics.CRM.AddMemberList`, body);

describe('AddMemberList', () => {
  it('adds one person and answers the id of the new row [documented]', async () => {
    const [list, person] = [await make.leadList(), await make.lead()];
    const answer = await add(list, { EntityId: person });
    const [row] = await api.rows(`listmembers?$select=_entityid_value&$filter=_listid_value eq ${list}`);
    expect(row).toMatchObject({ _entityid_value: person });
    expect(answer).toMatchObject({
      status: 200,
      json: {
        '@odata.context': `${api.root()}/$metadata#Microsoft.Dynamics.CRM.AddMemberListResponse`,
        Id: row?.listmemberid,
      },
    });
  });

  it('takes a trailing question mark, as one client sends it [field]', async () => {
    const [list, person] = [await make.contactList(), await make.contact()];
    const url = `lists(${list})/Microsoft.Dynamics.CRM.AddMemberList?`;
    expect(await api.post(url, { EntityId: person })).toMatchObject({ status: 200 });
  });

  it('finds the table in the list: a contact is no lead [inferred]', async () => {
    const [list, contact] = [await make.leadList(), await make.contact()];
    expect(await add(list, { EntityId: contact })).toMatchObject(
      refusal(400, '0x80040301', 'Unsupported list member type.'),
    );
  });

  it('refuses an id that nobody has [inferred]', async () => {
    const person = randomUUID();
    expect(await add(await make.contactList(), { EntityId: person })).toMatchObject(notThere('contact', person));
  });

  it('refuses a list that is not there [inferred]', async () => {
    const list = randomUUID();
    expect(await add(list, { EntityId: await make.lead() })).toMatchObject(notThere('list', list));
  });

  it('refuses a locked list [documented text]', async () => {
    const list = await make.leadList({ lockstatus: true });
    expect(await add(list, { EntityId: await make.lead() })).toMatchObject(LOCKED);
  });

  it('refuses a null id [inferred]', async () => {
    expect(await add(await make.leadList(), { EntityId: null })).toMatchObject(INVALID_ARGUMENT);
  });

  it('is not found without its namespace [documented]', async () => {
    const answer = await api.post(`lists(${await make.leadList()})/AddMemberList`, { EntityId: await make.lead() });
    expect(answer).toMatchObject(noSegment('AddMemberList'));
  });

  it.each([
    ['ignored', 200, 1],
    ['error', 412, 1],
    ['second-row', 200, 2],
  ] as const)('U1 addExistingMember %s: %d and %d rows', async (value, status, rows) => {
    api.switch({ addExistingMember: value });
    const [list, person] = [await make.leadList(), await make.lead()];
    await add(list, { EntityId: person });
    expect(await add(list, { EntityId: person })).toMatchObject({ status });
    expect(await peopleOn(api, list)).toHaveLength(rows);
  });
});

describe('AddMemberList of a merged person', () => {
  // Of the default organization.
  const seeded = useEmulator();
  const merged = '5b0e7a94-13c6-4d0f-8e21-000000000018';

  it.each([
    ['accepted', 200],
    ['refused', 400],
  ] as const)('U6 addMergedPerson %s: %d', async (value, status) => {
    seeded.switch({ addMergedPerson: value });
    const list = await makers(seeded).leadList();
    const url = `lists(${list})/Microsoft.Dynamics.CRM.AddMemberList`;
    expect(await seeded.post(url, { EntityId: merged })).toMatchObject({ status });
  });
});
