/** examples/08-marketo-rest.sh against a stand-in for Marketo's REST API: sign-in, pages, limits and errors as its guide describes them. */

import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { runExample } from '../support/examples.ts';
import { createHome } from '../support/run-cli.ts';
import { serve } from '../support/server.ts';

jest.setTimeout(120_000);

const home = createHome();
afterAll(() => home.remove());

const person = (id: number, email: string, lastName: string | null) => ({
  id,
  email,
  firstName: 'M',
  lastName,
  company: null,
});
const PAGES: Readonly<Record<string, unknown>> = {
  '': {
    result: [person(1, 'anna.arendt@nordlicht.example', 'Arendt'), person(2, 'mona@marketo.example', 'Mohn')],
    nextPageToken: 'TWO==',
  },
  'TWO==': { result: [person(3, 'max@marketo.example', null)] },
};

/** Answers the lists.json of the guide; `trouble` is answered first, one a call. */
async function startMarketo(trouble: readonly string[]) {
  const calls: string[] = [];
  const troubles = [...trouble];
  let tokens = 0;
  const answer = (request: IncomingMessage): unknown => {
    const url = new URL(request.url ?? '', 'http://marketo');
    if (url.pathname === '/identity/oauth/token') {
      const { grant_type, client_id, client_secret } = Object.fromEntries(url.searchParams);
      calls.push(`token ${grant_type} ${client_id} ${client_secret}`);
      tokens += 1;
      return { access_token: `token-${tokens}`, token_type: 'bearer', expires_in: 3599 };
    }
    const page = url.searchParams.get('nextPageToken') ?? '';
    calls.push(`${url.pathname} ${page} ${request.headers.authorization}`);
    const code = troubles.shift();
    if (code !== undefined) return { requestId: 'x', success: false, errors: [{ code, message: `error ${code}` }] };
    return { requestId: 'x', success: true, ...Object(PAGES[page]) };
  };
  const server = await serve((request, response) => {
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer(request)));
  });
  return { ...server, calls };
}

async function run(trouble: readonly string[] = []) {
  const marketo = await startMarketo(trouble);
  const env = {
    MARKETO_URL: `${marketo.url}/`,
    MARKETO_CLIENT_ID: 'an id',
    MARKETO_CLIENT_SECRET: 's&cret',
    MARKETO_WAIT: '0',
  };
  try {
    const result = await runExample('"$EXAMPLES/08-marketo-rest.sh" "Spring Launch" 1234 results.jsonl', { home, env });
    return { ...result, calls: marketo.calls };
  } finally {
    await marketo.close();
  }
}

const outcomes = () =>
  readFileSync(join(home.directory, 'results.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ line, ref, outcome, code }) => [line, ref, outcome, code ?? '']);

it('adds the members of every page, with a new token and patience where Marketo asks for them', async () => {
  const { code, calls, stderr } = await run(['602', '606']);
  expect({ code, stderr }).toMatchObject({ code: 68, stderr: expect.stringContaining('line 3: cannot be created') });
  expect(outcomes()).toEqual([
    [1, 'anna.arendt@nordlicht.example', 'added', ''],
    [2, 'mona@marketo.example', 'added', ''],
    [3, 'max@marketo.example', 'cannot-create', 'NO_LAST_NAME'],
  ]);
  expect(calls).toEqual([
    'token client_credentials an id s&cret',
    '/rest/v1/list/1234/leads.json  Bearer token-1',
    'token client_credentials an id s&cret',
    '/rest/v1/list/1234/leads.json  Bearer token-2',
    '/rest/v1/list/1234/leads.json  Bearer token-2',
    '/rest/v1/list/1234/leads.json TWO== Bearer token-2',
  ]);
});

it('ends with what Marketo says when it refuses', async () => {
  const { code, stderr } = await run(['1013']);
  expect(code).toBe(1);
  expect(stderr).toContain('Marketo answered 1013: error 1013');
});
