import { randomUUID } from 'node:crypto';
import { makers, members, peopleOn, refusal, useEmulator } from '../support/emulator.ts';
import { batchOf, changeSet, part, parts, sendBatch } from '../support/raw-batch.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
const createLead = (leadid: string, row: object = {}) => part('POST', 'leads', { leadid, lastname: 'X', ...row });
const longName = { lastname: 'x'.repeat(51) };

describe('POST $batch', () => {
  it.each([
    ['absolute', (): string => `${api.root()}/WhoAmI`, 200],
    ['rooted', (): string => '/api/data/v9.2/WhoAmI', 200],
    ['relative', (): string => 'WhoAmI', 200],
    ['of another host', (): string => 'https://elsewhere.example/api/data/v9.2/WhoAmI', 404],
  ] as const)('takes URLs of its own service [documented, field]: %s', async (_, url, status) => {
    const answer = await sendBatch(api, [{ kind: 'part', method: 'GET', url: url() }]);
    expect(parts(answer)).toMatchObject([{ status }]);
  });

  it('answers the parts in order, each with its own headers [documented]', async () => {
    const lead = randomUUID();
    const answer = await sendBatch(api, [createLead(lead), part('GET', `leads(${lead})?$select=lastname`)]);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^multipart\/mixed; boundary=batchresponse_[0-9a-f-]{36}$/);
    const [made, read] = parts(answer);
    expect(made).toMatchObject({
      status: 204,
      headers: {
        'OData-Version': '4.0',
        'OData-EntityId': `${api.root()}/leads(${lead})`,
        Location: expect.any(String),
      },
      body: '',
    });
    expect(read).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'application/json; odata.metadata=minimal; odata.streaming=true' },
      json: { lastname: 'X', leadid: lead },
    });
  });

  it('stops at the first failure: outer 400, later parts not run, earlier ones kept [documented]', async () => {
    const [before, after] = [randomUUID(), randomUUID()];
    const answer = await sendBatch(api, [createLead(before), createLead(randomUUID(), longName), createLead(after)]);
    expect(answer.status).toBe(400);
    expect(parts(answer).map((each) => each.status)).toEqual([204, 400]);
    expect((await api.get(`leads(${before})`)).status).toBe(200);
    expect((await api.get(`leads(${after})`)).status).toBe(404);
  });

  it('goes on with odata.continue-on-error: outer 200, every part answered [documented]', async () => {
    const answer = await sendBatch(api, [createLead(randomUUID(), longName), createLead(randomUUID())], {
      Prefer: 'odata.continue-on-error',
    });
    expect(answer.status).toBe(200);
    expect(parts(answer).map((each) => each.status)).toEqual([400, 204]);
  });

  it.each([
    ['400', 400],
    ['of-the-part', 412],
  ] as const)('U21 batchOuterStatus %s: %d when a 412 stops it', async (value, status) => {
    api.switch({ batchOuterStatus: value });
    const lead = await make.lead();
    expect((await sendBatch(api, [createLead(lead)])).status).toBe(status);
  });

  it('refuses a nested batch [documented]', async () => {
    expect(parts(await sendBatch(api, [part('POST', '$batch', {})]))).toMatchObject([{ status: 400 }]);
  });

  it('takes 1,000 parts and no more [documented]', async () => {
    const answer = await sendBatch(
      api,
      Array.from({ length: 1000 }, () => part('GET', 'WhoAmI')),
    );
    expect(parts(answer)).toHaveLength(1000);
    const tooMany = Array.from({ length: 1001 }, () => part('POST', 'leads', {}));
    expect((await sendBatch(api, tooMany)).status).toBe(400);
    expect((await sendBatch(api, [changeSet(...tooMany)])).status).toBe(400);
  });

  it('takes a part URL of up to 65,536 characters, twice what stands alone [documented]', async () => {
    const path = (length: number) => `leads?$filter=lastname eq '${'x'.repeat(length)}'`.replaceAll(' ', '%20');
    expect((await api.get(path(33_000))).text).toContain('Invalid URI: The Uri string is too long.');
    expect(parts(await sendBatch(api, [part('GET', path(33_000))]))).toMatchObject([{ status: 200 }]);
    expect(parts(await sendBatch(api, [part('GET', path(66_000))]))).toMatchObject([{ status: 400 }]);
  });

  it('serves only POST', async () => {
    expect((await api.get('$batch')).status).toBe(405);
  });

  it('lenient by default: line feeds alone, blank lines around, quoted boundary [field]', async () => {
    const body =
      '\n--b x\nContent-Type: application/http\nContent-Transfer-Encoding:binary\n\nGET WhoAmI HTTP/1.1\n--b x--\n\n ';
    const answer = await api.post('$batch', body, { 'Content-Type': 'multipart/mixed;boundary="b x"' });
    expect(parts(answer)).toMatchObject([{ status: 200 }]);
  });

  it('U21 batchLineEnds strict: line feeds alone are an unreadable stream [documented]', async () => {
    api.switch({ batchLineEnds: 'strict' });
    const body = batchOf([part('GET', 'WhoAmI')]).body;
    const headers = { 'Content-Type': 'multipart/mixed;boundary=batch_test' };
    expect(parts(await api.post('$batch', body, headers))).toMatchObject([{ status: 200 }]);
    const answer = await api.post('$batch', body.replaceAll('\r\n', '\n'), headers);
    expect(answer.status).toBe(400);
    expect(parts(answer)).toMatchObject([
      refusal(400, '0x80048d19', expect.stringContaining('System.ArgumentException: Stream was not readable.')),
    ]);
  });
});

describe('a change set', () => {
  it('is one transaction, answered as one part with Content-IDs [documented]', async () => {
    const [list, lead] = [await make.leadList(), randomUUID()];
    const answer = await sendBatch(api, [
      changeSet(
        part('POST', 'leads', { leadid: lead, lastname: 'X' }, '1'),
        part('POST', 'AddListMembersList', members(list, 'lead', [lead]), '2'),
      ),
    ]);
    expect(answer.text).toMatch(/Content-Type: multipart\/mixed; boundary=changesetresponse_[0-9a-f-]{36}\r\n/);
    expect(parts(answer)).toMatchObject([
      { status: 204, contentId: '1' },
      { status: 204, contentId: '2' },
    ]);
    expect(await peopleOn(api, list)).toEqual([lead]);
  });

  it('rolls back as a whole and yields one error [documented]', async () => {
    api.switch({ changeSetError: 'nested' });
    const lead = randomUUID();
    const answer = await sendBatch(api, [
      changeSet(
        part('POST', 'leads', { leadid: lead, lastname: 'X' }, '1'),
        part('POST', 'leads', { leadid: lead, lastname: 'Again' }, '2'),
      ),
    ]);
    expect(answer.status).toBe(400);
    expect(parts(answer)).toMatchObject([{ status: 412, contentId: '2', json: { error: { code: '0x80040237' } } }]);
    expect((await api.get(`leads(${lead})`)).status).toBe(404);
  });

  it.each([
    ['nested', true],
    ['bare', false],
  ] as const)('U21 changeSetError %s: inside a changesetresponse: %s', async (value, isNested) => {
    api.switch({ changeSetError: value });
    const answer = await sendBatch(api, [changeSet(part('POST', 'leads', longName, '1'))]);
    expect(answer.text.includes('changesetresponse_')).toBe(isNested);
    expect(parts(answer)).toMatchObject([{ status: 400 }]);
  });

  it('resolves $1 in later URLs and bodies [documented]', async () => {
    const answer = await sendBatch(api, [
      changeSet(
        part('POST', 'campaigns', { name: 'In a set' }, '1'),
        part('PATCH', '$1', { objective: 'Changed' }, '2'),
        part('PUT', '$1/message', { value: 'One column' }, '3'),
        part('POST', 'leads', { lastname: 'X', 'campaignid@odata.bind': '$1' }, '4'),
      ),
    ]);
    expect(parts(answer).map((each) => each.status)).toEqual([204, 204, 204, 204]);
    const url = parts(answer)[0]?.headers['OData-EntityId'] ?? '';
    expect((await api.get(url)).json).toMatchObject({ objective: 'Changed', message: 'One column' });
  });

  it('calls bound actions on $1 [documented in general]', async () => {
    const campaign = await make.campaign();
    const answer = await sendBatch(api, [
      changeSet(
        part('POST', 'lists', { listname: 'Own', createdfromcode: 4 }, '1'),
        part('POST', '$1/Microsoft.Dynamics.CRM.AddItemCampaign', { Campaign: { campaignid: campaign } }, '2'),
      ),
    ]);
    expect(parts(answer).map((each) => each.status)).toEqual([204, 200]);
    expect(await api.rows(`campaigns(${campaign})/campaignlist_association`)).toHaveLength(1);
  });

  it('refuses a reference that nobody declared [documented text]', async () => {
    const answer = await sendBatch(api, [changeSet(part('PATCH', '$7', { lastname: 'X' }, '1'))]);
    expect(parts(answer)).toMatchObject([
      refusal(400, expect.any(String), "Content-ID Reference: '$7' does not exist in the batch context."),
    ]);
  });

  it('refuses a GET [documented]', async () => {
    expect(parts(await sendBatch(api, [changeSet(part('GET', 'WhoAmI', undefined, '1'))]))).toMatchObject([
      { status: 400 },
    ]);
  });

  it('U28 addItemCampaign refused-in-change-set', async () => {
    api.switch({ addItemCampaign: 'refused-in-change-set' });
    const [list, campaign] = [await make.leadList(), await make.campaign()];
    const action = part(
      'POST',
      `lists(${list})/Microsoft.Dynamics.CRM.AddItemCampaign`,
      { Campaign: { campaignid: campaign } },
      '1',
    );
    expect(parts(await sendBatch(api, [changeSet(action)]))).toMatchObject([{ status: 400 }]);
    expect(parts(await sendBatch(api, [action]))).toMatchObject([{ status: 200 }]);
  });
});
