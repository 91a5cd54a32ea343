import { notice, warn } from '../../../src/terminal/report-error.ts';
import { wrapLines } from '../../../src/terminal/wrap-text.ts';
import { fakeTerminal } from '../../support/terminal.ts';

describe('wrapLines', () => {
  it.each([
    ['a line that fits', 'one two', 10, 'one two'],
    ['a line that does not', 'one two three', 10, 'one two\nthree'],
    ['a line that is indented', '  one two three', 10, '  one two\n  three'],
    ['several lines, each by itself', 'one two three\nfour', 10, 'one two\nthree\nfour'],
    ['a word that is longer than the line', 'a longer-than-this b', 6, 'a\nlonger-than-this\nb'],
    ['wide characters', '春の キャンペーン', 8, '春の\nキャンペーン'],
    [
      'no command that is to be copied',
      'Run `dyncamp sync check "Spring Launch"`, then',
      20,
      'Run\n`dyncamp sync check "Spring Launch"`,\nthen',
    ],
    ['nothing without a width', 'one two three', Number.POSITIVE_INFINITY, 'one two three'],
  ])('breaks %s', (_name, text, width, expected) => {
    expect(wrapLines(text, width)).toBe(expected);
  });
});

describe('what is said on stderr', () => {
  const text = 'A sentence that is a good deal longer than the forty columns of this terminal.';

  it('is broken at blanks on a terminal, the label counted', async () => {
    const fake = fakeTerminal({ tty: { stderr: true }, columns: 40, color: false });
    await warn(fake.terminal, 'X', text, text);
    expect(fake.stderr()).toBe(
      [
        'Warning: A sentence that is a good deal',
        'longer than the forty columns of this',
        'terminal.',
        'Hint: A sentence that is a good deal',
        'longer than the forty columns of this',
        'terminal.',
        '',
      ].join('\n'),
    );
  });

  it('keeps the colour of the label apart from the width', async () => {
    const fake = fakeTerminal({ tty: { stderr: true }, columns: 40 });
    await warn(fake.terminal, 'X', text);
    const [first = ''] = fake.stderr().split('\n');
    expect(first.startsWith('\u001b[')).toBe(true);
    expect(first.endsWith(' A sentence that is a good deal')).toBe(true);
  });

  it('is one line in a log', async () => {
    const fake = fakeTerminal({ columns: 40, env: { COLUMNS: '40' } });
    await notice(fake.terminal, 'X', text);
    expect(fake.stderr()).toBe(`${text}\n`);
  });
});
