import { UsageError } from '../../../src/errors.ts';
import { InterruptedError } from '../../../src/terminal/interrupted-error.ts';
import { ask, choose, confirm } from '../../../src/terminal/prompt.ts';
import { type FakeTerminalOptions, fakeTerminal } from '../../support/terminal.ts';

const PERSON: FakeTerminalOptions = { tty: { stdin: true, stderr: true } };
const QUESTION = { text: 'Remove 120 people?', flag: '--yes' };

describe('confirm', () => {
  it.each([
    ['y', true],
    ['YES', true],
    ['', false],
    ['n', false],
    ['yess', false],
  ])('takes %j as %j', async (typed, expected) => {
    const fake = fakeTerminal(PERSON);
    const answer = confirm(fake.terminal, QUESTION);
    fake.type(`${typed}\n`);
    await expect(answer).resolves.toBe(expected);
    expect(fake.stderr()).toContain('Remove 120 people? [y/N]: ');
    expect(fake.stdout()).toBe('');
  });

  it.each<[string, FakeTerminalOptions]>([
    ['stdin is no terminal', { tty: { stderr: true } }],
    ['stderr is no terminal', { tty: { stdin: true } }],
    ['--no-input is given', { ...PERSON, input: false }],
    ['CI is set', { ...PERSON, env: { CI: 'true' } }],
  ])('names the flag instead of asking when %s', async (_name, options) => {
    const { terminal } = fakeTerminal(options);
    const answer = confirm(terminal, QUESTION);
    await expect(answer).rejects.toThrow(UsageError);
    await expect(answer).rejects.toMatchObject({ code: 'ANSWER_NEEDED', hint: expect.stringContaining('--yes') });
  });

  it('is interrupted by Ctrl-C', async () => {
    const fake = fakeTerminal(PERSON);
    const answer = confirm(fake.terminal, QUESTION);
    fake.type('\u0003');
    await expect(answer).rejects.toThrow(InterruptedError);
    // What comes next begins on a line of its own.
    expect(fake.stderr()).toMatch(/\n$/);
  });

  it('names the flag when the input ends without an answer', async () => {
    const fake = fakeTerminal(PERSON);
    const answer = confirm(fake.terminal, QUESTION);
    fake.type(null);
    await expect(answer).rejects.toMatchObject({
      code: 'ANSWER_NEEDED',
      message: 'This needs an answer, and the input ended: Remove 120 people?',
    });
    expect(fake.stderr()).toMatch(/\n$/);
  });
});

describe('ask', () => {
  it('takes the default for an empty answer', async () => {
    const fake = fakeTerminal(PERSON);
    const answer = ask(fake.terminal, { text: 'Name', flag: '<name>', default: 'prod' });
    fake.type('\n');
    await expect(answer).resolves.toBe('prod');
    expect(fake.stderr()).toContain('Name [prod]: ');
  });

  it('asks again until the answer passes', async () => {
    const fake = fakeTerminal(PERSON);
    const check = (typed: string) => (typed === 'good' ? undefined : 'That is not good.');
    const answer = ask(fake.terminal, { text: 'Name', flag: '<name>', check });
    fake.type('bad\n');
    await new Promise((resolve) => setImmediate(resolve));
    while (!fake.stderr().includes('That is not good.')) await new Promise((resolve) => setImmediate(resolve));
    fake.type('good\n');
    await expect(answer).resolves.toBe('good');
  });

  it('does not show a secret', async () => {
    const fake = fakeTerminal(PERSON);
    const answer = ask(fake.terminal, { text: 'Secret', flag: '--secret-file', secret: true });
    await new Promise((resolve) => setImmediate(resolve));
    fake.type('s3cret\n');
    await expect(answer).resolves.toBe('s3cret');
    expect(fake.stderr()).toBe('Secret: \n');
  });
});

describe('choose', () => {
  it.each([
    ['2\n', 'browser'],
    ['device\n', 'device'],
  ])('takes %j as %s', async (typed, expected) => {
    const fake = fakeTerminal(PERSON);
    const answer = choose(
      fake.terminal,
      { text: 'How?', flag: '--how' },
      { device: 'by device', browser: 'by browser' },
    );
    fake.type(typed);
    await expect(answer).resolves.toBe(expected);
    expect(fake.stderr()).toContain('  1  by device\n  2  by browser\n');
  });
});
