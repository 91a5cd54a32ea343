import { randomUUID } from 'node:crypto';
import { makers, refusal, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
const type = { '@odata.type': 'Microsoft.Dynamics.CRM.lead' };
const call = (message: string, Targets: unknown) => api.post(`leads/Microsoft.Dynamics.CRM.${message}`, { Targets });

describe('CreateMultiple', () => {
  it('answers the ids in the order of the targets [documented]', async () => {
    const ids = [randomUUID(), randomUUID()];
    const answer = await call(
      'CreateMultiple',
      ids.map((leadid) => ({ ...type, leadid, lastname: 'X' })),
    );
    expect(answer).toMatchObject({
      status: 200,
      json: {
        '@odata.context': `${api.root()}/$metadata#Microsoft.Dynamics.CRM.CreateMultipleResponse`,
        Ids: ids,
      },
    });
  });

  it('rolls everything back when one target is bad, and names no index [documented]', async () => {
    const [good, taken] = [randomUUID(), await make.lead()];
    const answer = await call('CreateMultiple', [
      { ...type, leadid: good, lastname: 'Good' },
      { ...type, leadid: taken, lastname: 'Taken' },
    ]);
    expect(answer).toMatchObject({ status: 412, json: { error: { code: '0x80040237' } } });
    expect(await api.get(`leads(${good})`)).toMatchObject({ status: 404 });
  });

  it('refuses a target without a type [documented]', async () => {
    expect((await call('CreateMultiple', [{ lastname: 'X' }])).status).toBe(400);
  });

  it.each(['listmembers', 'campaignitems'])('is not offered on %s [documented]', async (set) => {
    const answer = await api.post(`${set}/Microsoft.Dynamics.CRM.CreateMultiple`, { Targets: [] });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});

describe('UpdateMultiple', () => {
  it('answers 204 without body [documented]', async () => {
    const lead = await make.lead();
    expect(await call('UpdateMultiple', [{ ...type, leadid: lead, firstname: 'Ada' }])).toMatchObject({ status: 204 });
    expect((await api.get(`leads(${lead})?$select=firstname`)).json).toMatchObject({ firstname: 'Ada' });
  });

  it('rolls back when one row is not there [documented]', async () => {
    const lead = await make.lead({ firstname: 'Ada' });
    const answer = await call('UpdateMultiple', [
      { ...type, leadid: lead, firstname: 'Changed' },
      { ...type, leadid: randomUUID(), firstname: 'Nobody' },
    ]);
    expect(answer).toMatchObject({ status: 404 });
    expect((await api.get(`leads(${lead})?$select=firstname`)).json).toMatchObject({ firstname: 'Ada' });
  });
});

describe('UpsertMultiple', () => {
  it('updates what is there and creates what is not [documented]', async () => {
    const [there, free] = [await make.lead(), randomUUID()];
    const answer = await call('UpsertMultiple', [
      { ...type, leadid: there, firstname: 'Ada' },
      { ...type, leadid: free, lastname: 'New' },
    ]);
    expect(answer).toMatchObject({ status: 204 });
    expect(await api.get(`leads(${free})`)).toMatchObject({ status: 200 });
  });

  it('refuses the same key twice [documented]', async () => {
    const leadid = randomUUID();
    const target = { ...type, leadid, lastname: 'X' };
    expect(await call('UpsertMultiple', [target, target])).toMatchObject(
      refusal(400, '0x80040203', 'Invalid argument.'),
    );
  });
});

describe('DeleteMultiple', () => {
  it('is for elastic tables only [documented text]', async () => {
    expect(await call('DeleteMultiple', [])).toMatchObject(
      refusal(400, expect.any(String), 'DeleteMultiple has not yet been implemented.'),
    );
  });
});
