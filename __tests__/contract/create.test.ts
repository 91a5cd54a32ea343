import { randomUUID } from 'node:crypto';
import { makers, noSegment, refusal, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);

describe('POST on an entity set', () => {
  it('answers 204 with the row’s URL twice [documented]', async () => {
    const leadid = randomUUID();
    const answer = await api.post('leads', { leadid, lastname: 'Arendt' });
    const url = `${api.root()}/leads(${leadid})`;
    expect(answer.status).toBe(204);
    expect(answer.headers.get('odata-entityid')).toBe(url);
    expect(answer.headers.get('location')).toBe(url);
  });

  it('answers 201 with the row for return=representation [documented]', async () => {
    const answer = await api.post(
      'contacts?$select=fullname',
      { firstname: 'Ada', lastname: 'Byron' },
      { Prefer: 'return=representation' },
    );
    expect(answer).toMatchObject({ status: 201, json: { fullname: 'Ada Byron', contactid: expect.any(String) } });
    expect(answer.headers.get('preference-applied')).toBe('return=representation');
  });

  it('takes overriddencreatedon for createdon, and keeps when it was made [documented column]', async () => {
    const lead = await make.lead({ overriddencreatedon: '2020-02-03T04:05:06Z' });
    const { json } = await api.get(`leads(${lead})?$select=createdon,overriddencreatedon`);
    expect(json.createdon).toBe('2020-02-03T04:05:06Z');
    expect(Date.parse(String(json.overriddencreatedon))).toBeGreaterThan(Date.UTC(2024));
    await api.patch(`leads(${lead})`, { overriddencreatedon: '2019-01-01T00:00:00Z' });
    expect((await api.get(`leads(${lead})?$select=createdon`)).json.createdon).toBe('2020-02-03T04:05:06Z');
  });

  it.each(['Microsoft.Dynamics.CRM.lead', '#Microsoft.Dynamics.CRM.lead'])(
    'takes %s for the type of a lead',
    async (type) => {
      expect(await api.post('leads', { '@odata.type': type, lastname: 'X' })).toMatchObject({ status: 204 });
    },
  );

  it.each(['0x80040237', '0x80060892', 'empty'] as const)(
    'refuses an id that is taken with 412 (U34 takenIdCode: %s)',
    async (takenIdCode) => {
      api.switch({ takenIdCode });
      const answer = await api.post('leads', { leadid: await make.lead(), lastname: 'Again' });
      expect(answer).toMatchObject(
        refusal(412, takenIdCode === 'empty' ? '' : takenIdCode, 'A record with matching key values already exists.'),
      );
    },
  );

  it('refuses a row that says it is of another table', async () => {
    expect(await api.post('leads', { '@odata.type': 'Microsoft.Dynamics.CRM.contact', lastname: 'X' })).toMatchObject(
      refusal(
        400,
        '0x80048d19',
        expect.stringContaining("not assignable to the expected type 'Microsoft.Dynamics.CRM.lead'"),
      ),
    );
  });

  it('refuses a body that is empty', async () => {
    const refused = refusal(400, '0x80048d19', expect.stringContaining('The payload is not a JSON object.'));
    expect(await api.post('leads', '')).toMatchObject(refused);
    expect(await api.patch(`leads(${await make.lead()})`, '')).toMatchObject(refused);
  });

  it('fills in state, owner, creator and times [documented columns]', async () => {
    const lead = await make.lead();
    const me = (await api.get('WhoAmI')).json.UserId;
    expect((await api.get(`leads(${lead})`)).json).toMatchObject({
      statecode: 0,
      statuscode: 1,
      donotbulkemail: false,
      _ownerid_value: me,
      _createdby_value: me,
      createdon: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  it('generates a code for a campaign without one [documented]', async () => {
    const campaign = await make.campaign();
    const { codename } = (await api.get(`campaigns(${campaign})?$select=codename`)).json;
    expect(codename).toEqual(expect.stringMatching(/\S/));
    expect(String(codename).length).toBeLessThanOrEqual(32);
  });

  it('makes a list from the minimal body [inferred]', async () => {
    const list = await make.leadList({ listname: 'Minimal', type: false });
    expect((await api.get(`lists(${list})`)).json).toMatchObject({
      listname: 'Minimal',
      type: false,
      lockstatus: false,
      membertype: 4,
      membercount: 0,
      statecode: 0,
      statuscode: 0,
    });
  });

  it('binds a lookup [documented]', async () => {
    const campaign = await make.campaign();
    const lead = await make.lead({ 'campaignid@odata.bind': `/campaigns(${campaign})` });
    expect((await api.get(`leads(${lead})?$select=_campaignid_value`)).json).toMatchObject({
      _campaignid_value: campaign,
    });
  });

  it('refuses an unknown column [documented, field]', async () => {
    const answer = await api.post('leads', { lastname: 'X', nosuchcolumn: 1 });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(
      "Invalid property 'nosuchcolumn' was found in entity 'Microsoft.Dynamics.CRM.lead'. ---> Microsoft.OData.ODataException: Does not support untyped value in non-open type.",
    );
  });

  it('refuses text that is too long [documented]', async () => {
    const answer = await api.post('leads', { lastname: 'x'.repeat(51) });
    expect(answer).toMatchObject(
      refusal(
        400,
        '0x80044331',
        "A validation error occurred.  The length of the 'lastname' attribute of the 'lead' entity exceeded the maximum allowed length of '50'.",
      ),
    );
  });

  it.each([
    ['listmembers', 'Create method does not support entity type of listmember'],
    ['campaignitems', 'The method being invoked does not support provided entity type.'],
  ])('refuses %s, which only actions make [field]', async (set, message) => {
    expect(await api.post(set, {})).toMatchObject(refusal(400, '0x80040800', message));
  });

  it('refuses an unknown set [documented]', async () => {
    expect(await api.post('acounts', {})).toMatchObject(noSegment('acounts'));
  });

  it('refuses what it does not serve loudly, with 501', async () => {
    expect(await api.get('opportunities')).toMatchObject({ status: 501 });
  });
});

describe('duplicate detection', () => {
  const emailaddress1 = 'twice@x.example';
  const detect = { 'MSCRM.SuppressDuplicateDetection': 'false' };

  it('does not run unless asked for [documented]', async () => {
    await make.lead({ emailaddress1 });
    expect(await api.post('leads', { lastname: 'Twin', emailaddress1 })).toMatchObject({ status: 204 });
  });

  it.each([
    ['412', 412],
    ['500', 500],
  ] as const)('U20 duplicateStatus %s: %d with 0x80040333', async (value, status) => {
    api.switch({ duplicateStatus: value });
    await make.contact({ emailaddress1 });
    expect(await api.post('contacts', { lastname: 'Twin', emailaddress1 }, detect)).toMatchObject(
      refusal(
        status,
        '0x80040333',
        'A record was not created or updated because a duplicate of the current record already exists.',
      ),
    );
  });

  it('looks among the same table only [documented: default rules]', async () => {
    const address = 'one-of-each@x.example';
    await make.lead({ emailaddress1: address });
    expect(await api.post('contacts', { lastname: 'Twin', emailaddress1: address }, detect)).toMatchObject({
      status: 204,
    });
  });
});
