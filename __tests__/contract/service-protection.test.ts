import { refusal, useEmulator } from '../support/emulator.ts';
import { part, sendBatch } from '../support/raw-batch.ts';

const documented = { requests: 6000, executionTimeMs: 1_200_000, concurrency: 52, windowSeconds: 300 };

describe('service protection that really counts', () => {
  const clock = { ms: Date.UTC(2026, 0, 1) };
  const limits = { ...documented, requests: 3 };
  const api = useEmulator({ seed: 'none', limits, now: () => new Date(clock.ms) });
  const wait = (seconds: number) => {
    clock.ms += seconds * 1000;
  };

  it('refuses the request too many, until the first one leaves the window [documented]', async () => {
    for (let number = 0; number < 3; number += 1) {
      expect((await api.get('WhoAmI')).status).toBe(200);
      wait(1);
    }
    const answer = await api.get('WhoAmI');
    expect(answer).toMatchObject(
      refusal(429, '0x80072322', 'Number of requests exceeded the limit of 3 over time window of 300 seconds.'),
    );
    expect(answer.headers.get('retry-after')).toBe('297');
  });

  it('makes the wait longer while the client keeps pushing [documented]', async () => {
    const first = Number((await api.get('WhoAmI')).headers.get('retry-after'));
    const second = Number((await api.get('WhoAmI')).headers.get('retry-after'));
    expect(second).toBeGreaterThan(first);
  });

  it('lets the user in again after the wait', async () => {
    wait(301);
    expect((await api.get('WhoAmI')).status).toBe(200);
  });

  it('counts a batch as one request [documented]', async () => {
    wait(301);
    const body = `--b\r\n\r\nGET WhoAmI HTTP/1.1\r\n\r\n`.repeat(5);
    const answer = await api.post('$batch', `${body}--b--\r\n`, { 'Content-Type': 'multipart/mixed;boundary=b' });
    expect(answer.status).toBe(200);
    const { headers } = await api.get('WhoAmI');
    expect(headers.get('x-ms-ratelimit-burst-remaining-xrm-requests')).toBe('1');
  });

  it.each([
    ['reset-after-commit', 300],
    ['slow', 301],
  ] as const)('takes for pushing only who was told to wait by a part: with %s', async (kind, seconds) => {
    wait(301);
    const told = {
      kind: 'fail-part',
      status: 429,
      code: '0x80072322',
      message: 'Wait.',
      retryAfterSeconds: 30,
    } as const;
    api.emulator().admin.addFaults([
      { match: { path: 'WhoAmI', inBatch: true }, times: 1, effect: told },
      { match: { operation: '$batch' }, times: 1, effect: { kind, ms: 0 } },
    ]);
    await sendBatch(api, [part('GET', 'WhoAmI')]).catch(() => undefined);
    for (let number = 0; number < 2; number += 1) await api.get('WhoAmI');
    expect((await api.get('WhoAmI')).headers.get('retry-after')).toBe(String(seconds));
  });
});

describe('service protection and batches', () => {
  const api = useEmulator({ seed: 'none', limits: { ...documented, requests: 1 } });

  it.each([
    ['outer', 429, 0],
    ['part', 400, 1],
  ] as const)('U21 batchThrottling %s: outer %d and %d parts', async (value, status, count) => {
    api.switch({ batchThrottling: value });
    await api.get('WhoAmI');
    const body = `--b\r\n\r\nGET WhoAmI HTTP/1.1\r\n\r\n`.repeat(2);
    const answer = await api.post('$batch', `${body}--b--\r\n`, { 'Content-Type': 'multipart/mixed;boundary=b' });
    expect(answer.status).toBe(status);
    expect(answer.text.match(/HTTP\/1\.1 429 Too Many Requests/g) ?? []).toHaveLength(count);
  });
});

describe('concurrency', () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const api = useEmulator({ seed: 'none', limits: { ...documented, concurrency: 2 }, sleep: () => released });

  it('refuses what is too much at once [documented]', async () => {
    const asked = [1, 2, 3, 4].map(() => api.get('WhoAmI'));
    // Whoever is let in stays until the others were refused.
    await new Promise<void>((resolve) => {
      let answered = 0;
      for (const each of asked)
        void each.then(() => {
          answered += 1;
          if (answered === 2) resolve();
        });
    });
    release();
    const answers = await Promise.all(asked);
    const statuses = answers.map((answer) => answer.status).toSorted();
    expect(statuses).toEqual([200, 200, 429, 429]);
    const refused = answers.find((answer) => answer.status === 429);
    expect(refused).toMatchObject(refusal(429, '0x80072326', 'Number of concurrent requests exceeded the limit of 2.'));
  });
});

describe('execution time', () => {
  const api = useEmulator({
    seed: 'none',
    limits: { ...documented, executionTimeMs: 50 },
    latency: { perRequestMs: 60 },
  });

  it('is added up over the window [documented]', async () => {
    expect((await api.get('WhoAmI')).status).toBe(200);
    expect(await api.get('WhoAmI')).toMatchObject({ status: 429, json: { error: { code: '0x80072321' } } });
  });
});
