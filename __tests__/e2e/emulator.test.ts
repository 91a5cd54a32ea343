/** `dyncamp emulator` as a process. */
import { join } from 'node:path';
import { type CliHome, createHome, runCli, spawnCli } from '../support/run-cli.ts';

describe('dyncamp emulator', () => {
  let home: CliHome;
  beforeEach(() => {
    home = createHome();
  });
  afterEach(() => home.remove());

  async function urlOf(running: ReturnType<typeof spawnCli>): Promise<string> {
    return (await running.waitFor('stdout', '\n')).split('\n')[0] ?? '';
  }

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'prints its URL first, serves, and takes %s for its normal end',
    async (signal) => {
      const running = spawnCli(['emulator'], { home });
      const url = await urlOf(running);
      const headers = { authorization: 'Bearer any', 'odata-version': '4.0' };
      const answer = await fetch(`${url}/api/data/v9.2/WhoAmI`, { headers });
      expect(answer.status).toBe(200);
      running.kill(signal);
      await expect(running.ended).resolves.toMatchObject({ stdout: `${url}\n`, code: 0 });
    },
  );

  it('serves what the built-in profile sees', async () => {
    const running = spawnCli(['emulator'], { home });
    const url = await urlOf(running);
    const env = { DYNCAMP_URL: url, DYNCAMP_ACCESS_TOKEN: 'any' };
    const [served, builtIn] = await Promise.all([
      runCli(['campaigns', 'list'], { home, env }),
      runCli(['--profile', 'emulator', 'campaigns', 'list'], { home }),
    ]);
    expect(served.code).toBe(0);
    expect(served.stdout).toBe(builtIn.stdout);
    running.kill('SIGINT');
    await running.ended;
  });

  it('ends with 2 when the port is taken, and names the way out', async () => {
    const running = spawnCli(['emulator'], { home });
    const { port } = new URL(await urlOf(running));
    const { code, stderr, stdout } = await runCli(
      ['emulator', '--port', port, '--data', join(home.directory, 'other')],
      { home },
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`port ${port}`);
    expect(stderr).toContain('--port');
    running.kill('SIGINT');
    await running.ended;
  });

  it.each(['--seed', '--faults'])('ends with 2 for a %s file that is not there', async (option) => {
    const { code, stderr } = await runCli(['emulator', option, '/nowhere.json'], { home });
    expect(code).toBe(2);
    expect(stderr).toContain('/nowhere.json');
  });
});
