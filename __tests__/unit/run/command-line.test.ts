import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { commandLine, lineWith, realLine, retryLine, wordsToPaste } from '../../../src/run/command-line.ts';

const words = (line: string): readonly string[] => line.split(' ').map((word) => word.replaceAll('_', ' '));

describe('commandLine', () => {
  it.each([
    [['add', 'Spring Launch', '-f', 'people.csv'], 'dyncamp add "Spring Launch" -f people.csv'],
    [['add', 'code:A-1', 'kim@x.example'], 'dyncamp add code:A-1 kim@x.example'],
    [['add', "Kim's $5", ''], `dyncamp add 'Kim'\\''s $5' ""`],
    [['add', 'Frühling'], 'dyncamp add "Frühling"'],
  ])('quotes %j', (given, expected) => {
    expect(commandLine(given)).toBe(expected);
  });

  it.each([
    ['a control character', ['add', 'a\nb']],
    ['a thousand people', ['add', 'c', ...Array.from({ length: 1000 }, (_, at) => `p${at}@x.example`)]],
  ])('is not shown with %s', (_what, given) => {
    expect(commandLine(given)).toBeUndefined();
  });

  const inShell = existsSync('/bin/sh') ? it : it.skip;
  inShell('gives a shell the same words again', () => {
    const word = fc.string({ unit: fc.constantFrom(...'aB1 \'"\\$`!*?~#&;|<>()[]{}=@-%^ü') });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (given) => {
        const line = commandLine(given)?.replace(/^dyncamp /, '') ?? '';
        const said = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
        expect(said.split('\0').slice(0, -1)).toEqual(given);
      }),
      { numRuns: 25 },
    );
  });
});

describe('retryLine', () => {
  it.each<[string, string, readonly string[], string | undefined]>([
    ['the file', 'add Spring_Launch -f p --results r.csv', [], 'dyncamp add "Spring Launch" -f r.csv --only-failed'],
    [
      'files in every spelling, and what is said of them',
      'add C -fa.csv --file=b.csv --file c.csv --encoding utf-16le --input-format=csv --results=r.csv --report x.json --shard 1/4',
      [],
      'dyncamp add C -f r.csv --only-failed',
    ],
    [
      'people, and keeps the profile and what people are made with',
      '--profile prod add C a@x.example - --set city=Bonn --match-by mail --results r.csv',
      ['a@x.example', '-'],
      'dyncamp --profile prod add C --set city=Bonn --match-by mail -f r.csv --only-failed',
    ],
    ['failed rows', 'add C -f r1.csv --only-failed --results r.csv', [], 'dyncamp add C -f r.csv --only-failed'],
    ['nothing where flags stand together', 'add C -qf people.csv --results r.csv', [], undefined],
    ['nothing behind --', 'add --results r.csv -- C a@x.example', ['a@x.example'], undefined],
  ])('replaces %s', (_what, typed, people, expected) => {
    expect(retryLine(words(typed), people, 'r.csv')).toBe(expected);
  });
});

it.each([
  ['add C p@x.example', 'dyncamp add C p@x.example --added-by anyone'],
  ['remove C --added-by me', undefined],
  ['remove C -- p@x.example', undefined],
])('lineWith gives %s one option more', (typed, expected) => {
  expect(lineWith(words(typed), '--added-by', 'anyone')).toBe(expected);
});

it.each([
  ['--quiet add C -f p.csv', 'add C -f p.csv'],
  ['add -q C -- -q', 'add C -- -q'],
])('wordsToPaste leaves out that %s is to be quiet', (typed, expected) => {
  expect(wordsToPaste(words(typed))).toEqual(words(expected));
});

it('realLine is the command of a dry run without it', () => {
  expect(realLine(words('add C -f p.csv --dry-run --yes'))).toBe('dyncamp add C -f p.csv --yes');
});
