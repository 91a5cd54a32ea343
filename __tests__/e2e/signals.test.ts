/** Signals while a command waits: for the server, for input, on a terminal that hangs up, and under nohup. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { until, useCampaignCli } from '../support/campaign-cli.ts';
import { onPty, startOnPty } from '../support/pty.ts';
import { BINARY, jsonLines } from '../support/run-cli.ts';

const cli = useCampaignCli({ people: 40 });
const person = (number: number): string => `person${number}@people.example`;

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `${person(from + index)}\n`).join('');

const environment = () => ({
  PATH: process.env.PATH ?? '',
  HOME: cli.home().directory,
  DYNCAMP_CONFIG_DIR: cli.home().config,
  DYNCAMP_STATE_DIR: cli.home().state,
  DYNCAMP_URL: cli.api.emulator().url,
  DYNCAMP_ACCESS_TOKEN: 'token-of-the-test',
});

/** Longer than any test may take: who waits for it has not ended at once. */
const RETRY_AFTER_S = 3_000;

const throttle = (operation: string, times = 100) =>
  cli.api
    .emulator()
    .admin.addFaults([
      { match: { operation }, times, effect: { kind: 'throttle-requests', retryAfterSeconds: RETRY_AFTER_S } },
    ]);
const hasFired = (): boolean =>
  cli.api
    .emulator()
    .admin.faults()
    .some(({ fired }) => fired > 0);

describe('a Retry-After that is waited out', () => {
  afterEach(() => cli.api.emulator().admin.clearFaults());

  it('ends at once when a write waits: nobody was added, and nothing stays open', async () => {
    const campaign = await cli.make.campaign({ name: 'Throttled SIGINT' });
    await cli.change(['add', `id:${campaign}`, person(1)]);
    throttle('AddListMembersList');
    const running = cli.start(['--max-wait', '2h', 'add', `id:${campaign}`, person(2), person(3)]);
    await until(hasFired);
    running.kill('SIGINT');
    const stopped = await running.ended;
    expect({ code: stopped.code, stdout: stopped.stdout }).toEqual({ code: 130, stdout: '' });
    expect(stopped.stderr).toContain('2 not finished (not reached)');
    expect(stopped.stderr).not.toMatch(/^Error/m);
    expect(stopped.stderr).not.toContain('finishing');
    cli.api.emulator().admin.clearFaults();
    const again = await cli.change(['add', `id:${campaign}`, person(2), person(3)]);
    expect({ code: again.code, told: again.told }).toEqual({
      code: 0,
      told: [`added contact ${person(2)}`, `added lead ${person(3)}`],
    });
    expect(again.stderr).not.toContain('Recovered');
  });

  it.each([['remove'], ['apply'], ['undo']])('ends at once for %s too', async (command) => {
    const campaign = await cli.make.campaign({ name: `Throttled ${command}` });
    const people = cli.file(`throttled-${command}.txt`, `${person(4)}\n`);
    await cli.change(['add', `id:${campaign}`, person(4), person(5)]);
    const [run] = jsonLines((await cli.run(['runs', 'list', '-n', '1'])).stdout);
    throttle('RemoveListMembersList');
    throttle('RemoveMemberList');
    const args = {
      remove: ['remove', `id:${campaign}`, person(5)],
      apply: ['apply', `id:${campaign}`, '-f', people],
      undo: ['runs', 'undo', String(run?.run ?? run?.id), '--yes'],
    }[command];
    const running = cli.start(['--max-wait', '2h', ...(args ?? [])]);
    await until(hasFired);
    running.kill('SIGTERM');
    const stopped = await running.ended;
    expect({ code: stopped.code, stdout: stopped.stdout }).toEqual({ code: 143, stdout: '' });
    expect(stopped.stderr).not.toMatch(/^Error/m);
    expect(await cli.peopleIn(campaign)).toHaveLength(2);
  });

  it('ends at once while the organization is asked who we are', async () => {
    const campaign = await cli.make.campaign({ name: 'Throttled at once' });
    throttle('WhoAmI');
    const running = cli.start(['--max-wait', '2h', 'add', `id:${campaign}`, person(1)]);
    await until(hasFired);
    running.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, stdout: '', stderr: '' });
  });

  it('ends with --max-duration, and what was not done is said', async () => {
    const campaign = await cli.make.campaign({ name: 'Throttled for long' });
    await cli.change(['add', `id:${campaign}`, person(1)]);
    throttle('AddListMembersList');
    const ended = await cli.change(['--max-wait', '2h', 'add', `id:${campaign}`, person(2), '--max-duration', '3s']);
    expect(ended.code).toBe(75);
    expect(ended.stderr).toContain('--max-duration is over');
    expect(ended.stderr).toContain('1 not finished (not reached)');
  });
});

const onLinux = process.platform === 'linux' ? it.each : it.skip.each;
onLinux([
  ['add', 'SIGINT', 130],
  ['apply', 'SIGTERM', 143],
] as const)('%s that reads a named pipe whose writer is silent ends at once with %s', async (command, signal, code) => {
  const campaign = await cli.make.campaign({ name: `Silent for ${command}` });
  const fifo = join(cli.home().directory, `silent-${command}`);
  spawnSync('mkfifo', [fifo]);
  const running = cli.start([command, `id:${campaign}`, '-f', fifo]);
  let writer: number | undefined;
  await until(() => {
    writer ??= openWriter(fifo);
    return writer !== undefined;
  });
  writeSync(writer ?? -1, `${person(8)}\n`);
  // `apply` does nothing before it has read everything: what shows is that the pipe was emptied.
  if (command === 'add') await running.waitFor('stdout', person(8));
  else await running.waitFor('stderr', 'Campaign');
  running.kill(signal);
  expect((await running.ended).code).toBe(code);
  closeSync(writer ?? -1);
});

/** Undefined while nobody reads there. */
function openWriter(fifo: string): number | undefined {
  try {
    return openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

onLinux([['a named pipe'], ['a process substitution']])('%s is read to its end', async (kind) => {
  const campaign = await cli.make.campaign({ name: `Whole of ${kind}` });
  const fifo = join(cli.home().directory, 'whole');
  const lines = cli.file('whole.txt', numbered(1, 30));
  spawnSync('mkfifo', [fifo]);
  const shell =
    kind === 'a named pipe' ? `cat ${lines} > ${fifo} & exec "$@" -f ${fifo}` : `exec "$@" -f <(cat ${lines})`;
  expect(await cli.run(['add', `id:${campaign}`], { shell })).toMatchObject({ code: 0 });
  expect(await cli.peopleIn(campaign)).toHaveLength(30);
});

describe('people who are being worked on', () => {
  afterEach(() => cli.api.emulator().admin.clearFaults());

  it.each([
    ['the environment', async () => ({ args: [], env: {} })],
    // A package that reads settings must not take the signal from us.
    ['a stored profile', storedProfile],
  ])('are finished, with one line that says so: settings from %s', async (from, settings) => {
    const { args, env } = await settings();
    const campaign = await cli.make.campaign({ name: `Finished first with ${from}` });
    const match = { operation: 'AddListMembersList', inBatch: true };
    cli.api.emulator().admin.addFaults([{ match, times: 1, effect: { kind: 'slow', ms: 700 } }]);
    const running = cli.start([...args, 'add', `id:${campaign}`, person(6), person(7), '-'], { env });
    await until(hasFired);
    running.kill('SIGINT');
    const stopped = await running.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('Stopping (Ctrl-C): finishing 2 people who are being worked on.');
    expect(jsonLines(stopped.stdout)).toHaveLength(2);
  });

  it('are left to the next run by a second signal, with a last line that says so', async () => {
    const campaign = await cli.make.campaign({ name: 'Stopped at once' });
    const match = { operation: 'AddListMembersList', inBatch: true };
    cli.api.emulator().admin.addFaults([{ match, times: 1, effect: { kind: 'slow', ms: 60_000 } }]);
    const running = cli.start(['add', `id:${campaign}`, person(6), person(7), '-']);
    await until(hasFired);
    running.kill('SIGINT');
    await running.waitFor('stderr', 'to stop at once');
    running.kill('SIGINT');
    const stopped = await running.ended;
    expect(stopped).toMatchObject({ code: 130, stdout: '' });
    expect(stopped.stderr).toMatch(/^Warning: Stopped at once\. Run the same command again: .*\n$/m);
  });
});

/** One that signs in by an Azure CLI of the test's own. */
async function storedProfile() {
  const folder = cli.home().directory;
  const token = { accessToken: 'token-of-the-test', expires_on: Math.floor(Date.now() / 1000) + 3600 };
  writeFileSync(join(folder, 'az'), `#!/bin/sh\necho '${JSON.stringify(token)}'\n`, { mode: 0o755 });
  const env = { DYNCAMP_URL: '', DYNCAMP_ACCESS_TOKEN: '', PATH: `${folder}:${process.env.PATH}` };
  const profile = ['profiles', 'add', 'prod', '--url', cli.api.emulator().url, '--sign-in', 'azure-cli'];
  expect(await cli.run(profile, { env })).toMatchObject({ code: 0 });
  return { args: ['--profile', 'prod'], env };
}

onPty('a terminal that hangs up', () => {
  it('ends a run in good order, with 129', async () => {
    const campaign = await cli.make.campaign({ name: 'Hung up' });
    const pidFile = join(cli.home().directory, 'hung-up.pid');
    const people = cli.file('hung-up.fifo.txt', '');
    spawnSync('rm', [people]);
    spawnSync('mkfifo', [people]);
    const command = `echo $$ > "${pidFile}"; exec ${process.execPath} "${BINARY}" add id:${campaign} -f "${people}" > /dev/null`;
    const run = startOnPty(command, { env: environment() });
    await run.waitFor('Campaign "Hung up"');
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGHUP');
    expect((await run.ended).code).toBe(129);
    // A process that the signal itself had ended would look the same to the shell.
    const [last] = jsonLines((await cli.run(['runs', 'list', '-n', '1'])).stdout);
    expect(last).toMatchObject({ status: 'stopped', exitCode: 129 });
  });
});

const onNohup = spawnSync('nohup', ['true']).status === 0 ? it : it.skip;
onNohup('under nohup a run outlives the terminal that it was started on', async () => {
  const campaign = await cli.make.campaign({ name: 'Outlives' });
  const child = spawn('nohup', [process.execPath, BINARY, 'add', `id:${campaign}`, '-'], { env: environment() });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdin.write(`${person(1)}\n`);
  await until(() => stdout.includes(person(1)));
  child.kill('SIGHUP');
  child.stdin.end(`${person(2)}\n`);
  expect(await ended).toBe(0);
  expect(stdout).toContain(person(2));
});
