import { answer, connect, json, part } from './fake-transport.ts';

describe('ask', () => {
  it('reads $metadata as it is', async () => {
    const csdl = '<edmx:Edmx Version="4.0"></edmx:Edmx>';
    const { dataverse, send } = connect({ status: 200, headers: { 'content-type': 'application/xml' }, body: csdl });
    await expect(dataverse.ask('metadata')).resolves.toEqual({ status: 200, body: csdl });
    expect(send.requests[0]).toMatchObject({
      method: 'GET',
      url: expect.stringMatching(/\/api\/data\/v9\.2\/\$metadata$/),
      headers: { accept: 'application/xml', 'odata-version': '4.0' },
    });
  });

  it('asks again for $metadata that is empty or broken off, and gives up in the end', async () => {
    const of = (body: string) => ({ status: 200, headers: { 'content-type': 'application/xml' }, body });
    const whole = of('<edmx:Edmx Version="4.0"></edmx:Edmx>\n');
    const { dataverse, send } = connect(of(''), of('<edmx:Edmx Version="4.0">'), whole);
    await expect(dataverse.ask('metadata')).resolves.toMatchObject({ body: whole.body });
    expect(send.left()).toBe(0);
    const never = connect(...Array.from({ length: 9 }, () => of(''))).dataverse;
    await expect(never.ask('metadata')).rejects.toMatchObject({ code: 'ANSWER_UNUSABLE' });
  });

  it('leaves out the version, and takes a refusal for an answer', async () => {
    const { dataverse, send } = connect(json(400, { error: { code: '0x0', message: 'no version' } }));
    expect((await dataverse.ask('no-version')).status).toBe(400);
    const names = Object.keys(send.requests[0]?.headers ?? {}).map((name) => name.toLowerCase());
    expect(names.filter((name) => name.startsWith('odata-'))).toEqual([]);
  });

  it.each([
    ['line-feeds', /^(?:[^\r]*\n)+$/, 'WhoAmI'],
    ['failing-batch', /^(?:[^\n]*\r\n)+$/, 'systemusers(00000000-0000-0000-0000-000000000000)'],
  ] as const)('%s is a batch of one read, which may stop', async (question, lines, path) => {
    const { dataverse, send } = connect(answer(404, part(404)));
    expect((await dataverse.ask(question)).status).toBe(404);
    const [request] = send.requests;
    expect(request?.body).toMatch(lines);
    expect(request?.body).toContain(`GET /api/data/v9.2/${path} HTTP/1.1`);
    expect(request?.headers).not.toHaveProperty('prefer');
  });

  it('is repeated while the service throttles', async () => {
    const throttled = json(429, { error: { code: '0x80072322', message: 'slow' } }, { 'retry-after': '7' });
    const { dataverse, clock } = connect(throttled, json(200, {}));
    expect((await dataverse.ask('no-version')).status).toBe(200);
    expect(clock.slept).toContain(7000);
  });
});
