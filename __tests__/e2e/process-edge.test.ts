/** What holds for every command: exit codes, streams, signals and readers that go away. */
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BINARY, type CliHome, createHome, jsonLines, runCli, spawnCli } from '../support/run-cli.ts';

describe('dyncamp', () => {
  let home: CliHome;
  beforeAll(() => {
    home = createHome();
  });
  afterAll(() => home.remove());

  it.each([
    ['--help', ['--help'], 'Usage: dyncamp'],
    ['nothing', [], 'Usage: dyncamp'],
    ['the help of a command', ['profiles', 'add', '--help'], 'Usage: dyncamp profiles add'],
    ['a group without a verb', ['profiles'], 'Usage: dyncamp profiles'],
    ['--help-all', ['add', '--help-all'], 'Overrides:'],
    ['help as a command', ['help', 'emulator'], 'Usage: dyncamp emulator'],
  ])('shows help on stdout for %s and ends with 0', async (_name, args, text) => {
    const { stdout, stderr, code } = await runCli(args, { home });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toContain(text);
  });

  it('shows its version', async () => {
    const { stdout, code } = await runCli(['--version'], { home });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(code).toBe(0);
  });

  it.each([
    ['an unknown command', ['campaings'], 'did you mean `dyncamp campaigns`?'],
    ['an unknown option', ['profiles', 'list', '--jsn'], 'Did you mean --json?'],
    ['a missing argument', ['profiles', 'use'], 'missing required argument'],
    ['nothing to connect to', ['campaigns', 'list'], '--profile emulator'],
  ])('ends with 2 for %s and says what to do, on stderr only', async (_name, args, text) => {
    const { stdout, stderr, code } = await runCli(args, { home });
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr.toLowerCase()).toContain(text.toLowerCase());
    expect(stderr).not.toContain('    at ');
  });

  (process.platform === 'win32' ? it.skip.each : it.each)([
    ['nothing else', ['add', 'Spring']],
    ['-', ['add', 'Spring', '-']],
    ['-f -', ['apply', 'Spring', '-f', '-', '--allow-empty']],
  ])('ends with 65 for a folder as stdin, and takes it for no empty input: %s', (_name, args) => {
    const env = { PATH: process.env.PATH, HOME: home.directory, DYNCAMP_CONFIG_DIR: home.config };
    const words = ['-c', 'exec "$0" "$@" < /', process.execPath, BINARY, '--profile', 'emulator', ...args];
    const { status, stdout, stderr } = spawnSync('sh', words, { env, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 65, stdout: '' });
    expect(stderr).toContain('Could not read stdin: it is a directory');
  });

  it('says errors as one JSON object a line when asked', async () => {
    const { stderr, code } = await runCli(['profiles', 'use', 'nobody', '--log-format', 'json'], { home });
    expect(code).toBe(2);
    expect(jsonLines(stderr)).toEqual([
      expect.objectContaining({ level: 'error', code: 'PROFILE_UNKNOWN', retryable: false }),
    ]);
  });

  it('writes no colour into a pipe', async () => {
    const { stdout, stderr } = await runCli(['--profile', 'emulator', 'campaigns', 'list', '-o', 'table'], { home });
    expect(stdout).toContain('Spring Launch');
    expect(stdout + stderr).not.toContain('\u001b');
  });

  it('ends a reading command with 0 when its reader has seen enough', async () => {
    const running = spawnCli(['--profile', 'emulator', 'campaigns', 'list', '-o', 'csv'], { home });
    running.child.stdout.destroy();
    await expect(running.ended).resolves.toMatchObject({ code: 0, signal: null });
  });

  const onFullDisk = process.platform === 'linux' ? it.each : it.skip.each;
  onFullDisk(['--help', '--version', 'completion bash'])('says that a full disk took not all of %s', (line) => {
    const { status, stderr } = spawnSync('sh', ['-c', `exec "$0" "$1" ${line} > /dev/full`, process.execPath, BINARY], {
      encoding: 'utf8',
      env: { ...process.env, HOME: home.directory },
    });
    expect(stderr).toMatch(/^Error: Could not write to stdout: ENOSPC/);
    expect(status).toBe(75);
  });

  it('survives a reader of messages who goes away', async () => {
    const running = spawnCli(['--profile', 'emulator', 'campaigns', 'list', '--all'], { home });
    running.child.stderr.destroy();
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(jsonLines(stdout).length).toBeGreaterThan(5);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at once with %s while it waits for input of a reading command', async (signal, expected) => {
    const running = spawnCli(['--profile', 'emulator', 'add', 'Spring Launch', '-'], { home });
    await running.waitFor('stderr', 'Spring Launch');
    running.kill(signal);
    await expect(running.ended).resolves.toMatchObject({ code: expected, stdout: '' });
  });

  it('does not hang on a named pipe that nobody writes to when it is stopped', async () => {
    const fifo = join(home.directory, 'fifo');
    await new Promise((resolve) => spawn('mkfifo', [fifo]).once('close', resolve));
    const running = spawnCli(['--profile', 'emulator', 'add', 'Spring Launch', '-f', fifo], { home });
    await running.waitFor('stderr', 'Spring Launch');
    running.kill('SIGINT');
    await expect(running.ended).resolves.toMatchObject({ code: 130 });
  });

  it('has no secret in a debug log', async () => {
    const env = { DYNCAMP_URL: 'http://127.0.0.1:9', DYNCAMP_ACCESS_TOKEN: 'planted-secret-token' };
    const { stdout, stderr, code } = await runCli(['campaigns', 'list', '--debug', '--max-wait', '0'], { home, env });
    expect(code).toBe(75);
    expect(stderr).toContain('127.0.0.1:9');
    expect(stdout + stderr).not.toContain('planted-secret-token');
  });

  it('asks for nothing without a terminal and names the option instead', async () => {
    const { stderr, code } = await runCli(['profiles', 'add', 'prod'], { home });
    expect(code).toBe(2);
    expect(stderr).toContain('--url <url>');
  });

  it('explains a broken settings file and leaves it as it is', async () => {
    const broken = createHome();
    await runCli(
      ['profiles', 'add', 'x', '--url', 'https://x.crm.dynamics.com', '--sign-in', 'azure-cli', '--no-verify'],
      { home: broken },
    );
    writeFileSync(join(broken.config, 'config.json'), '{"profiles": oops');
    const { stderr, code } = await runCli(['profiles', 'list'], { home: broken });
    expect(code).toBe(2);
    expect(stderr).toContain(join(broken.config, 'config.json'));
    broken.remove();
  });

  it('is a file that a shell can start', async () => {
    const child = spawn(BINARY, ['--version'], { stdio: 'ignore' });
    await expect(new Promise((resolve, reject) => child.once('close', resolve).once('error', reject))).resolves.toBe(0);
  });
});
