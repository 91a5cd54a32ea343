/** Tokens that end, and secrets that change, in the middle of a run. */
import { until } from '../support/campaign-cli.ts';
import { asObject, makers, rowsOf, type TestAnswer } from '../support/emulator.ts';
import { jsonLines } from '../support/run-cli.ts';
import { APPLICATION, SECRET, useSignInCli } from '../support/sign-in-cli.ts';

const PEOPLE = 5_000;
const clock = { aheadMs: 0 };
const cli = useSignInCli({ seed: 'none', people: PEOPLE, now: () => new Date(Date.now() + clock.aheadMs) });
const signIn = () => cli.signIn;
const requests = () => cli.api.emulator().requests();
const unauthorized = () => requests().filter(({ status }) => status === 401).length;

let authorization = '';
/** Requests of the test itself. */
const asTest = () => ({ Authorization: authorization });
beforeAll(async () => {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: APPLICATION,
    client_secret: SECRET,
    scope: `${cli.api.emulator().url}/.default`,
  });
  signIn().setLifetime(365 * 24 * 3_600);
  const url = `${cli.api.emulator().url}/organizations/oauth2/v2.0/token`;
  const granted = asObject(await (await fetch(url, { method: 'POST', body })).json());
  authorization = `Bearer ${granted.access_token}`;
});
beforeEach(() => {
  clock.aheadMs = 0;
  signIn().setLifetime(3_599);
  cli.api.emulator().admin.clearRequests();
  cli.api.emulator().admin.setConditions({ latency: {} });
});

async function newCampaign(): Promise<string> {
  const send = cli.api.post;
  const make = makers({ ...cli.api, post: (path, body) => send(path, body, asTest()) });
  return make.campaign({ name: 'Long run' });
}

async function peopleFile(): Promise<string> {
  const leads = await everyId('leads', 'leadid');
  const contacts = await everyId('contacts', 'contactid');
  const people = [...leads.map((id) => `lead:${id}`), ...contacts.map((id) => `contact:${id}`)];
  expect(people).toHaveLength(PEOPLE);
  return cli.file('people.txt', `${people.join('\n')}\n`);
}

async function everyId(set: string, key: string): Promise<readonly unknown[]> {
  const ids: unknown[] = [];
  let next: unknown = `${set}?$select=${key}`;
  while (typeof next === 'string') {
    const page: TestAnswer = await cli.api.get(next, asTest());
    ids.push(...rowsOf(page).map((row) => row[key]));
    next = page.json['@odata.nextLink'];
  }
  return ids;
}

const LONG_MS = 180_000;

it(
  'a token that is refused in the middle of 5,000 people is renewed once for all requests, and nothing is lost',
  async () => {
    const campaign = await newCampaign();
    const file = await peopleFile();
    cli.api.emulator().admin.clearRequests();
    signIn().clearEntries();
    const running = cli.start(['add', `id:${campaign}`, '-f', file, '--batch-size', '250'], cli.withSecret(), {
      timeoutMs: LONG_MS,
    });
    // In the middle: some people were added, many were not, requests are on their way.
    await until(() => running.stdout().length > 100_000);
    clock.aheadMs = 3_600_000;
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    const people = jsonLines(stdout).map(({ subject }) => subject);
    expect(people).toHaveLength(PEOPLE);
    expect(new Set(people).size).toBe(PEOPLE);
    expect(unauthorized()).toBeGreaterThan(0);
    expect(cli.signIns()).toEqual(['secret granted', 'secret granted']);
  },
  LONG_MS,
);

it(
  'tokens that end soon are renewed before they do: none is refused',
  async () => {
    const campaign = await newCampaign();
    const file = await peopleFile();
    cli.api.emulator().admin.clearRequests();
    signIn().clearEntries();
    signIn().setLifetime(4);
    cli.api.emulator().admin.setConditions({ latency: { perRequestMs: 400 } });
    const args = ['add', `id:${campaign}`, '-f', file, '--batch-size', '200', '--concurrency', '2'];
    const { code, stdout } = await cli.run(args, cli.withSecret(), { timeoutMs: LONG_MS });
    expect({ code, events: jsonLines(stdout).length }).toEqual({ code: 0, events: PEOPLE });
    expect(cli.signIns().length).toBeGreaterThan(1);
    expect(new Set(cli.signIns())).toEqual(new Set(['secret granted']));
    expect(unauthorized()).toBe(0);
  },
  LONG_MS,
);

it('a secret that is rotated in its file is taken up without a restart', async () => {
  const campaign = await newCampaign();
  const path = cli.file('rotating', 'first-secret');
  signIn().register({ id: APPLICATION, secrets: [{ value: 'first-secret' }] });
  signIn().clearEntries();
  const env = { ...cli.application(), AZURE_CLIENT_SECRET_FILE: path };
  const running = cli.start(['add', `id:${campaign}`, '-'], env);
  running.stdin.write('last,email\nOne,rotate-one@x.example\n');
  await running.waitFor('stdout', 'rotate-one');
  cli.file('rotating', 'second-secret\n');
  signIn().register({ id: APPLICATION, secrets: [{ value: 'second-secret' }] });
  clock.aheadMs = 3_600_000;
  running.stdin.write('Two,rotate-two@x.example\n');
  await running.waitFor('stdout', 'rotate-two');
  running.stdin.end();
  await expect(running.ended).resolves.toMatchObject({ code: 0 });
  expect(cli.signIns()).toEqual(['secret granted', 'secret granted']);
});

it('a secret that is taken away in the middle ends the run with 4, and running again finishes it', async () => {
  const campaign = await newCampaign();
  const env = { ...cli.application(), AZURE_CLIENT_SECRET: 'for-now' };
  signIn().register({ id: APPLICATION, secrets: [{ value: 'for-now' }] });
  const running = cli.start(['add', `id:${campaign}`, '-'], env);
  running.stdin.write('last,email\nOne,gone-one@x.example\n');
  await running.waitFor('stdout', 'gone-one');
  signIn().register({ id: APPLICATION, secrets: [{ value: SECRET }] });
  clock.aheadMs = 3_600_000;
  running.stdin.end('Two,gone-two@x.example\n');
  const { code, stderr } = await running.ended;
  expect(code).toBe(4);
  expect(stderr).toContain('the client secret is wrong (AADSTS7000215');
  const again = await cli.run(['add', `id:${campaign}`, '-'], cli.withSecret(), {
    stdin: 'last,email\nOne,gone-one@x.example\nTwo,gone-two@x.example\n',
  });
  expect(again.code).toBe(0);
  const added = jsonLines(again.stdout).filter(({ type }) => type === 'dyncamp.person.added');
  expect(JSON.stringify(added)).toContain('gone-two');
});
