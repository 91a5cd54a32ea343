import { UsageError } from '../../../src/errors.ts';
import { ask, choose, confirm } from '../../../src/terminal/prompt.ts';
import { StoppedAtQuestionError } from '../../../src/terminal/terminal.ts';
import { type FakeTerminalOptions, fakeTerminal } from '../../support/terminal.ts';

const PERSON: FakeTerminalOptions = { tty: { stdin: true, stderr: true } };
/** The screen ends with the sequence that shows the cursor. */
const ON_A_NEW_LINE = /\n<ESC>\[\?25h$/;
const QUESTION = { text: 'Remove 120 people?', flag: '--yes' };

describe('confirm', () => {
  it.each([
    ['y', true],
    ['YES', true],
    ['', false],
    ['n', false],
    ['No', false],
  ])('takes %j as %j', async (typed, expected) => {
    const fake = fakeTerminal(PERSON);
    const answer = confirm(fake.terminal, QUESTION);
    fake.type(`${typed}\n`);
    await expect(answer).resolves.toBe(expected);
    expect(fake.stderr()).toContain('? Remove 120 people? [y/N]');
    expect(fake.stdout()).toBe('');
  });

  it('asks again for what is neither', async () => {
    const fake = fakeTerminal(PERSON);
    const answer = confirm(fake.terminal, QUESTION);
    fake.type('yess\n');
    await fake.untilSaid('Answer y or n.');
    fake.type('y\n');
    await expect(answer).resolves.toBe(true);
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
    await expect(answer).rejects.toThrow(StoppedAtQuestionError);
    // What comes next begins on a line of its own.
    expect(fake.stderr().replaceAll('\u001b', '<ESC>')).toMatch(ON_A_NEW_LINE);
  });

  it('names the flag when the input ends without an answer', async () => {
    const fake = fakeTerminal(PERSON);
    const answer = confirm(fake.terminal, QUESTION);
    fake.type(null);
    await expect(answer).rejects.toMatchObject({
      code: 'ANSWER_NEEDED',
      message: 'This needs an answer, and the input ended: Remove 120 people?',
    });
    expect(fake.stderr().replaceAll('\u001b', '<ESC>')).toMatch(ON_A_NEW_LINE);
  });
});

describe('ask', () => {
  it('takes the default for an empty answer', async () => {
    const fake = fakeTerminal(PERSON);
    const answer = ask(fake.terminal, { text: 'Name', flag: '<name>', default: 'prod' });
    fake.type('\n');
    await expect(answer).resolves.toBe('prod');
    expect(fake.stderr()).toContain('? Name [prod]');
  });

  it('asks again until the answer passes', async () => {
    const fake = fakeTerminal(PERSON);
    const check = (typed: string) => (typed === 'good' ? undefined : 'That is not good.');
    const answer = ask(fake.terminal, { text: 'Name', flag: '<name>', check });
    fake.type('bad\n');
    await fake.untilSaid('That is not good.');
    fake.type('good\n');
    await expect(answer).resolves.toBe('good');
    // In no colour.
    expect(fake.stderr().replaceAll('\u001b', '<ESC>')).not.toMatch(/<ESC>\[[\d;]*m/);
  });

  it('takes a lasting secret for an empty answer, and shows its name only', async () => {
    const fake = fakeTerminal(PERSON);
    const kept = { default: 's3cret', defaultName: 'the one typed before' };
    const answer = ask(fake.terminal, { text: 'Secret', flag: '--secret-file', secret: true, ...kept });
    fake.type('\n');
    await expect(answer).resolves.toBe('s3cret');
    expect(fake.stderr()).toContain('? Secret [the one typed before]');
    expect(fake.stderr()).not.toContain('s3cret');
  });

  it('shows the text, the default and the answer without what would steer the terminal', async () => {
    const fake = fakeTerminal(PERSON);
    const answer = ask(fake.terminal, { text: 'A\u001b]0;title\u0007', flag: '--x', default: 'b\u202ec\u001b]0;' });
    fake.type('\n');
    await expect(answer).resolves.toBe('b\u202ec\u001b]0;');
    for (const steering of ['\u001b]', '\u0007', '\u202e']) expect(fake.stderr()).not.toContain(steering);
    expect(fake.stderr()).toContain('A␛]0;title␇ [bc␛]0;]');
  });

  it('does not show a secret', async () => {
    const fake = fakeTerminal(PERSON);
    const answer = ask(fake.terminal, { text: 'Secret', flag: '--secret-file', secret: true });
    await new Promise((resolve) => setImmediate(resolve));
    fake.type('s3cret\n');
    await expect(answer).resolves.toBe('s3cret');
    expect(fake.stderr()).toContain('? Secret');
    expect(fake.stderr()).not.toMatch(/s3cret|\*/);
  });
});

describe('choose', () => {
  const CHOICES = {
    browser: 'browser: yourself, here',
    'device-code': 'device-code: yourself, in a browser elsewhere',
    secret: 'secret: an app with a secret',
    certificate: 'certificate: an app with a certificate',
  };
  const QUESTION_OF_MANY = { text: 'How?', flag: '--how' };

  it.each([
    ['2', 'device-code'],
    ['Browser', 'browser'],
    ['dev', 'device-code'],
    ['elsewhere', 'device-code'],
    ['secret', 'secret'],
  ])('takes one by %s', async (typed, expected) => {
    const fake = fakeTerminal(PERSON);
    const answer = choose(fake.terminal, QUESTION_OF_MANY, CHOICES);
    fake.type(`${typed}\n`);
    await expect(answer).resolves.toBe(expected);
    expect(fake.stderr()).toContain('  1. browser: yourself, here\n  2. device-code: yourself');
    expect(fake.stderr()).toContain('? How? (number or name)');
  });

  it.each([
    ['0', '"0" is none of these: type a number from 1 to 4.'],
    ['5', '"5" is none of these: type a number from 1 to 4.'],
    ['password', '"password" is none of these: type a number from 1 to 4.'],
    ['yourself', '"yourself" could be several of these: type a number from 1 to 4.'],
    ['', 'An answer is needed.'],
  ])('asks again for %j', async (typed, complaint) => {
    const fake = fakeTerminal(PERSON);
    const answer = choose(fake.terminal, QUESTION_OF_MANY, CHOICES);
    fake.type(`${typed}\n`);
    await fake.untilSaid(complaint);
    fake.type('4\n');
    await expect(answer).resolves.toBe('certificate');
  });

  it('takes the default for an empty answer', async () => {
    const fake = fakeTerminal(PERSON);
    const answer = choose(fake.terminal, { ...QUESTION_OF_MANY, default: 'secret' }, CHOICES);
    fake.type('\n');
    await expect(answer).resolves.toBe('secret');
    expect(fake.stderr()).toContain('? How? (number or name) [secret]');
  });

  it('names the flag when nobody can be asked, and lists nothing', async () => {
    const fake = fakeTerminal();
    await expect(choose(fake.terminal, QUESTION_OF_MANY, CHOICES)).rejects.toMatchObject({
      code: 'ANSWER_NEEDED',
      message: 'This needs an answer, and there is no terminal to ask on: How?',
    });
    expect(fake.stderr()).toBe('');
  });
});
