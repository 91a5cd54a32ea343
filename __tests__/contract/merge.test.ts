import { crm, INVALID_ARGUMENT, makers, refusal, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);

const merge = (target: object, subordinate: object, more: object = {}) =>
  api.post('Merge', { Target: target, Subordinate: subordinate, PerformParentingChecks: false, ...more });

describe('Merge', () => {
  it.each([
    ['lead', 'leads', { statecode: 2, statuscode: 7 }],
    ['contact', 'contacts', { statecode: 1, statuscode: 2 }],
  ] as const)('closes the subordinate %s and names its survivor [documented]', async (table, set, closed) => {
    const [kept, gone] = [await make[table](), await make[table]({ emailaddress1: 'gone@x.example' })];
    const UpdateContent = { '@odata.type': `Microsoft.Dynamics.CRM.${table}`, emailaddress1: 'gone@x.example' };
    expect(await merge(crm(table, kept), crm(table, gone), { UpdateContent })).toMatchObject({ status: 204, text: '' });
    const columns = '$select=statecode,statuscode,merged,_masterid_value,emailaddress1';
    expect((await api.get(`${set}(${gone})?${columns}`)).json).toMatchObject({
      ...closed,
      merged: true,
      _masterid_value: kept,
    });
    expect((await api.get(`${set}(${kept})?${columns}`)).json).toMatchObject({
      statecode: 0,
      merged: false,
      emailaddress1: 'gone@x.example',
    });
  });

  it('refuses two tables, one row with itself, and rows that cannot be merged', async () => {
    const [lead, contact, list] = [await make.lead(), await make.contact(), await make.leadList()];
    expect(await merge(crm('lead', lead), crm('contact', contact))).toMatchObject(INVALID_ARGUMENT);
    expect(await merge(crm('lead', lead), crm('lead', lead))).toMatchObject({ status: 400 });
    expect(await merge(crm('list', list), crm('list', await make.leadList()))).toMatchObject(
      refusal(400, '0x80040800', 'The method being invoked does not support provided entity type.'),
    );
  });

  it('needs to know the type of both rows, since the parameters are of an abstract one [documented]', async () => {
    const [kept, gone] = [await make.lead(), await make.lead()];
    expect(await merge({ leadid: kept }, { leadid: gone })).toMatchObject({ status: 400 });
  });
});
