import { crm, makers, refusal, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
const unlink = (campaign: string, listId: string) =>
  api.post(`campaigns(${campaign})/Microsoft.Dynamics.CRM.RemoveItemCampaign`, {
    CampaignItem: crm('campaignitem', listId),
  });

async function linked(): Promise<{ list: string; campaign: string }> {
  const [list, campaign] = [await make.leadList(), await make.campaign()];
  await api.post(`lists(${list})/Microsoft.Dynamics.CRM.AddItemCampaign`, { Campaign: crm('campaign', campaign) });
  return { list, campaign };
}

describe('RemoveItemCampaign', () => {
  it('takes the LIST’s id as campaignitemid and answers 204 [field]', async () => {
    const { list, campaign } = await linked();
    expect(await unlink(campaign, list)).toMatchObject({ status: 204 });
    expect(await api.rows(`campaigns(${campaign})/campaignlist_association`)).toEqual([]);
  });

  it('refuses what is not linked [documented text]', async () => {
    expect(await unlink(await make.campaign(), await make.leadList())).toMatchObject(
      refusal(400, '0x8004030e', 'Specified Object not related to the parent Campaign'),
    );
  });

  it.each([
    ['no-content', 204, 0],
    ['ok-200', 200, 0],
    ['absent', 404, 1],
  ] as const)('U11 removeItemCampaign %s: %d and %d links left', async (value, status, left) => {
    api.switch({ removeItemCampaign: value });
    const { list, campaign } = await linked();
    expect(await unlink(campaign, list)).toMatchObject({ status });
    expect(await api.rows(`campaigns(${campaign})/campaignlist_association`)).toHaveLength(left);
  });
});
