import { UnknownResultError } from '../../../src/transport/http.ts';
import type { LogRecord } from '../../../src/transport/log.ts';
import { loggedUrl } from '../../../src/transport/log.ts';
import { openTransport } from '../../../src/transport/open-transport.ts';
import { userAgent } from '../../../src/transport/user-agent.ts';
import { manualClock } from './manual-clock.ts';
import { get, post, response, type Step, scriptedSend } from './scripted-send.ts';

const TOKEN = 'planted-token';

function open(...script: readonly Step[]) {
  const send = scriptedSend(...script);
  const logged: LogRecord[] = [];
  const waits: unknown[] = [];
  let ids = 0;
  const transport = openTransport({
    origin: 'https://contoso.crm4.dynamics.com',
    send,
    tokens: { token: async () => TOKEN },
    clock: manualClock(),
    random: () => 0.5,
    uuid: () => {
      ids += 1;
      return `id-${ids}`;
    },
    userAgent: userAgent('1.2.3'),
    maxWaitMs: 600_000,
    onWait: (wait) => waits.push(wait),
    log: (record) => logged.push(record),
  });
  return { send, transport, logged, waits };
}

describe('openTransport', () => {
  it('signs, names itself and gives every attempt an id of its own', async () => {
    const { send, transport } = open(response(503), response(200));
    await transport.send(get());
    expect(send.requests.map(({ headers }) => headers['x-ms-client-request-id'])).toEqual(['id-1', 'id-2']);
    expect(send.requests[1]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'user-agent': expect.stringMatching(/^dyncamp\/1\.2\.3 \(\w+ \w+; node \d/),
    });
  });

  it('counts every attempt, its bytes and the time waited', async () => {
    const { transport, waits } = open(
      response(429, { headers: { 'retry-after': '7' }, body: 'abc' }),
      response(200, { body: 'ü' }),
    );
    await transport.send(post({ url: 'https://contoso.crm4.dynamics.com/', body: 'é' }));
    const sent = 2 * ('https://contoso.crm4.dynamics.com/'.length + 2);
    expect(transport.traffic()).toEqual({ requests: 2, bytesSent: sent, bytesReceived: 5, waitedMs: 7_000 });
    expect(waits).toEqual([{ untilMs: 1_007_000, reason: 'throttled' }]);
  });

  it('logs each exchange without headers, bodies and the token', async () => {
    const lost = new UnknownResultError('https://contoso: broke', 'lost');
    const [id, other] = ['a1687769-7702-46fa-a6ee-4094ba20f706', 'b1687769-7702-46fa-a6ee-4094ba20f706'];
    const answer = response(200, { headers: { req_id: `${id},${other}` }, body: 'private' });
    const { transport, logged } = open(lost, answer);
    await transport.send(get({ url: 'https://contoso.crm4.dynamics.com/x?access_token=abc&$select=leadid' }));
    expect(logged).toEqual([
      expect.objectContaining({ status: undefined, error: 'https://contoso: broke', clientRequestId: 'id-1' }),
      expect.objectContaining({ method: 'GET', status: 200, requestId: id, clientRequestId: 'id-2' }),
    ]);
    expect(JSON.stringify(logged)).not.toMatch(/planted-token|private|abc/);
  });

  it('closes for everybody when a part of a batch was throttled', async () => {
    const { transport } = open(response(200));
    transport.slowDownFor({ kind: 'throttled', retryAfterMs: 9_000 });
    await transport.send(get());
    expect(transport.traffic().waitedMs).toBe(9_000);
  });
});

describe('loggedUrl', () => {
  it.each([
    ['https://u:p@x/a', 'https://x/a'],
    ['https://x/a?code=1&b=2', 'https://x/a?code=…&b=2'],
    ['https://x/a?client_secret=1&client_assertion=2&sig=3', 'https://x/a?client_secret=…&client_assertion=…&sig=…'],
    ['https://x/leads?$filter=codename eq 1&$top=1', 'https://x/leads?$filter=codename eq 1&$top=1'],
  ])('writes %s as %s', (url, expected) => {
    expect(loggedUrl(url)).toBe(expected);
  });

  it('cuts long URLs and says how long they were', () => {
    const logged = loggedUrl(`https://x/${'a'.repeat(40_000)}`);
    expect(logged).toHaveLength(300 + '… (40010 characters)'.length);
    expect(logged).toContain('(40010 characters)');
  });
});
