import { ReaderGoneError } from '../../../src/terminal/terminal.ts';
import { type FakeTerminalOptions, fakeTerminal } from '../../support/terminal.ts';

describe('openTerminal', () => {
  it.each<[string, FakeTerminalOptions, boolean]>([
    ['a terminal', { tty: { stdout: true } }, true],
    ['a pipe', {}, false],
    ['NO_COLOR set', { tty: { stdout: true }, env: { NO_COLOR: '1' } }, false],
    ['NO_COLOR empty', { tty: { stdout: true }, env: { NO_COLOR: '' } }, true],
    ['--no-color', { tty: { stdout: true }, color: false }, false],
    ['a dumb terminal', { tty: { stdout: true }, env: { TERM: 'dumb' } }, false],
    ['a pipe and FORCE_COLOR', { env: { FORCE_COLOR: '1' } }, true],
    ['a terminal and FORCE_COLOR=0', { tty: { stdout: true }, env: { FORCE_COLOR: '0', CLICOLOR_FORCE: '1' } }, false],
    ['a pipe and CLICOLOR_FORCE', { env: { CLICOLOR_FORCE: '1', CLICOLOR: '0' } }, true],
    ['a pipe and CLICOLOR_FORCE=0', { env: { CLICOLOR_FORCE: '0' } }, false],
    ['a terminal and CLICOLOR=0', { tty: { stdout: true }, env: { CLICOLOR: '0' } }, false],
    ['a pipe and CLICOLOR', { env: { CLICOLOR: '1' } }, false],
    ['NO_COLOR and FORCE_COLOR', { tty: { stdout: true }, env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, false],
    ['--no-color and FORCE_COLOR', { color: false, env: { FORCE_COLOR: '1' } }, false],
  ])('decides about colour for %s', (_name, options, colour) => {
    expect(fakeTerminal(options).terminal.stdout.colour).toBe(colour);
  });

  it.each<[string, FakeTerminalOptions, number]>([
    ['a terminal', { tty: { stdout: true }, columns: 132 }, 132],
    ['a pipe', { columns: 132 }, Number.POSITIVE_INFINITY],
    ['a pipe with COLUMNS', { env: { COLUMNS: '60' } }, 60],
    ['a pipe with a COLUMNS that is none', { env: { COLUMNS: 'wide' } }, Number.POSITIVE_INFINITY],
  ])('knows the width of %s', (_name, options, columns) => {
    expect(fakeTerminal(options).terminal.stdout.columns).toBe(columns);
  });

  it.each([
    ['CI=true', { CI: 'true' }, false],
    ['CI=false', { CI: 'false' }, true],
    ['no CI', {}, true],
  ])('takes a person to be there with %s', (_name, env, expected) => {
    const { terminal } = fakeTerminal({ tty: { stdin: true, stderr: true }, env });
    expect([terminal.canAsk, terminal.isAttended]).toEqual([expected, expected]);
  });

  it('rejects a write to stdout with ReaderGoneError when its reader went away', async () => {
    const fake = fakeTerminal();
    fake.breakStdout();
    await expect(fake.terminal.stdout.write('x')).rejects.toThrow(ReaderGoneError);
  });

  it('says that the output is not complete when the disk is full', async () => {
    const fake = fakeTerminal();
    fake.breakStdout('ENOSPC');
    await expect(fake.terminal.stdout.write('x')).rejects.toMatchObject({
      code: 'STDOUT_FAILED',
      cause: { code: 'ENOSPC' },
    });
  });

  it('never rejects a write to stderr', async () => {
    const fake = fakeTerminal();
    fake.terminal.stderr.stream.destroy();
    await expect(fake.terminal.stderr.write('x')).resolves.toBeUndefined();
  });
});
