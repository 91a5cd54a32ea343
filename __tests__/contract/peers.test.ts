import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useEmulator } from '../support/emulator.ts';
import { parts } from '../support/raw-batch.ts';

type Recorded = { method: string; url: string; headers: Record<string, string>; body: string };

const recorded = (name: string): Recorded[] =>
  JSON.parse(readFileSync(join(__dirname, 'fixtures', `${name}.requests.json`), 'utf8')).flatMap(
    (entry: { requests?: unknown[] }) => entry.requests ?? [entry],
  );

const id = (number: number) => `00000000-0000-0000-0000-00000000000${number}`;

/** The rows that the recorded requests talk about. */
const seed = {
  campaigns: [{ campaignid: id(4), name: 'Recorded' }],
  lists: [{ listid: id(1), listname: 'Recorded', createdfromcode: 2 }],
  contacts: [{ contactid: id(2), lastname: 'Two' }],
  leads: [{ leadid: id(3), lastname: 'Three' }],
};

describe('requests as other clients send them', () => {
  const api = useEmulator({ seed });
  const replay = ({ method, url, headers, body }: Recorded) => {
    const origin = api.emulator().url;
    const text = body.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, origin);
    return api.send(method, `${origin}${url}`, text === '' ? undefined : text, headers);
  };

  it.each(
    recorded('dynamics-web-api-2.5.0').map((request, index) => [index, request.method, request.url, request] as const),
  )('dynamics-web-api %d: %s %s is understood', async (_index, _method, _url, request) => {
    const answer = await replay(request);
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toContain('could not be resolved');
  });

  it.each(
    recorded('dataverse-ify-2.0.7').map((request, index) => [index, request.method, request.url, request] as const),
  )('dataverse-ify %d: %s %s is understood', async (_index, _method, _url, request) => {
    expect((await replay(request)).status).toBeLessThan(500);
  });

  it('answers the batch of dataverse-ify, with its line feeds, as a change set', async () => {
    const [request] = recorded('dataverse-ify-2.0.7').filter((each) => each.url.endsWith('$batch'));
    if (request === undefined) throw new Error('the recording has a batch');
    expect(parts(await replay(request))).toMatchObject([
      { status: 200, contentId: '1' },
      { status: 204, contentId: '2' },
    ]);
  });
});
