import { makers, noSegment, refusal, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
const context = (type: string) => `${api.root()}/$metadata#Microsoft.Dynamics.CRM.${type}`;

describe('WhoAmI', () => {
  it.each(['WhoAmI', 'WhoAmI()'])('answers to %s [documented]', async (path) => {
    const answer = await api.get(path);
    expect(answer).toMatchObject({
      status: 200,
      json: {
        '@odata.context': context('WhoAmIResponse'),
        BusinessUnitId: expect.any(String),
        UserId: expect.any(String),
        OrganizationId: api.emulator().organizationId,
      },
    });
  });

  it('answers POST with 404 and an empty code [documented]', async () => {
    expect(await api.post('WhoAmI', {})).toMatchObject(
      refusal(404, '', expect.stringMatching(/^No HTTP resource was found that matches the request URI '.*WhoAmI'\.$/)),
    );
  });
});

describe('what the switches take away', () => {
  it.each([
    ['U9', { removeListMembersList: 'absent' }, 'RemoveListMembersList'],
    ['U10', { removeMemberList: 'absent' }, 'RemoveMemberList'],
    ['U11', { removeItemCampaign: 'absent' }, 'RemoveItemCampaign'],
    ['U28', { addItemCampaign: 'absent' }, 'AddItemCampaign'],
  ] as const)('%s is gone from $metadata and from sdkmessages too', async (_question, switches, name) => {
    const offers = async () => [
      (await api.get('$metadata')).text.includes(`<Action Name="${name}"`),
      (await api.rows(`sdkmessages?$select=name&$filter=name eq '${name}'`)).length === 1,
      JSON.stringify(await api.rows('sdkmessages?$select=name')).includes(`"${name}"`),
    ];
    expect(await offers()).toEqual([true, true, true]);
    api.switch(switches);
    expect(await offers()).toEqual([false, false, false]);
  });
});

describe('other functions', () => {
  it('RetrieveVersion names a 9.2 version [field]', async () => {
    expect((await api.get('RetrieveVersion()')).json.Version).toMatch(/^9\.2\./);
  });

  it('RetrieveCurrentOrganization takes an aliased enumeration [documented]', async () => {
    const path = "RetrieveCurrentOrganization(AccessType=@p1)?@p1=Microsoft.Dynamics.CRM.EndpointAccessType'Default'";
    expect((await api.get(path)).json).toMatchObject({
      Detail: { OrganizationId: api.emulator().organizationId, State: 'Enabled' },
    });
  });

  it('refuses an unknown unbound operation [documented]', async () => {
    expect(await api.post('NoSuchAction', {})).toMatchObject(noSegment('NoSuchAction'));
  });

  it.each(['CopyMembersList', 'QualifyMemberList', 'AddMembersBatchList', 'RemoveMembersByFetchXmlList'])(
    'answers %s, which it does not serve, with 501',
    async (action) => {
      const url = `lists(${await make.leadList()})/Microsoft.Dynamics.CRM.${action}`;
      expect((await api.post(url, {})).status).toBe(501);
    },
  );
});
