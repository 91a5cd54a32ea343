/** Readers of the events that go away, also from a run so small that a pipe holds all its lines. */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { useCampaignCli } from '../support/campaign-cli.ts';
import { itUnder } from '../support/emulator.ts';
import { createHome, jsonLines } from '../support/run-cli.ts';

const cli = useCampaignCli({ people: 40 });
const person = (number: number): string => `person${number}@people.example`;

const FILLING = '\0';

/** A named pipe as full as it gets: whoever writes to it waits until `drain` is called. */
function fullPipe(path: string) {
  spawnSync('mkfifo', [path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const piece = Buffer.alloc(4096, FILLING);
  const tryTo = (step: () => number): boolean => {
    try {
      return step() > 0;
    } catch {
      return false;
    }
  };
  while (tryTo(() => writeSync(fd, piece)));
  while (tryTo(() => writeSync(fd, FILLING)));
  return {
    /** Gives what was in it but for what filled it. */
    drain(): string {
      let text = '';
      while (
        tryTo(() => {
          const bytes = readSync(fd, piece);
          text += piece.toString('utf8', 0, bytes);
          return bytes;
        })
      );
      return text.replaceAll(FILLING, '');
    },
    close: () => closeSync(fd),
  };
}

const onUnix = process.platform === 'win32' ? describe.skip : describe;
onUnix('a reader that reads one line and dies with the others in the pipe', () => {
  // A warning at the start would wait for the full pipe.
  itUnder({ privilegesByNames: 'full', memberCreator: 'caller' }).each(['add', 'remove', 'apply'])(
    '%s: exit 141, and the events come again',
    async (command) => {
      const home = createHome();
      mkdirSync(home.directory, { recursive: true });
      const campaign = await cli.make.campaign({ name: `Unread ${command}` });
      const people = [1, 2, 3].map(person);
      if (command === 'remove') await cli.change(['add', `id:${campaign}`, ...people], { home });
      const report = join(home.directory, 'report.json');
      const results = join(home.directory, 'results.csv');
      // Somebody who fails, so that there is something to say at the end.
      const file = cli.file(`unread-${command}.txt`, [...people, 'nobody@people.example', ''].join('\n'));
      const messages = join(home.directory, 'messages');
      const pipe = fullPipe(messages);
      const args = [command, `id:${campaign}`, '-f', file, '--report', report, '--results', results];
      // Messages go into a pipe that is full: what is said at the end waits until the test lets it.
      const running = cli.start(['--quiet', ...args], { home, shell: `exec "$@" 2> "${messages}"` });
      running.stdin.end();
      await running.waitFor('stdout', '\n');
      running.child.stdout.destroy();
      pipe.drain();
      expect((await running.ended).code).toBe(141);
      expect(pipe.drain()).toContain('events replay --run');
      pipe.close();
      expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
        exitCode: 141,
        people: 4,
        toFinish: expect.stringMatching(/^`dyncamp events replay --run /),
      });
      expect(readFileSync(results, 'utf8').split('\r\n')).toHaveLength(6);
      const [run] = jsonLines((await cli.run(['runs', 'list', '-n', '1'], { home })).stdout);
      expect(run).toMatchObject({ command, exitCode: 141 });
      const change = command === 'remove' ? 'removed' : 'added';
      const next = await cli.change(['add', `id:${campaign}`, person(4)], { home });
      expect(next.told.filter((text) => text.startsWith(change) && !text.includes(person(4)))).toHaveLength(3);
      home.remove();
    },
  );
});

describe('a reader that closes at once', () => {
  it.each(['remove', 'apply', 'undo'])('%s of one person: exit 141, and the event comes again', async (command) => {
    const home = createHome();
    const campaign = await cli.make.campaign({ name: `Closed ${command}` });
    if (command === 'remove' || command === 'undo') await cli.change(['add', `id:${campaign}`, person(1)], { home });
    const [before] = jsonLines((await cli.run(['runs', 'list', '-n', '1'], { home })).stdout);
    const file = cli.file(`closed-${command}.txt`, `${person(1)}\n`);
    const args = {
      remove: ['remove', `id:${campaign}`, '-f', file, '--yes'],
      apply: ['apply', `id:${campaign}`, '-f', file],
      undo: ['runs', 'undo', String(before?.run ?? before?.id), '--yes'],
    }[command];
    const running = cli.start(args ?? [], { home });
    running.child.stdout.destroy();
    const { code, stderr } = await running.ended;
    expect(code).toBe(141);
    expect(stderr).toContain('events replay --run');
    const next = await cli.change(['add', `id:${campaign}`, person(2)], { home });
    expect(next.told).toHaveLength(2);
    home.remove();
  });
});

it('the last line of a run whose input has ended comes when results and report are in their places', async () => {
  const campaign = await cli.make.campaign({ name: 'Everything else first' });
  const file = cli.file('first.txt', [1, 2, 3].map((number) => `${person(number)}\n`).join(''));
  const report = join(cli.home().directory, 'first.json');
  const running = cli.start(['add', `id:${campaign}`, '-f', file, '--report', report]);
  let reportAtLastLine: boolean | undefined;
  running.child.stdout.on('data', () => {
    if (running.stdout().split('\n').length === 4) reportAtLastLine ??= existsSync(report);
  });
  expect(await running.ended).toMatchObject({ code: 0 });
  expect(reportAtLastLine).toBe(true);
});
