/** What holds for every command: exit codes, streams, signals and readers that go away. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { BINARY, type CliHome, createHome, runCli, spawnCli } from '../support/run-cli.ts';

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
  ])('ends with 65 for a folder as stdin, and takes it for no empty input: %s', async (_name, args) => {
    const { code, stdout, stderr } = await runCli(['--profile', 'emulator', ...args], { home, shell: 'exec "$@" < /' });
    expect({ code, stdout }).toEqual({ code: 65, stdout: '' });
    expect(stderr).toContain('Could not read stdin: it is a directory');
  });

  it('ends a reading command with 0 when its reader has seen enough', async () => {
    const running = spawnCli(['--profile', 'emulator', 'campaigns', 'list', '-o', 'csv'], { home });
    running.child.stdout.destroy();
    await expect(running.ended).resolves.toMatchObject({ code: 0, signal: null });
  });

  const onFullDisk = process.platform === 'linux' ? it.each : it.skip.each;
  onFullDisk(['--help', '--version', 'completion bash'])('says that a full disk took not all of %s', async (words) => {
    const { code, stderr } = await runCli(words.split(' '), { home, shell: 'exec "$@" > /dev/full' });
    expect(stderr).toMatch(/^Error: Could not write to stdout: ENOSPC/);
    expect(code).toBe(75);
  });

  it('ends at once while it waits for input', async () => {
    const running = spawnCli(['--profile', 'emulator', 'add', 'Spring Launch', '-'], { home });
    await running.waitFor('stderr', 'Spring Launch');
    running.kill('SIGTERM');
    await expect(running.ended).resolves.toMatchObject({ code: 143, stdout: '' });
  });

  it('does not hang on a named pipe that nobody writes to when it is stopped', async () => {
    const fifo = join(home.directory, 'fifo');
    await new Promise((resolve) => spawn('mkfifo', [fifo]).once('close', resolve));
    const running = spawnCli(['--profile', 'emulator', 'add', 'Spring Launch', '-f', fifo], { home });
    await running.waitFor('stderr', 'Spring Launch');
    running.kill('SIGINT');
    await expect(running.ended).resolves.toMatchObject({ code: 130 });
  });

  it('is a file that a shell can start', async () => {
    const child = spawn(BINARY, ['--version'], { stdio: 'ignore' });
    await expect(new Promise((resolve, reject) => child.once('close', resolve).once('error', reject))).resolves.toBe(0);
  });
});
