import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { Fault } from '../../src/emulator/faults/fault.ts';
import { makers, members, peopleOn, refusal, USUAL, useEmulator } from '../support/emulator.ts';
import { heldTime } from '../support/held-time.ts';
import { part, parts, sendBatch } from '../support/raw-batch.ts';

const { sleep, untilAsleep, wakeAll } = heldTime();
const api = useEmulator({ seed: 'none', sleep, switches: USUAL });
const make = makers(api);
const order = (...faults: Fault[]) => api.emulator().admin.addFaults(faults);
const createLead = (leadid: string) => part('POST', 'leads', { leadid, lastname: 'X' });
const exists = async (leadid = '') => (await api.get(`leads(${leadid})`)).status === 200;
const existing = (leadids: readonly string[]) => Promise.all(leadids.map(exists));

describe('a fault on a request', () => {
  it.each([
    [
      'throttle-requests',
      '0x80072322',
      'Number of requests exceeded the limit of 6000 over time window of 300 seconds.',
    ],
    ['throttle-concurrency', '0x80072326', 'Number of concurrent requests exceeded the limit of 52.'],
    [
      'throttle-time',
      '0x80072321',
      'Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds over time window of 300 seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.',
    ],
  ] as const)('%s answers 429 with Retry-After [documented texts]', async (kind, code, message) => {
    order({ match: { method: 'GET' }, times: 1, effect: { kind, retryAfterSeconds: 7 } });
    const answer = await api.get('WhoAmI');
    expect(answer).toMatchObject(refusal(429, code, message));
    expect(answer.headers.get('retry-after')).toBe('7');
    expect((await api.get('WhoAmI')).status).toBe(200);
  });

  it('notes who does not wait', async () => {
    order({ match: {}, times: 1, effect: { kind: 'throttle-requests', retryAfterSeconds: 30 } });
    await api.get('WhoAmI');
    // On another connection than the refusal's, a request may have been on its way already for a moment: so ask until that is over.
    const last = () => api.emulator().requests().at(-1);
    await api.get('RetrieveVersion()');
    for (let asked = 0; asked < 10_000 && last()?.isInsideRetryAfter !== true; asked += 1)
      await api.get('RetrieveVersion()');
    expect(last()).toMatchObject({ operation: 'RetrieveVersion', isInsideRetryAfter: true });
  });

  it('makes a growing wait longer each time', async () => {
    order({ match: {}, times: 2, effect: { kind: 'throttle-requests', retryAfterSeconds: 2, growing: true } });
    const waits = [await api.get('WhoAmI'), await api.get('WhoAmI')].map((each) => each.headers.get('retry-after'));
    expect(waits).toEqual(['2', '4']);
  });

  it('status: a gateway’s HTML, the work not done', async () => {
    order({ match: { operation: 'Create' }, times: 1, effect: { kind: 'status', status: 503, html: true } });
    const leadid = randomUUID();
    const answer = await api.post('leads', { leadid, lastname: 'X' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toBe('text/html');
    expect(await exists(leadid)).toBe(false);
  });

  it.each([
    [{ kind: 'sql-timeout' }, false],
    [{ kind: 'sql-timeout', afterCommit: true }, true],
  ] as const)('%j: 500 with 0x80044151, the work done: %s', async (effect, isDone) => {
    order({ match: { operation: 'Create' }, times: 1, effect });
    const leadid = randomUUID();
    expect(await api.post('leads', { leadid, lastname: 'X' })).toMatchObject(
      refusal(500, '0x80044151', 'SQL timeout expired.'),
    );
    expect(await exists(leadid)).toBe(isDone);
  });

  it.each([
    [{ kind: 'reset-before' }, false],
    [{ kind: 'reset-after-commit' }, true],
  ] as const)('%j: no answer, the work done: %s', async (effect, isDone) => {
    order({ match: { operation: 'Create' }, times: 1, effect });
    const leadid = randomUUID();
    await expect(api.post('leads', { leadid, lastname: 'X' })).rejects.toThrow();
    expect(await exists(leadid)).toBe(isDone);
  });

  it.each(['reset-before', 'reset-after-commit'] as const)(
    '%s: cuts the socket once the body is read',
    async (kind) => {
      order({ match: { operation: 'Create' }, times: 1, effect: { kind } });
      const body = JSON.stringify({ lastname: 'X'.repeat(40), description: 'Y'.repeat(1500) });
      const head = `POST /api/data/v9.2/leads HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\nContent-Length: ${body.length}\r\n\r\n`;
      const { port } = new URL(api.emulator().url);
      const socket = connect(Number(port), '127.0.0.1');
      const received: Buffer[] = [];
      const ended = new Promise<string>((resolve) => {
        socket.on('data', (bytes) => received.push(bytes));
        socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
        socket.on('close', () => resolve('closed'));
      });
      socket.write(head);
      socket.write(body.slice(0, 700));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(socket.destroyed).toBe(false);
      socket.write(body.slice(700));
      expect(await ended).toBe('ECONNRESET');
      expect(Buffer.concat(received)).toHaveLength(0);
    },
  );

  it('delay-commit: no answer, and the work is done later', async () => {
    order({ match: { operation: 'Create' }, times: 1, effect: { kind: 'delay-commit', ms: 200 } });
    const leadid = randomUUID();
    await expect(api.post('leads', { leadid, lastname: 'X' })).rejects.toThrow();
    expect(await untilAsleep(1)).toEqual([200]);
    expect(await exists(leadid)).toBe(false);
    wakeAll();
    expect(await exists(leadid)).toBe(true);
  });

  it('truncate: the body ends too early', async () => {
    order({ match: { method: 'GET' }, times: 1, effect: { kind: 'truncate' } });
    await expect(api.get('WhoAmI')).rejects.toThrow();
  });

  it('not-json: 200 with something else', async () => {
    order({ match: { method: 'GET' }, times: 1, effect: { kind: 'not-json' } });
    const response = await fetch(`${api.root()}/WhoAmI`, { headers: { Authorization: 'Bearer x' } });
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow();
  });

  it('expired-token: 401 with an empty body', async () => {
    order({ match: {}, times: 1, effect: { kind: 'expired-token' } });
    expect(await api.get('WhoAmI')).toMatchObject({ status: 401, text: '' });
  });

  it('slow: waits before the work', async () => {
    order({ match: {}, times: 1, effect: { kind: 'slow', ms: 150 } });
    const answer = api.get('WhoAmI');
    expect(await untilAsleep(1)).toEqual([150]);
    wakeAll();
    expect((await answer).status).toBe(200);
  });

  it('late-reads: the next reads do not see what was written', async () => {
    const [list, person] = [await make.leadList(), await make.lead()];
    order({ match: { operation: 'AddListMembersList' }, times: 1, effect: { kind: 'late-reads', reads: 2 } });
    await api.post('AddListMembersList', members(list, 'lead', [person]));
    expect([await peopleOn(api, list), await peopleOn(api, list), await peopleOn(api, list)]).toEqual([
      [],
      [],
      [person],
    ]);
  });
});

/** What each leaves of a collection and of one row. */
const SPOILT = [
  ['empty-answer', { status: 200, text: '' }, { status: 200, text: '' }],
  ['no-content', { status: 204, text: '' }, { status: 204, text: '' }],
  [
    'no-value',
    { status: 200, json: { '@odata.context': expect.any(String) } },
    { status: 200, json: { lastname: 'X' } },
  ],
  ['error-in-ok', { status: 200, json: { error: { code: '0x80040216' } } }, { status: 200, json: { error: {} } }],
  ['no-key', { status: 200, json: { value: [{ lastname: 'X' }] } }, { status: 200, json: { lastname: 'X' } }],
] as const;

describe('an answer that says less than was asked', () => {
  it.each(SPOILT)('%s, once: a collection, then a row', async (kind, collection, row) => {
    const id = await make.lead({ lastname: 'X' });
    const paths = [`leads?$select=lastname&$filter=leadid eq ${id}`, `leads(${id})?$select=lastname`];
    for (const [path, spoilt] of [[paths[0], collection] as const, [paths[1], row] as const]) {
      order({ match: { method: 'GET' }, times: 1, effect: { kind } });
      const answer = await api.get(path ?? '');
      expect(answer).toMatchObject(spoilt);
      expect(answer.text.includes(id)).toBe(kind === 'no-value' && spoilt === row);
      expect((await api.get(path ?? '')).text).toContain(id);
    }
  });

  it.each(SPOILT)('%s for one part of a batch', async (kind, { status }) => {
    const id = await make.lead({ lastname: 'X' });
    order({ match: { operation: 'RetrieveMultiple', inBatch: true, nth: 2 }, effect: { kind } });
    const read = part('GET', `leads?$select=lastname&$filter=leadid%20eq%20${id}`);
    const answered = parts(await sendBatch(api, [read, read, read]));
    expect(answered.map((each) => [each.status, each.body.includes(id)])).toEqual([
      [200, true],
      [status, false],
      [200, true],
    ]);
  });

  it('leaves a refusal as it is, and does what is to be written', async () => {
    order({ match: {}, times: 2, effect: { kind: 'empty-answer' } });
    expect((await api.get(`leads(${randomUUID()})`)).status).toBe(404);
    const leadid = randomUUID();
    expect(await api.post('leads', { leadid, lastname: 'X' })).toMatchObject({ status: 200, text: '' });
    expect(await exists(leadid)).toBe(true);
  });
});

describe('pageSize', () => {
  it('makes short pages of queries and of FetchXML, whatever they ask for', async () => {
    const list = await make.leadList();
    const people = [await make.lead(), await make.lead(), await make.lead()];
    await api.post('AddListMembersList', members(list, 'lead', people));
    api.emulator().admin.setConditions({ pageSize: 2 });
    const query = await api.get(`listmembers?$filter=_listid_value eq ${list}`, { Prefer: 'odata.maxpagesize=100' });
    expect(query.json.value).toHaveLength(2);
    expect((await api.get(String(query.json['@odata.nextLink']))).json.value).toHaveLength(1);
    const xml = `<fetch count='100'><entity name='listmember'><filter><condition attribute='listid' operator='eq' value='${list}'/></filter></entity></fetch>`;
    const fetched = await api.get(`listmembers?fetchXml=${encodeURIComponent(xml)}`, {
      Prefer: 'odata.include-annotations="*"',
    });
    expect(fetched.json.value).toHaveLength(2);
    expect(fetched.json['@Microsoft.Dynamics.CRM.morerecords']).toBe(true);
  });
});

describe('a fault inside a batch', () => {
  const CREATION = { operation: 'Create', inBatch: true };
  const failSecond: Fault = {
    match: { ...CREATION, nth: 2 },
    effect: {
      kind: 'fail-part',
      status: 503,
      code: '0x8004a001',
      message: 'The server is busy and the request was not completed. Try again later.',
    },
  };

  it('fail-part: that part fails, the others do not', async () => {
    order(failSecond);
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    const answer = await sendBatch(api, ids.map(createLead), { Prefer: 'odata.continue-on-error' });
    expect(parts(answer).map((each) => each.status)).toEqual([204, 503, 204]);
    expect(await existing(ids)).toEqual([true, false, true]);
  });

  it('reset-after-commit on a part: what came before and the part itself are done', async () => {
    order({ match: { ...CREATION, nth: 2 }, effect: { kind: 'reset-after-commit' } });
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    await expect(sendBatch(api, ids.map(createLead))).rejects.toThrow();
    expect(await existing(ids)).toEqual([true, true, false]);
  });

  it('delay-commit on a part: no answer, the part is done later, the rest never', async () => {
    order({ match: { ...CREATION, nth: 1 }, effect: { kind: 'delay-commit', ms: 150 } });
    const ids = [randomUUID(), randomUUID()];
    await expect(sendBatch(api, ids.map(createLead))).rejects.toThrow();
    expect(await untilAsleep(1)).toEqual([150]);
    expect(await exists(ids[0])).toBe(false);
    wakeAll();
    expect(await existing(ids)).toEqual([true, false]);
  });

  it.each([
    ['outer', 429, []],
    ['part', 400, [204, 429]],
  ] as const)('U21 batchThrottling %s: outer %d, parts %j', async (value, outer, statuses) => {
    api.switch({ batchThrottling: value });
    order({ match: { ...CREATION, nth: 2 }, effect: { kind: 'throttle-requests', retryAfterSeconds: 3 } });
    const ids = [randomUUID(), randomUUID()];
    const answer = await sendBatch(api, ids.map(createLead));
    expect(answer.status).toBe(outer);
    expect(parts(answer).map((each) => each.status)).toEqual(statuses);
    if (outer === 429) expect(answer.headers.get('retry-after')).toBe('3');
    else expect(parts(answer)[1]?.headers['Retry-After']).toBe('3');
    expect(await exists(ids[0])).toBe(value === 'part');
  });

  it('a reset inside a batch whose answer would be truncated: no answer, and the emulator lives', async () => {
    order(
      { match: { operation: '$batch' }, times: 1, effect: { kind: 'truncate' } },
      { match: CREATION, times: 1, effect: { kind: 'reset-after-commit' } },
    );
    const id = randomUUID();
    await expect(sendBatch(api, [createLead(id)])).rejects.toThrow();
    expect(await exists(id)).toBe(true);
  });

  it('is logged with its parts', async () => {
    order(failSecond);
    await sendBatch(api, [createLead(randomUUID()), createLead(randomUUID())]);
    expect(api.emulator().requests().at(-1)).toMatchObject({
      operation: '$batch',
      status: 400,
      fault: 'fail-part',
      parts: [
        { method: 'POST', operation: 'Create', status: 204 },
        { method: 'POST', operation: 'Create', status: 503 },
      ],
    });
  });
});
