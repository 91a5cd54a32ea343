/** Signals while a command waits: for the server, for input, on a terminal that hangs up, and under nohup. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until, useCampaignCli } from '../support/campaign-cli.ts';
import { onPty, startOnPty } from '../support/pty.ts';
import { BINARY, jsonLines } from '../support/run-cli.ts';

const cli = useCampaignCli({ people: 40 });
const person = (number: number): string => `person${number}@people.example`;

const environment = () => ({
  PATH: process.env.PATH ?? '',
  HOME: cli.home().directory,
  DYNCAMP_CONFIG_DIR: cli.home().config,
  DYNCAMP_STATE_DIR: cli.home().state,
  DYNCAMP_URL: cli.api.emulator().url,
  DYNCAMP_ACCESS_TOKEN: 'token-of-the-test',
});

onPty('a terminal that hangs up', () => {
  it('ends a run in good order, with 129', async () => {
    const campaign = await cli.make.campaign({ name: 'Hung up' });
    const pidFile = join(cli.home().directory, 'hung-up.pid');
    const people = cli.file('hung-up.fifo.txt', '');
    spawnSync('rm', [people]);
    spawnSync('mkfifo', [people]);
    const command = `echo $$ > ${pidFile}; exec ${process.execPath} ${BINARY} add id:${campaign} -f ${people} > /dev/null`;
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
