import { crm, makers, members, useEmulator } from '../support/emulator.ts';

const api = useEmulator();
const make = makers(api);
const marketo = 'Bearer app:3a4ce700-0000-4000-8000-0000000000aa';
const marketoId = '3a4ce700-0000-4000-8000-000000000002';
const as = { Authorization: marketo };
const give = (privileges: Parameters<ReturnType<typeof api.emulator>['admin']['setPrivileges']>[1]) =>
  api.emulator().admin.setPrivileges(marketoId, privileges);

afterEach(() => give(null));

describe('a missing privilege', () => {
  it('is refused with 403 and the documented text', async () => {
    give({ prvReadLead: 'None' });
    const answer = await api.get('leads', as);
    expect(answer).toMatchObject({ status: 403, json: { error: { code: '0x80040220' } } });
    expect(JSON.stringify(answer.json)).toMatch(
      /Principal user \(Id=[0-9a-f-]{36}, type=8, roleCount=1, privilegeCount=\d+, accessMode=\d\), is missing prvReadLead privilege \(Id=[0-9a-f-]{36}\) on OTC=4 for entity 'lead'\. context\.Caller=[0-9a-f-]{36}/,
    );
  });

  it.each([
    ['prvReadList', () => api.get('lists', as)],
    ['prvReadList', () => api.get('listmembers', as)],
    ['prvReadCampaign', () => api.get('campaigns', as)],
    ['prvCreateList', () => api.post('lists', { listname: 'X', createdfromcode: 4 }, as)],
    ['prvWriteList', async () => api.patch(`lists(${await make.leadList()})`, { purpose: 'X' }, as)],
    ['prvDeleteList', async () => api.delete(`lists(${await make.leadList()})`, as)],
    ['prvCreateLead', () => api.post('leads', { lastname: 'X' }, as)],
    ['prvCreateContact', () => api.post('contacts', { lastname: 'X' }, as)],
    ['prvAppendToList', async () => addLead()],
    ['prvAppendLead', async () => addLead()],
    ['prvAppendToList', async () => removeLead()],
    ['prvAppendToCampaign', async () => link()],
    ['prvAppendList', async () => link()],
    ['prvReadActivity', async () => unlink()],
    ['prvAppendToCampaign', async () => leadWithCampaign()],
  ] as const)('%s stops what needs it [documented: privileges by message] (%#)', async (name, request) => {
    give({ [name]: 'None' });
    const answer = await request();
    expect(answer.status).toBe(403);
    expect(answer.text).toContain(`is missing ${name} privilege`);
  });

  it('of one of two joined tables is enough to refuse a join', async () => {
    give({ prvReadList: 'None' });
    const fetchXml =
      '<fetch><entity name="lead"><attribute name="leadid"/><link-entity name="listmember" from="entityid" to="leadid"><attribute name="listid"/></link-entity></entity></fetch>';
    expect((await api.get(`leads?fetchXml=${encodeURIComponent(fetchXml)}`, as)).status).toBe(403);
  });
});

const addLead = async () =>
  api.post('AddListMembersList', members(await make.leadList(), 'lead', [await make.lead()]), as);
const removeLead = async () =>
  api.post('RemoveListMembersList', members(await make.leadList(), 'lead', [await make.lead()]), as);
const link = async () =>
  api.post(
    `lists(${await make.leadList()})/Microsoft.Dynamics.CRM.AddItemCampaign`,
    { Campaign: crm('campaign', await make.campaign()) },
    as,
  );
const unlink = async () =>
  api.post(
    `campaigns(${await make.campaign()})/Microsoft.Dynamics.CRM.RemoveItemCampaign`,
    { CampaignItem: crm('campaignitem', await make.leadList()) },
    as,
  );
const leadWithCampaign = async () =>
  api.post('leads', { lastname: 'X', 'campaignid@odata.bind': `/campaigns(${await make.campaign()})` }, as);

describe('a read depth of Basic', () => {
  it('shows the user’s own rows only; others are simply missing [documented]', async () => {
    give({ prvReadLead: 'Basic' });
    const lead = await make.lead();
    expect((await api.get(`leads(${lead})`, as)).status).toBe(404);
    const own = await api.post('leads', { lastname: 'Own' }, { ...as, Prefer: 'return=representation' });
    expect(own.status).toBe(201);
    const seen = await api.get('leads?$select=lastname', as);
    expect(seen.json.value).toMatchObject([{ lastname: 'Own' }]);
  });

  it('hides the members of lists that others own [inferred]', async () => {
    give({ prvReadList: 'Basic' });
    expect((await api.get('listmembers?$select=_ownerid_value', as)).json.value).not.toEqual([]);
    const owners = JSON.stringify((await api.get('listmembers?$select=_ownerid_value', as)).json.value);
    expect(new Set(owners.match(/"_ownerid_value":"[^"]+"/g))).toEqual(new Set([`"_ownerid_value":"${marketoId}"`]));
  });
});

it.each(['Deep', 'Local'] as const)(
  'a read depth of %s shows all rows of the one business unit (U44)',
  async (readDepth) => {
    const tables = ['campaigns', 'lists', 'leads', 'contacts', 'listmembers', 'campaignitems'];
    const counts = () => Promise.all(tables.map(async (table) => (await api.rows(table)).length));
    const all = await counts();
    api.switch({ readDepth });
    expect(await counts()).toEqual(all);
  },
);

describe('table definitions', () => {
  const attributes = "EntityDefinitions(LogicalName='lead')/Attributes?$select=LogicalName,IsSecured";
  const lookups = "EntityDefinitions(LogicalName='lead')/ManyToOneRelationships?$select=ReferencingAttribute";

  it.each([
    ['prvReadEntity', 'EntityDefinitions?$select=LogicalName'],
    ['prvReadAttribute', attributes],
    ['prvReadRelationship', lookups],
  ])('take %s [field]', async (name, path) => {
    give({ [name]: 'None' });
    const answer = await api.get(path, as);
    expect(answer).toMatchObject({ status: 403, json: { error: { code: '0x80040220' } } });
    expect(answer.text).toContain(`is missing ${name} privilege`);
  });

  it.each(['0x80040220', '0x80048306', '0x80040256'] as const)('may be refused with %s (U37)', async (code) => {
    expect((await api.get(attributes)).status).toBe(200);
    api.switch({ tableDefinitions: code });
    expect(await api.get(attributes)).toMatchObject({ status: 403, json: { error: { code } } });
  });

  it.each([
    ['no', 'empty', 'secured@x.example', true],
    ['yes', 'empty', null, true],
    // As a view that filters by such a column is empty. [field]
    ['yes', 'not-compared', null, false],
    ['yes', 'masked', '####', true],
  ] as const)('say whether e-mail is secured: %s; it is %s then (U40)', async (...answer) => {
    const [securedEmail, securedValues, shown, isFound] = answer;
    const lead = await make.lead({ emailaddress1: 'secured@x.example' });
    api.switch({ securedEmail, securedValues });
    const filter = encodeURIComponent("LogicalName eq 'emailaddress1'");
    const { json } = await api.get(`${attributes}&$filter=${filter}`);
    expect(json.value).toMatchObject([{ IsSecured: securedEmail === 'yes' }]);
    expect((await api.get(`leads(${lead})?$select=emailaddress1`)).json.emailaddress1).toBe(shown);
    const xml = `<fetch><entity name="lead"><attribute name="emailaddress1"/><filter><condition attribute="leadid" operator="eq" value="${lead}"/></filter></entity></fetch>`;
    const [row] = await api.rows(`leads?fetchXml=${encodeURIComponent(xml)}`);
    expect(row?.emailaddress1 ?? null).toBe(shown);
    const found = await api.rows(`leads?$filter=leadid eq ${lead} and emailaddress1 eq 'secured@x.example'`);
    expect(found).toHaveLength(isFound ? 1 : 0);
  });
});

describe('privilege functions', () => {
  const byNames = (name: string) =>
    api.get(
      `systemusers(${marketoId})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p1)?@p1=["${name}"]`,
    );

  it.each(['Global', 'Deep', 'Local', 'Basic', 'RecordFilter'] as const)(
    'show the depth %s (U44)',
    async (readDepth) => {
      api.switch({ readDepth });
      expect((await byNames('prvReadLead')).json.RolePrivileges).toMatchObject([{ Depth: readDepth }]);
      expect((await byNames('prvCreateLead')).json.RolePrivileges).toMatchObject([{ Depth: 'Global' }]);
    },
  );

  it('may be refused, or leave names out, which the table `privileges` then has (U38)', async () => {
    api.switch({ privilegesByNames: 'refused' });
    expect((await byNames('prvReadLead')).status).toBe(403);
    api.switch({ privilegesByNames: 'without-names' });
    const [granted] = Object((await byNames('prvReadLead')).json.RolePrivileges);
    expect(granted).not.toHaveProperty('PrivilegeName');
    expect(await api.rows("privileges?$select=name&$filter=name eq 'prvReadLead'")).toMatchObject([
      { privilegeid: granted.PrivilegeId, name: 'prvReadLead' },
    ]);
  });

  it.each([
    `RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p1)?@p1=["prvReadList","prvNoSuch"]`,
    `RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p1)?@p1=${encodeURIComponent('["prvReadList"]')}`,
  ])('%s answers the asked ones the user has [documented]', async (call) => {
    const answer = await api.get(`systemusers(${marketoId})/Microsoft.Dynamics.CRM.${call}`);
    expect(answer.json.RolePrivileges).toMatchObject([{ PrivilegeName: 'prvReadList', Depth: 'Global' }]);
  });
});
