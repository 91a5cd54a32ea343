import { API_ROOT, guid } from './support.ts';
import { ACCOUNT, CAMPAIGN, writtenWorld } from './written-world.ts';

const { world, update } = writtenWorld();

describe('readRow', () => {
  it.each([
    ['a text', { lastname: 'Ä' }],
    ['a number', { revenue: 1.5 }],
    ['a choice', { leadsourcecode: 8 }],
    ['a flag', { donotbulkemail: true }],
    ['nothing', { lastname: null }],
    ['a date', { estimatedclosedate: '2026-12-01' }],
    ['an own column', { new_marketoid: '12345', new_grade: 7, new_score: 100, new_rate: 0.5 }],
  ])('takes %s', (_what, body) => {
    expect(update('lead', body)).toEqual(body);
  });

  it('spells times and ids as the store does', () => {
    expect(update('campaign', { actualstart: '2026-11-21T11:00:00.5+01:00' })).toEqual({
      actualstart: '2026-11-21T10:00:00Z',
    });
    expect(world.body('lead', { leadid: `{${guid(0xab).toUpperCase()}}` }).leadid).toBe(guid(0xab));
  });

  it('fills defaults in on creation only', () => {
    const open = { statecode: 0, statuscode: 1 };
    expect(world.body('lead', {})).toMatchObject({ ...open, leadqualitycode: 2, donotbulkemail: false });
    const given = { leadqualitycode: 3, donotbulkemail: true };
    expect(world.body('lead', given)).toMatchObject(given);
    expect(world.body('list', { listname: 'x', createdfromcode: 4 })).toMatchObject({
      type: false,
      lockstatus: false,
      donotsendonoptout: true,
      statecode: 0,
      statuscode: 0,
    });
    expect(update('lead', {})).toEqual({});
  });

  it('skips annotations', () => {
    const formatted = { 'statecode@OData.Community.Display.V1.FormattedValue': 'Open' };
    const about = { '@odata.type': 'Microsoft.Dynamics.CRM.lead', '@odata.etag': 'W/"1"' };
    expect(update('lead', { ...about, ...formatted })).toEqual({});
  });

  it('ignores what only the server sets', () => {
    const createdon = '2020-01-01T00:00:00Z';
    const ofList = { versionnumber: 5, membercount: 9, createdon, membertype: 2, createdfromcode: 2, type: true };
    expect(update('list', ofList)).toEqual({});
    const creator = { 'createdby@odata.bind': `/systemusers(${guid(1)})` };
    expect(update('lead', { leadid: guid(9), fullname: 'x', overriddencreatedon: createdon, ...creator })).toEqual({});
    expect(world.body('lead', { overriddencreatedon: createdon })).toMatchObject({ createdon });
  });

  it.each([
    `/campaigns(${CAMPAIGN})`,
    `campaigns(${CAMPAIGN})`,
    `${API_ROOT}campaigns(${CAMPAIGN})`,
    `/api/data/v9.2/campaigns(${CAMPAIGN})`,
    `campaigns(campaignid=${CAMPAIGN})`,
  ])('binds a lookup to %s', (url) => {
    expect(update('lead', { 'campaignid@odata.bind': url })).toEqual({ _campaignid_value: CAMPAIGN });
  });

  it('binds owners, customers and own lookups, and clears a lookup', () => {
    expect(update('lead', { 'ownerid@odata.bind': `/teams(${guid(2)})` })).toEqual({ _ownerid_value: guid(2) });
    expect(update('contact', { 'parentcustomerid_account@odata.bind': `/accounts(${ACCOUNT})` })).toEqual({
      _parentcustomerid_value: ACCOUNT,
    });
    expect(update('lead', { 'new_sponsor@odata.bind': `/accounts(${ACCOUNT})` })).toEqual({
      _new_sponsor_value: ACCOUNT,
    });
    expect(update('lead', { 'campaignid@odata.bind': null })).toEqual({ _campaignid_value: null });
  });

  it.each([
    ['campaign', {}, 'name'],
    ['list', { createdfromcode: 4 }, 'listname'],
    ['list', { listname: 'x' }, 'createdfromcode'],
    ['list', { listname: null, createdfromcode: 4 }, 'listname'],
  ])('requires SystemRequired columns on creation: %s %j', (table, body, column) => {
    expect(() => world.body(table, body)).toThrow(
      expect.objectContaining({ status: 400, code: '0x80040200', message: expect.stringContaining(`.${column})`) }),
    );
  });

  it('does not require ApplicationRequired columns', () => {
    expect(world.body('contact', {})).toMatchObject({ statecode: 0 });
  });

  it('completes states', () => {
    expect(world.body('lead', { statecode: 2 })).toMatchObject({ statecode: 2, statuscode: 4 });
    expect(world.body('lead', { statuscode: 5 })).toMatchObject({ statecode: 2, statuscode: 5 });
    expect(world.body('campaign', { name: 'x', statecode: 1 })).toMatchObject({ statecode: 1, statuscode: 6 });
  });
});
