import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchXml } from '../../../src/dataverse/fetchxml.ts';
import type { Write } from '../../../src/dataverse/operation.ts';
import { fetchRows, readObject, readRows } from '../../../src/dataverse/reads.ts';
import { TemporaryError } from '../../../src/errors.ts';
import type { JsonObject } from '../../../src/json.ts';
import { UnknownResultError } from '../../../src/transport/http.ts';
import { response } from '../transport/scripted-send.ts';
import { answer, connect, json, ORIGIN, part, partLines, refusal } from './fake-transport.ts';

const LOST = new UnknownResultError('https://contoso: broke', 'lost');
const LEADS = readRows('leads', 'leadid');
const ADD: Write = { method: 'POST', path: 'AddListMembersList', body: { Members: [] } };

async function gather(pages: AsyncIterable<readonly JsonObject[]>): Promise<(readonly JsonObject[])[]> {
  const all: (readonly JsonObject[])[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

describe('send', () => {
  it('sends the headers that Dataverse wants', async () => {
    const { send, dataverse } = connect(json(200, { value: [] }), response(204));
    await dataverse.read(LEADS);
    await dataverse.send({ ...ADD, headers: { prefer: 'return=representation' } });
    expect(send.requests[0]).toMatchObject({
      url: `${ORIGIN}/api/data/v9.2/leads`,
      headers: {
        accept: 'application/json',
        'odata-version': '4.0',
        'odata-maxversion': '4.0',
        'if-none-match': 'null',
        authorization: 'Bearer token',
      },
    });
    expect(send.requests[1]?.headers).toMatchObject({
      'content-type': 'application/json',
      prefer: 'return=representation',
    });
    expect(send.requests[1]?.headers['if-none-match']).toBeUndefined();
  });

  it.each([
    ['204', response(204), { kind: 'ok', status: 204 }],
    ['200 with a body', json(200, { Id: '1' }), { kind: 'ok', body: { Id: '1' } }],
    ['a refusal', json(400, refusal('0x80040302')), { kind: 'refused', error: { dataverseCode: '0x80040302' } }],
    ['a lost answer', LOST, { kind: 'unknown', error: LOST }],
    ['a gateway error', response(504), { kind: 'unknown', error: { status: 504 } }],
    ['half an answer', response(200, { body: '{"Id":' }), { kind: 'unknown' }],
  ])('sends a write once and gives its result: %s', async (_name, step, expected) => {
    const { send, dataverse } = connect(step);
    await expect(dataverse.send(ADD)).resolves.toMatchObject(expected);
    expect(send.left()).toBe(0);
  });

  it('reads again until the answer is whole', async () => {
    const { dataverse } = connect(
      LOST,
      response(200, { body: '{"value":[' }),
      response(200, { body: '<html>' }),
      json(200, { value: [] }),
    );
    await expect(dataverse.read(LEADS)).resolves.toEqual({ value: [] });
  });

  it('counts the traffic', async () => {
    const { dataverse } = connect(response(429, { headers: { 'retry-after': '7' } }), response(204));
    await dataverse.send(ADD);
    expect(dataverse.traffic()).toMatchObject({ requests: 2, waitedMs: 7_000 });
  });
});

describe('read', () => {
  it('gives the body', async () => {
    await expect(connect(json(200, { UserId: '1' })).dataverse.read(readObject('WhoAmI()', 'UserId'))).resolves.toEqual(
      { UserId: '1' },
    );
  });

  it('stops when whoever is signed in is refused altogether', async () => {
    await expect(connect(json(403, refusal('0x80042f09'))).dataverse.read(LEADS)).rejects.toMatchObject({
      code: 'NO_SECURITY_ROLE',
    });
  });

  it('sends a query inside a batch when its URL is too long to stand alone', async () => {
    const path = `leads?$filter=${'x'.repeat(32_768)}`;
    const { send, dataverse } = connect(answer(200, part(200, '{"value":[]}')));
    await expect(dataverse.read(readRows(path, 'leadid'))).resolves.toEqual({ value: [] });
    expect(send.requests[0]).toMatchObject({ method: 'POST', url: `${ORIGIN}/api/data/v9.2/$batch` });
    expect(partLines(send.requests[0])).toEqual([`GET /api/data/v9.2/${path}`]);
  });

  it('refuses a query that is too long even for that, before anything is sent', async () => {
    await expect(connect().dataverse.read(readRows('x'.repeat(65_536), 'leadid'))).rejects.toMatchObject({
      code: 'URL_TOO_LONG',
    });
  });

  const READS = [LEADS, readRows('contacts', 'contactid')];
  const html = { 'content-type': 'text/html; charset=utf-8' };
  it.each([
    ['a page with 200', { status: 200, headers: html, body: '\n<!doctype html>' }],
    ['a page that is called none', { status: 200, headers: {}, body: '<html>' }],
    ['text that is called a page', { status: 200, headers: html, body: 'It works!' }],
    ['a page with 404', { status: 404, headers: html, body: '<html>Not here</html>' }],
    ['a page with 405', { status: 405, headers: html, body: '<html>' }],
  ])('says within seconds that the URL is wrong when all that answers is %s', async (_what, page) => {
    const hint = expect.stringContaining('organization URL');
    const expected = { name: 'SettingsError', code: 'NOT_DATAVERSE', status: page.status, hint };
    const pages = () => connect(...Array<typeof page>(page.status === 200 ? 4 : 1).fill(page));
    const { clock, send, dataverse } = pages();
    await expect(dataverse.read(LEADS)).rejects.toMatchObject(expected);
    await expect(pages().dataverse.batch(READS)).rejects.toMatchObject(expected);
    expect(send.left()).toBe(0);
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(15_000);
  });

  it('says so of batches that are answered in one piece', async () => {
    const pieces = Array.from({ length: 4 }, () => json(200, { hello: 'world' }));
    await expect(connect(...pieces).dataverse.batch(READS)).rejects.toMatchObject({ code: 'NOT_DATAVERSE' });
  });

  it('goes on when only the first answers were pages: something on the way had trouble', async () => {
    const page = { status: 200, headers: html, body: '<html>' };
    const { dataverse } = connect(page, page, page, json(200, { value: [] }), page, json(200, { value: [] }));
    await expect(dataverse.read(LEADS)).resolves.toEqual({ value: [] });
    await expect(dataverse.read(LEADS)).resolves.toEqual({ value: [] });
  });

  it('looks on behind answers that anything in between may have given', async () => {
    const before = [response(503, { body: '<html>', headers: html }), response(429, { body: '<html>', headers: html })];
    const { dataverse } = connect(...before, { status: 405, headers: html, body: '<html>' });
    await expect(dataverse.read(LEADS)).rejects.toMatchObject({ code: 'NOT_DATAVERSE' });
  });

  it('reads again after a page in the midst of answers: it was Dataverse before', async () => {
    const page = { status: 200, headers: html, body: '<html>' };
    const { dataverse } = connect(json(200, { value: [] }), page, page, json(200, { value: [] }));
    await dataverse.read(LEADS);
    await expect(dataverse.read(LEADS)).resolves.toEqual({ value: [] });
  });

  it('takes a 404 that Dataverse explains, or of some reads only, for the answer', async () => {
    const { dataverse } = connect(answer(200, part(404, '<html>'), part(200, '{"value":[]}')));
    await expect(dataverse.batch(READS)).resolves.toMatchObject([{ kind: 'refused' }, { kind: 'ok' }]);
    await expect(connect(json(404, refusal('0x80060888'))).dataverse.read(LEADS)).rejects.toMatchObject({
      code: 'DATAVERSE_REFUSED',
    });
  });

  it('does not download an endless answer again and again', async () => {
    const tooLarge = new UnknownResultError('https://contoso: the answer is too large', 'too-large');
    const { send, dataverse } = connect(tooLarge);
    await expect(dataverse.read(LEADS)).rejects.toMatchObject({ code: 'ANSWER_UNREADABLE' });
    expect(send.left()).toBe(0);
  });
});

describe('pages', () => {
  const next = (token: string) => `${ORIGIN}/api/data/v9.2/leads?$select=leadid&$skiptoken=${token}`;

  it('follows nextLink unchanged and asks for what the read prefers every time', async () => {
    const { send, dataverse } = connect(
      json(200, { value: [{ leadid: '1' }], '@odata.nextLink': next('%3Ccookie%20x=%22%253c%22/%3E') }),
      json(200, { value: [{ leadid: '2' }] }),
    );
    const read = { ...readRows('leads?$select=leadid', 'leadid'), headers: { prefer: 'odata.maxpagesize=1' } };
    expect(await gather(dataverse.pages(read))).toEqual([[{ leadid: '1' }], [{ leadid: '2' }]]);
    expect(send.requests.map(({ url }) => url)).toEqual([
      `${ORIGIN}/api/data/v9.2/leads?$select=leadid`,
      next('%3Ccookie%20x=%22%253c%22/%3E'),
    ]);
    expect(send.requests.map(({ headers }) => headers.prefer)).toEqual(['odata.maxpagesize=1', 'odata.maxpagesize=1']);
  });

  it('reads a page only when it is asked for', async () => {
    const { send, dataverse } = connect(
      json(200, { value: [], '@odata.nextLink': next('1') }),
      json(200, { value: [] }),
    );
    for await (const _page of dataverse.pages(LEADS)) break;
    expect(send.left()).toBe(1);
  });

  it.each([
    'https://evil.example/api/data/v9.2/leads?$skiptoken=1',
    `http://contoso.crm4.dynamics.com/api/data/v9.2/leads`,
    `${ORIGIN}.evil.example/api/data/v9.2/leads`,
    `${ORIGIN}@evil.example/api/data/v9.2/leads`,
    `${ORIGIN}/elsewhere?x=/api/data/v9.2/leads`,
    'leads?$skiptoken=1',
  ])('does not follow %s', async (link) => {
    const { send, dataverse } = connect(json(200, { value: [], '@odata.nextLink': link }));
    await expect(gather(dataverse.pages(LEADS))).rejects.toMatchObject({ code: 'FOREIGN_ORIGIN' });
    expect(send.requests).toHaveLength(1);
  });

  it('reads a page of a real organization and knows that its link belongs to that organization', async () => {
    const recorded: JsonObject = JSON.parse(readFileSync(join(__dirname, 'fixtures', 'contacts-read.json'), 'utf8'));
    const { dataverse } = connect(json(200, recorded));
    const [first] = [await dataverse.pages(readRows('contacts', 'contactid'))[Symbol.asyncIterator]().next()];
    expect(first?.value).toMatchObject([{ fullname: 'Heriberto Nathan' }, { fullname: 'Dwayne Elijah' }]);
    const foreign = connect(json(200, recorded));
    await expect(gather(foreign.dataverse.pages(readRows('contacts', 'contactid')))).rejects.toThrow(
      /org5bd08fdd\.api\.crm\.dynamics\.com/,
    );
  });

  it('pages FetchXML by its cookie and asks for the annotations', async () => {
    const read = fetchRows('leads', fetchXml({ entity: 'lead', attributes: ['leadid'] }), 'leadid');
    const more = {
      '@Microsoft.Dynamics.CRM.morerecords': true,
      '@Microsoft.Dynamics.CRM.fetchxmlpagingcookie':
        '<cookie pagenumber="2" pagingcookie="%253ccookie%252f%253e" istracking="False" />',
    };
    const { send, dataverse } = connect(
      json(200, { value: [{ leadid: '1' }], ...more }),
      json(200, { value: [{ leadid: '2' }] }),
    );
    expect(await gather(dataverse.pages(read))).toHaveLength(2);
    expect(send.requests[0]?.headers.prefer).toMatch(/fetchxmlpagingcookie,Microsoft\.Dynamics\.CRM\.morerecords/);
    expect(decodeURIComponent(send.requests[1]?.url ?? '')).toContain(
      "<fetch page='2' paging-cookie='&lt;cookie/&gt;'>",
    );
  });

  it('goes on over pages without a row, but not without end', async () => {
    const empty = (token: number) => json(200, { value: [], '@odata.nextLink': next(String(token)) });
    const some = Array.from({ length: 99 }, (_, token) => empty(token));
    const { dataverse } = connect(...some, json(200, { value: [{ leadid: '1' }] }));
    expect((await gather(dataverse.pages(LEADS))).flat()).toEqual([{ leadid: '1' }]);
    const all = connect(...some, empty(99)).dataverse;
    await expect(all.read(LEADS)).rejects.toMatchObject({ code: 'ENDLESS_PAGES', category: 'dataverse' });
  });

  it.each([1, 2, 3, 5])('notices that links go in a circle of %d', async (length) => {
    const pages = Array.from({ length: 20 }, (_, place) =>
      json(200, { value: [{ leadid: String(place) }], '@odata.nextLink': next(String(place % length)) }),
    );
    await expect(gather(connect(...pages).dataverse.pages(LEADS))).rejects.toMatchObject({ code: 'ENDLESS_PAGES' });
  });

  it('notices that a FetchXML cookie repeats', async () => {
    const page = json(200, {
      value: [{ leadid: '1' }],
      '@Microsoft.Dynamics.CRM.morerecords': true,
      '@Microsoft.Dynamics.CRM.fetchxmlpagingcookie': '<cookie pagenumber="2" pagingcookie="%253ccookie%252f%253e" />',
    });
    const read = fetchRows('leads', fetchXml({ entity: 'lead', attributes: ['leadid'] }), 'leadid');
    await expect(gather(connect(page, page, page).dataverse.pages(read))).rejects.toMatchObject({
      code: 'ENDLESS_PAGES',
    });
  });
});

describe('what is read in one piece', () => {
  const next = (token: string) => `${ORIGIN}/api/data/v9.2/leads?$skiptoken=${token}`;
  const PAGE = { value: [{ leadid: '1' }], '@odata.nextLink': next('1') };
  const REST = { value: [{ leadid: '2' }] };
  const whole = { body: { value: [{ leadid: '1' }, { leadid: '2' }] } };

  it('has all of its pages, alone and in a batch', async () => {
    await expect(connect(json(200, PAGE), json(200, REST)).dataverse.read(LEADS)).resolves.toMatchObject(whole.body);
    const batch = answer(200, part(200, JSON.stringify(REST)), part(200, JSON.stringify(PAGE)));
    const { dataverse, send } = connect(batch, json(200, REST));
    await expect(dataverse.batch([LEADS, LEADS])).resolves.toMatchObject([{ body: REST }, whole]);
    expect(send.requests[1]?.url).toBe(next('1'));
  });

  it('has all of its pages behind a write, or is not known; what was written stays known', async () => {
    const batch = answer(200, part(204), part(200, JSON.stringify(PAGE)));
    await expect(connect(batch, json(200, REST)).dataverse.batch([ADD, LEADS])).resolves.toMatchObject([
      { kind: 'ok', status: 204 },
      whole,
    ]);
    for (const second of [json(200, {}), response(503)]) {
      const { dataverse } = connect(batch, ...Array.from({ length: 100 }, () => second));
      await expect(dataverse.batch([ADD, LEADS])).resolves.toMatchObject([{ kind: 'ok' }, { kind: 'unknown' }]);
    }
    const foreign = { ...PAGE, '@odata.nextLink': 'https://evil.example/api/data/v9.2/leads' };
    const { dataverse } = connect(answer(200, part(204), part(200, JSON.stringify(foreign))));
    await expect(dataverse.batch([ADD, LEADS])).resolves.toMatchObject([{ kind: 'ok' }, { kind: 'unknown' }]);
  });

  it('is refused when one of its pages is', async () => {
    const { dataverse } = connect(json(200, PAGE), json(400, refusal('0x80040203')));
    await expect(dataverse.batch([LEADS])).resolves.toMatchObject([{ kind: 'refused' }]);
  });
});

/** Twice, and then as it should be: whoever takes the first for an answer gives something else. */
describe('an answer to a read that is none', () => {
  const ROWS = { value: [{ leadid: '1' }] };
  const ROW = { leadid: '1', fullname: null };
  const row = readObject('leads(1)', 'leadid');
  const count = readRows('leads?$apply=aggregate($count%20as%20n)', 'n');
  const oData = { 'odata-version': '4.0' };
  const cases = [
    ['a 204', LEADS, response(204), ROWS],
    ['an empty body', LEADS, response(200), ROWS],
    ['a body without `value`', LEADS, json(200, { '@odata.context': 'x' }, oData), ROWS],
    ['a `value` that is no array', LEADS, json(200, { value: {} }, oData), ROWS],
    ['an error in a 200', LEADS, json(200, { ...refusal('0x80040216'), value: [] }, oData), ROWS],
    ['a row without its key', LEADS, json(200, { value: [{ leadid: '1' }, { fullname: 'X' }] }, oData), ROWS],
    ['a row that is none', LEADS, json(200, { value: [null] }, oData), ROWS],
    ['a key that is empty', LEADS, json(200, { value: [{ leadid: '' }] }, oData), ROWS],
    ['a row alone without its key', row, json(200, { fullname: 'X' }, oData), ROW],
    ['rows where one was asked for', row, json(200, ROWS, oData), ROW],
    ['a function without its result', readObject('WhoAmI', 'UserId'), json(200, {}, oData), { UserId: '1' }],
    ['a count without its number', count, json(200, { value: [{}] }, oData), { value: [{ n: 0 }] }],
  ] as const;

  it.each(cases)('%s: alone', async (_what, read, nothing, right) => {
    const { send, dataverse } = connect(nothing, nothing, json(200, right));
    await expect(dataverse.read(read)).resolves.toEqual(right);
    expect(send.left()).toBe(0);
  });

  it.each(cases)('%s: in a batch, also behind a throttled part', async (_what, read, nothing, right) => {
    const empty = part(nothing.status, nothing.body);
    const throttled = part(429, '', { 'Retry-After': '7' });
    const whole = part(200, JSON.stringify(right));
    const { send, dataverse } = connect(
      answer(200, empty, throttled),
      answer(200, whole, empty),
      nothing,
      json(200, right),
    );
    await expect(dataverse.batch([read, read])).resolves.toMatchObject([{ body: right }, { body: right }]);
    expect(send.left()).toBe(0);
  });

  it.each(cases)('%s: in the end a temporary failure, and no answer', async (_what, read, nothing) => {
    const failed = connect(...Array.from({ length: 9 }, () => nothing)).dataverse.read(read);
    await expect(failed).rejects.toThrow(TemporaryError);
    const batch = answer(200, part(204), part(nothing.status, nothing.body));
    await expect(connect(batch).dataverse.batch([ADD, read])).resolves.toMatchObject([
      { kind: 'ok' },
      { kind: 'unknown' },
    ]);
  });

  it('says what was wrong with it, and in the words of the server', async () => {
    const inOk = json(200, refusal('0x80040216', 'An unexpected error occurred.'), oData);
    const failed = connect(...Array.from({ length: 9 }, () => inOk)).dataverse.read(LEADS);
    await expect(failed).rejects.toMatchObject({
      code: 'ANSWER_UNUSABLE',
      message: expect.stringMatching(/^Gave up on GET leads after 9 attempts, .* An unexpected error occurred\.\.?$/),
    });
  });

  it('says so where it has no content', async () => {
    const failed = connect(...Array.from({ length: 9 }, () => response(204))).dataverse.read(LEADS);
    await expect(failed).rejects.toThrow('the answer is HTTP 204 with no content');
  });

  it('is nothing that a write needs: it may have no body', async () => {
    await expect(connect(response(200)).dataverse.send(ADD)).resolves.toMatchObject({ kind: 'ok' });
    const inOk = json(200, refusal('0x80040216'));
    await expect(connect(inOk).dataverse.send(ADD)).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('shows that the URL is wrong when some other service gives it', async () => {
    const other = () => json(200, { hello: 'world' });
    await expect(connect(other(), other(), other(), other()).dataverse.read(row)).rejects.toMatchObject({
      code: 'NOT_DATAVERSE',
    });
  });
});
