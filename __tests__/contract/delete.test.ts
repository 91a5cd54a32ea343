import { randomUUID } from 'node:crypto';
import { crm, makers, notThere, peopleOn, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);

async function memberOfList() {
  const { list, people } = await make.filledList(1);
  const [row] = await api.rows(`listmembers?$filter=_listid_value eq ${list}`);
  return { list, person: people[0], row: String(row?.listmemberid) };
}

describe('DELETE on a row', () => {
  it('answers 204, and the row is gone [documented]', async () => {
    const lead = await make.lead();
    expect(await api.delete(`leads(${lead})`)).toMatchObject({ status: 204 });
    expect(await api.get(`leads(${lead})`)).toMatchObject(notThere('lead', lead));
  });

  it('refuses what is not there [field, recorded]', async () => {
    const user = randomUUID();
    expect(await api.delete(`systemusers(${user})`)).toMatchObject(notThere('SystemUser', user));
  });

  it('takes a person’s memberships along [inferred]', async () => {
    const { list, person } = await memberOfList();
    await api.delete(`leads(${person})`);
    expect(await peopleOn(api, list)).toEqual([]);
  });

  it('takes a list’s members and links along [inferred]', async () => {
    const { list } = await memberOfList();
    const campaign = await make.campaign();
    await api.post(`lists(${list})/Microsoft.Dynamics.CRM.AddItemCampaign`, { Campaign: crm('campaign', campaign) });
    await api.delete(`lists(${list})`);
    expect(await peopleOn(api, list)).toEqual([]);
    expect(await api.rows(`campaignitems?$filter=entityid eq ${list}`)).toEqual([]);
  });

  it.each([
    ['refused', 400, 1],
    ['works', 204, 0],
  ] as const)('U18 deleteListMember %s: %d and %d members left', async (value, status, left) => {
    api.switch({ deleteListMember: value });
    const { list, row } = await memberOfList();
    expect(await api.delete(`listmembers(${row})`)).toMatchObject({ status });
    expect(await peopleOn(api, list)).toHaveLength(left);
  });
});
