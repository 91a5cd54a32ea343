import { randomUUID } from 'node:crypto';
import { crm, makers, notThere, refusal, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
const link = (list: string, campaign: string) =>
  api.post(`lists(${list})/Microsoft.Dynamics.CRM.AddItemCampaign`, { Campaign: crm('campaign', campaign) });
const campaignsOf = async (list: string) =>
  (await api.rows(`lists(${list})/campaignlist_association?$select=campaignid`)).map((row) => row.campaignid);

describe('AddItemCampaign', () => {
  it('links list and campaign and answers the campaignitem row [documented: CSDL, action page]', async () => {
    const [list, campaign] = [await make.leadList(), await make.campaign()];
    expect(await link(list, campaign)).toMatchObject({
      status: 200,
      json: {
        '@odata.context': `${api.root()}/$metadata#campaignitems/$entity`,
        '@odata.etag': expect.stringMatching(/^W\/"\d+"$/),
        campaignitemid: expect.any(String),
        _campaignid_value: campaign,
        entityid: list,
        entitytype: 'list',
      },
    });
  });

  it('shows from both ends and as a campaignitem [field]', async () => {
    const [list, campaign] = [await make.leadList(), await make.campaign()];
    await link(list, campaign);
    expect(await campaignsOf(list)).toEqual([campaign]);
    expect(await api.rows(`campaigns(${campaign})/campaignlist_association?$select=listid`)).toMatchObject([
      { listid: list },
    ]);
    expect(
      await api.rows(`campaignitems?$select=entityid,entitytype&$filter=_campaignid_value eq ${campaign}`),
    ).toMatchObject([{ entityid: list, entitytype: 'list' }]);
  });

  it('refuses a list that is not there [inferred]', async () => {
    const list = randomUUID();
    expect(await link(list, await make.campaign())).toMatchObject(notThere('list', list));
  });

  it('refuses a campaign that is not there [inferred]', async () => {
    const campaign = randomUUID();
    expect(await link(await make.leadList(), campaign)).toMatchObject(notThere('campaign', campaign));
  });

  it('refuses an inactive list [documented code, field trigger]', async () => {
    const list = await make.leadList();
    await api.patch(`lists(${list})`, { statecode: 1, statuscode: 1 });
    expect(await link(list, await make.campaign())).toMatchObject(
      refusal(400, '0x80040304', 'Cannot associate an inactive item to a Campaign.'),
    );
  });

  it('U28 addItemCampaign absent: 404', async () => {
    api.switch({ addItemCampaign: 'absent' });
    expect(await link(await make.leadList(), await make.campaign())).toMatchObject({ status: 404 });
  });

  it.each([
    ['copied', 'yes', 1],
    ['not copied', 'no', 0],
  ] as const)('U27 copyCampaignLinks: links are %s with their campaign', async (_name, value, count) => {
    api.switch({ copyCampaignLinks: value });
    const [list, campaign] = [await make.leadList(), await make.campaign({ name: 'Original' })];
    await link(list, campaign);
    const copy = await api.post(`campaigns(${campaign})/Microsoft.Dynamics.CRM.CopyCampaign`, {
      SaveAsTemplate: false,
    });
    expect(copy).toMatchObject({ status: 200, json: { name: 'Original', istemplate: false, statecode: 0 } });
    const links = await api.rows(`campaigns(${String(copy.json.campaignid)})/campaignlist_association?$select=listid`);
    expect(links).toHaveLength(count);
  });
});
