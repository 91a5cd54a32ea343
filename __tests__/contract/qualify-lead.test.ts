import { makers, refusal, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
const body = { CreateAccount: false, CreateContact: true, CreateOpportunity: false, Status: 3 };
const qualify = (lead: string) => api.post(`leads(${lead})/Microsoft.Dynamics.CRM.QualifyLead`, body);

describe('QualifyLead', () => {
  it('closes the lead and makes a contact that points back to it [documented; originatingleadid]', async () => {
    const lead = await make.lead({ firstname: 'Ada', emailaddress1: 'ada@x.example' });
    expect(await qualify(lead)).toMatchObject({ status: 200 });
    expect((await api.get(`leads(${lead})`)).json).toMatchObject({ statecode: 1, statuscode: 3 });
    expect(await api.rows(`leads(${lead})/contact_originating_lead?$select=emailaddress1`)).toMatchObject([
      { emailaddress1: 'ada@x.example' },
    ]);
  });

  it('refuses a lead that is closed [documented text]', async () => {
    const lead = await make.lead();
    await qualify(lead);
    expect(await qualify(lead)).toMatchObject(refusal(400, '0x80040519', 'The lead is already closed.'));
  });
});
