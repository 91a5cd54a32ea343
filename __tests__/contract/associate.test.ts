import { makers, refusal, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
const associate = (campaign: string, reference: string) =>
  api.post(`campaigns(${campaign})/campaignlist_association/$ref`, { '@odata.id': reference });
const lists = async (campaign: string) =>
  (await api.rows(`campaigns(${campaign})/campaignlist_association?$select=listid`)).map((row) => row.listid);

describe('$ref on campaignlist_association', () => {
  it.each([
    ['absolute', (list: string) => `${api.root()}/lists(${list})`],
    ['relative', (list: string) => `lists(${list})`],
    ['rooted', (list: string) => `/api/data/v9.2/lists(${list})`],
  ])('links by a POST with an %s reference [documented in general]', async (_name, url) => {
    const [list, campaign] = [await make.leadList(), await make.campaign()];
    expect(await associate(campaign, url(list))).toMatchObject({ status: 204 });
    expect(await lists(campaign)).toEqual([list]);
  });

  it('links from the list’s end as well [documented: same property on both ends]', async () => {
    const [list, campaign] = [await make.leadList(), await make.campaign()];
    await api.post(`lists(${list})/campaignlist_association/$ref`, { '@odata.id': `campaigns(${campaign})` });
    expect(await lists(campaign)).toEqual([list]);
  });

  it.each([
    ['in the path', (list: string) => `(${list})/$ref`],
    ['as $id', (list: string) => `/$ref?$id=${encodeURIComponent(`${api.root()}/lists(${list})`)}`],
  ])('unlinks by DELETE with the list %s [documented]', async (_name, tail) => {
    const [list, campaign] = [await make.leadList(), await make.campaign()];
    await associate(campaign, `lists(${list})`);
    const answer = await api.delete(`campaigns(${campaign})/campaignlist_association${tail(list)}`);
    expect(answer).toMatchObject({ status: 204 });
    expect(await lists(campaign)).toEqual([]);
  });

  it.each([
    ['works-strict', 412, 404],
    ['works-idempotent', 204, 204],
    ['refused', 400, 400],
  ] as const)('U13 linkByRef %s: %d for an existing link, %d for an absent one', async (value, again, absent) => {
    const [list, campaign] = [await make.leadList(), await make.campaign()];
    await associate(campaign, `lists(${list})`);
    api.switch({ linkByRef: value });
    expect(await associate(campaign, `lists(${list})`)).toMatchObject({ status: again });
    const other = await make.campaign();
    expect(await api.delete(`campaigns(${other})/campaignlist_association(${list})/$ref`)).toMatchObject({
      status: absent,
    });
  });
});

describe('a reference that cannot be meant', () => {
  it('to a row of another table is refused, and nothing is linked', async () => {
    const campaign = await make.campaign();
    for (const other of [`leads(${await make.lead()})`, `campaigns(${await make.campaign()})`])
      expect(await associate(campaign, other)).toMatchObject(
        refusal(
          400,
          '0x80048d19',
          expect.stringContaining("'campaignlist_association' is to an entity of another type"),
        ),
      );
    expect(await lists(campaign)).toEqual([]);
  });

  it.each([
    'elsewhere(11111111-2222-4333-8444-555555555555)',
    'lists',
    'https://elsewhere.example/api/data/v9.2/lists(LIST)',
  ])('as %s is not parsed [field text]', async (reference) => {
    const [list, campaign] = [await make.leadList(), await make.campaign()];
    expect(await associate(campaign, reference.replace('LIST', list))).toMatchObject(
      refusal(
        400,
        '0x80060888',
        expect.stringContaining('URL was not parsed due to an ODataUnrecognizedPathException'),
      ),
    );
    expect(await lists(campaign)).toEqual([]);
  });
});

describe('$ref elsewhere', () => {
  it.each([
    ['listlead_association', 'leads'],
    ['listcontact_association', 'contacts'],
  ])('is refused on %s [field]', async (property, set) => {
    const list = await make.leadList();
    const url = `lists(${list})/${property}/$ref`;
    const reference = { '@odata.id': `${api.root()}/${set}(${await make.lead()})` };
    expect(await api.post(url, reference)).toMatchObject(
      refusal(400, expect.any(String), 'Associate is not supported for ListMember'),
    );
    expect(await api.delete(`lists(${list})/${property}(${await make.lead()})/$ref`)).toMatchObject(
      refusal(400, expect.any(String), 'Disassociate is not supported for ListMember'),
    );
  });

  it('is refused after the intersect set [field]', async () => {
    const [list, campaign] = [await make.leadList(), await make.campaign()];
    for (const url of ['campaignitems/$ref', `campaigns(${campaign})/campaignitems/$ref`])
      expect(await api.post(url, { '@odata.id': `lists(${list})` })).toMatchObject(
        refusal(400, '0x80060888', "The URI segment '$ref' is invalid after the segment 'campaignitems'."),
      );
  });

  it('sets and clears a lookup by PUT and DELETE [documented]', async () => {
    const [lead, campaign] = [await make.lead(), await make.campaign()];
    const reference = { '@odata.id': `${api.root()}/campaigns(${campaign})` };
    const source = async () => (await api.get(`leads(${lead})?$select=_campaignid_value`)).json._campaignid_value;
    expect(await api.send('PUT', `leads(${lead})/campaignid/$ref`, reference)).toMatchObject({ status: 204 });
    expect(await source()).toBe(campaign);
    expect(await api.delete(`leads(${lead})/campaignid/$ref`)).toMatchObject({ status: 204 });
    expect(await source()).toBeNull();
  });
});
