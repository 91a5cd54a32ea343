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

describe.each(['UpdateMultiple', 'UpsertMultiple'])('%s', (message) => {
  it('is not served', async () => {
    expect((await call(message, [{ ...type, leadid: randomUUID() }])).status).toBe(501);
  });
});

describe('DeleteMultiple', () => {
  it('is for elastic tables only [documented text]', async () => {
    expect(await call('DeleteMultiple', [])).toMatchObject(
      refusal(400, expect.any(String), 'DeleteMultiple has not yet been implemented.'),
    );
  });
});
