/** What is asked on a terminal before something is taken away: yes, no, Ctrl-C, and what each leaves behind. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useCampaignCli } from '../support/campaign-cli.ts';
import { members } from '../support/emulator.ts';
import { CTRL_C, CTRL_D, ENTER, onPty, type PtyRun, runOnPty } from '../support/pty.ts';
import { createHome, jsonLines, runCli } from '../support/run-cli.ts';

const MANY = 120;
const cli = useCampaignCli({ people: 2 * MANY });
const people = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, at) => `person${from + at}@people.example\n`).join('');

function start(args: readonly string[], redirect = ''): PtyRun {
  const env = { DYNCAMP_URL: cli.api.emulator().url, DYNCAMP_ACCESS_TOKEN: 'token-of-the-test' };
  return runOnPty(args, { home: cli.home(), env, redirect });
}

async function answer(run: PtyRun, question: string, typed: string) {
  await run.waitFor(question);
  await run.waitFor('[y/N]');
  run.type(typed);
  return run.ended;
}

/** A campaign with many people in it whom we added. */
async function full(name: string): Promise<string> {
  const campaign = await cli.make.campaign({ name });
  await cli.change(['add', `id:${campaign}`, '-'], { stdin: people(1, MANY) });
  expect(await cli.peopleIn(campaign)).toHaveLength(MANY);
  cli.writes();
  return campaign;
}

/** Nothing that looks like a fault of ours, and no half of a question left on the line. */
function expectCalm(shown: string): void {
  expect(shown).not.toContain('Unexpected error');
  expect(shown).not.toMatch(/\n\s+at /);
}

onPty('the question before many people are removed', () => {
  const commands = {
    apply: (campaign: string) => [
      ...['apply', `id:${campaign}`, '-f', cli.file('staying.txt', people(MANY, MANY + 1))],
      ...['--max-removals', '500'],
    ],
    remove: (campaign: string) => ['remove', `id:${campaign}`, '-f', cli.file('leaving.txt', people(1, MANY - 1))],
  };

  it.each(['apply', 'remove'] as const)('of %s: yes goes on', async (command) => {
    const campaign = await full(`Yes to ${command}`);
    const events = join(cli.home().directory, 'events.jsonl');
    const run = start(commands[command](campaign), `> '${events}'`);
    const { code } = await answer(run, 'from the campaign?', `y${ENTER}`);
    expect(code).toBe(0);
    expect(await cli.peopleIn(campaign)).toHaveLength(command === 'apply' ? 2 : 1);
    const told = jsonLines(readFileSync(events, 'utf8')).map(({ type }) => type);
    expect(told.filter((type) => type === 'dyncamp.person.removed')).toHaveLength(MANY - 1);
  });

  it.each([
    ['apply', 'no', `n${ENTER}`, 2],
    ['apply', 'nothing', ENTER, 2],
    ['remove', 'Ctrl-C', CTRL_C, 130],
  ] as const)('of %s: %s changes nothing', async (command, what, typed, expected) => {
    const campaign = await full(`${what} to ${command}`);
    const events = join(cli.home().directory, 'events.jsonl');
    const run = start(commands[command](campaign), `> '${events}'`);
    const { code, shown } = await answer(run, 'from the campaign?', typed);
    expect(code).toBe(expected);
    expectCalm(shown);
    expect(cli.writes().filter((write) => write !== 'POST $batch')).toEqual([]);
    expect(readFileSync(events, 'utf8')).toBe('');
    expect(await cli.peopleIn(campaign)).toHaveLength(MANY);
  });
});

onPty('the question of runs undo', () => {
  it.each([
    ['yes', `yes${ENTER}`, 0, 0],
    ['no', `n${ENTER}`, 2, 1],
  ] as const)('%s', async (what, typed, expected, left) => {
    const campaign = await cli.make.campaign({ name: `Undone: ${what}` });
    const [first, second] = ['person1@people.example', 'person2@people.example'];
    const { events } = await cli.change(['add', `id:${campaign}`, first, second]);
    // Who has gone since is not counted in the question.
    await cli.change(['remove', `id:${campaign}`, second]);
    const { run } = JSON.parse(JSON.stringify(events[0])).data;
    const { code, shown } = await answer(start(['runs', 'undo', run]), 'remove 1 person from', typed);
    expect(code).toBe(expected);
    expectCalm(shown);
    expect(shown.includes('Removed person1@people.example (lead)')).toBe(left === 0);
    expect(await cli.peopleIn(campaign)).toHaveLength(left);
  });
});

onPty('the question of sync repair', () => {
  it.each([
    ['yes', `y${ENTER}`, 0, 1],
    ['no', `n${ENTER}`, 10, 0],
  ] as const)('%s', async (what, typed, expected, linked) => {
    const campaign = await cli.make.campaign({ name: `Repaired: ${what}` });
    const list = await cli.make.leadList({ listname: `Mkto-leads-${campaign}` });
    await cli.api.post('AddListMembersList', members(list, 'lead', [await cli.make.lead()]));
    const { code, shown } = await answer(start(['sync', 'repair', `id:${campaign}`]), 'Link', typed);
    expect(code).toBe(expected);
    expectCalm(shown);
    expect(await cli.ownLists(campaign)).toHaveLength(linked);
  });
});

onPty('the question of profiles remove', () => {
  it.each([
    ['yes', `y${ENTER}`, 0, 0],
    ['Ctrl-C', CTRL_C, 130, 1],
    ['the end of the input, Ctrl-D', CTRL_D, 2, 1],
  ] as const)('%s', async (_what, typed, expected, left) => {
    const home = createHome();
    const added = ['profiles', 'add', 'old', '--url', 'https://x.crm4.dynamics.com', '--sign-in', 'azure-cli'];
    expect(await runCli([...added, '--no-verify'], { home })).toMatchObject({ code: 0 });
    const run = runOnPty(['profiles', 'remove', 'old'], { home });
    const { code, shown } = await answer(run, 'Remove profile "old"', typed);
    expect(code).toBe(expected);
    expectCalm(shown);
    const names = jsonLines((await runCli(['profiles', 'list'], { home })).stdout).map(({ name }) => name);
    expect(names.filter((name) => name === 'old')).toHaveLength(left);
    home.remove();
  });
});

onPty('profiles add that cannot connect', () => {
  it('asks again with the answers as defaults, and stores nothing when that is declined', async () => {
    const home = createHome();
    const env = { AZURE_CLIENT_SECRET: 'wrong' };
    const args = ['profiles', 'add', 'p', '--url', cli.api.emulator().url, '--sign-in', 'client-secret'];
    const run = runOnPty([...args, '--tenant', 'none.example', '--secret-env', 'NOT_SET'], { home, env });
    await run.waitFor('Application (client) id');
    run.type(`11111111-2222-3333-4444-555555555555${ENTER}`);
    await run.waitFor('Error:');
    await run.waitFor('try again? [y/N]');
    run.type(`y${ENTER}`);
    await run.waitFor(`[${cli.api.emulator().url}]`);
    run.type(ENTER);
    await run.waitFor('[client-secret]');
    run.type(ENTER);
    await run.waitFor('[none.example]');
    run.type(ENTER);
    await run.waitFor('[11111111-2222-3333-4444-555555555555]');
    run.type(ENTER);
    await run.waitFor('[variable]');
    run.type(ENTER);
    await run.waitFor('try again? [y/N]');
    run.type(`n${ENTER}`);
    const { code, shown } = await run.ended;
    expectCalm(shown);
    expect(code).toBe(2);
    expect((await runCli(['profiles', 'list', '--columns', 'name'], { home })).stdout).not.toContain('"p"');
    home.remove();
  });
});
