import { UNSETTLED } from '../../src/emulator/switches.ts';
import { useEmulator } from '../support/emulator.ts';

const api = useEmulator();
const admin = async (method: string, path: string, body?: unknown) => {
  const response = await fetch(`${api.emulator().url}/__emulator/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
};

describe('the admin interface, without a token', () => {
  it('shows and clears the requests', async () => {
    await api.get('WhoAmI');
    expect((await admin('GET', 'requests')).body.at(-1)).toMatchObject({
      method: 'GET',
      path: '/api/data/v9.2/WhoAmI',
      operation: 'WhoAmI',
      status: 200,
      user: expect.any(String),
    });
    expect((await admin('DELETE', 'requests')).status).toBe(204);
    expect((await admin('GET', 'requests')).body).toEqual([]);
  });

  it('orders and cancels faults', async () => {
    await admin('POST', 'faults', { match: {}, effect: { kind: 'status', status: 502 } });
    expect((await api.get('WhoAmI')).status).toBe(502);
    expect((await admin('GET', 'faults')).body).toMatchObject([{ fired: 1 }]);
    await admin('DELETE', 'faults');
    expect((await api.get('WhoAmI')).status).toBe(200);
  });

  it('turns switches, and says which there are', async () => {
    expect((await admin('PATCH', 'switches', { addExistingMember: 'error' })).status).toBe(204);
    expect((await admin('GET', 'switches')).body).toMatchObject({ addExistingMember: 'error' });
    expect(await admin('PATCH', 'switches', { nosuch: 1 })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('unknown switch nosuch; known are addExistingMember') },
    });
    expect(await admin('PATCH', 'switches', { addExistingMember: 'maybe' })).toMatchObject({
      status: 400,
      body: { error: `switch addExistingMember must be one of ${UNSETTLED.addExistingMember.join(', ')}` },
    });
  });

  it('changes limits and latency', async () => {
    await admin('PATCH', 'conditions', { limits: { requests: 1 }, dopHint: 4 });
    await api.get('WhoAmI');
    expect((await api.get('WhoAmI')).status).toBe(429);
    await admin('PATCH', 'conditions', { limits: null });
    const answer = await api.get('WhoAmI');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ms-dop-hint')).toBe('4');
  });

  it('takes privileges away and gives them back', async () => {
    const userId = (await api.get('WhoAmI')).json.UserId;
    await admin('POST', 'privileges', { userId, privileges: { prvReadLead: 'None' } });
    expect((await api.get('leads')).status).toBe(403);
    await admin('POST', 'privileges', { userId, privileges: null });
    expect((await api.get('leads')).status).toBe(200);
  });

  it('puts the data back to how it began, deleted rows included', async () => {
    const before = (await admin('GET', 'state')).body.rows;
    const [first] = await api.rows('campaigns?$select=campaignid,name&$filter=statecode eq 0');
    await api.post('leads', { lastname: 'Gone with the reset' });
    expect((await api.delete(`campaigns(${first?.campaignid})`)).status).toBe(204);
    expect((await admin('GET', 'state')).body.rows).not.toEqual(before);
    expect(await admin('POST', 'reset')).toMatchObject({ status: 204 });
    expect((await admin('GET', 'state')).body.rows).toEqual(before);
    expect((await api.get(`campaigns(${first?.campaignid})`)).json.name).toBe(first?.name);
  });

  it('sums up the state', async () => {
    expect((await admin('GET', 'state')).body).toMatchObject({
      organizationId: api.emulator().organizationId,
      rows: { campaign: 11, lead: 22, contact: 20 },
    });
  });

  it('names its routes to whoever asks for another', async () => {
    expect(await admin('GET', 'nothing')).toMatchObject({ status: 404, body: { routes: expect.any(Array) } });
  });
});
