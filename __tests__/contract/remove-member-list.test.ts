import { makers, NOT_A_MEMBER, peopleOn, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
const remove = (list: string, body: unknown) =>
  api.post(`lists(${list})/Microsoft.Dynamics.CRM.RemoveMemberList`, body);

async function memberOfList() {
  const { list, people } = await make.filledList(1);
  return { list, person: people[0] };
}

describe('RemoveMemberList', () => {
  it('takes the PERSON’s id as listmemberid [field: nine SDK callers]', async () => {
    api.switch({ removeMemberList: 'no-content' });
    const { list, person } = await memberOfList();
    expect(await remove(list, { ListMember: { listmemberid: person } })).toMatchObject({ status: 204 });
    expect(await peopleOn(api, list)).toEqual([]);
  });

  it('takes an @odata.type as well [inferred]', async () => {
    api.switch({ removeMemberList: 'no-content' });
    const { list, person } = await memberOfList();
    const ListMember = { '@odata.type': 'Microsoft.Dynamics.CRM.listmember', listmemberid: person };
    expect(await remove(list, { ListMember })).toMatchObject({ status: 204 });
  });

  it('does not know the id of the membership row [field]', async () => {
    const { list, person } = await memberOfList();
    const [row] = await api.rows(`listmembers?$filter=_listid_value eq ${list}`);
    expect(await remove(list, { ListMember: { listmemberid: row?.listmemberid } })).toMatchObject(NOT_A_MEMBER);
    expect(await peopleOn(api, list)).toEqual([person]);
  });

  it('refuses another parameter [documented rule]', async () => {
    const { list, person } = await memberOfList();
    const answer = await remove(list, { EntityId: person });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('oes not support untyped value in non-open type');
  });

  it.each([
    ['no-content', 204, 0],
    ['ok-200', 200, 0],
    ['absent', 404, 1],
    ['parameter-refused', 400, 1],
  ] as const)('U10 removeMemberList %s: %d and %d members left', async (value, status, left) => {
    api.switch({ removeMemberList: value });
    const { list, person } = await memberOfList();
    expect(await remove(list, { ListMember: { listmemberid: person } })).toMatchObject({ status });
    expect(await peopleOn(api, list)).toHaveLength(left);
  });
});
