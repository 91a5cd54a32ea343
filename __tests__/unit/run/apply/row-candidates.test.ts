import type { InvalidRow } from '../../../../src/input/input-row.ts';
import { keysIn, keysInRow } from '../../../../src/run/apply/protect-people.ts';

const ID = '7c6f9a52-1f0b-4c55-9d0e-2b1a6b0c1d11';

describe('keysIn', () => {
  it.each([
    ['', []],
    ['Arendt, Anna', []],
    ['Anna Arendt <Anna@X.example>', [{ by: 'email', email: 'anna@x.example' }]],
    ['mailto:anna@x.example.', [{ by: 'email', email: 'anna@x.example' }]],
    ['anna@x.example; bert@x.example', ['anna', 'bert'].map((name) => ({ by: 'email', email: `${name}@x.example` }))],
    [`lead=${ID.toUpperCase()}`, [{ by: 'id', id: ID }]],
    [`{${ID}} ${ID}`, [{ by: 'id', id: ID }]],
    ['anna@@x.example', []],
    [
      "‘anna@x.example’, o'neill@x.example",
      ['anna@x.example', "o'neill@x.example", 'neill@x.example'].map((email) => ({ by: 'email', email })),
    ],
    ['ａnna＠x.example', [{ by: 'email', email: 'anna@x.example' }]],
  ])('finds in %j', (text, keys) => {
    expect(keysIn(text)).toEqual(keys);
  });

  it('stops at a number that no person has', () => {
    const text = Array.from({ length: 1_000 }, (_, n) => `a${n}@x.example`).join(' ');
    expect(keysIn(text)).toHaveLength(50);
  });
});

describe('keysInRow', () => {
  it('looks into every cell, and into what was taken for the name', () => {
    const row: InvalidRow = {
      kind: 'invalid',
      place: { source: 'p.csv', line: 2, ref: '<anna@x.example>' },
      columns: { email: '<anna@x.example>', owner: 'boss@x.example' },
      code: 'BAD_EMAIL',
      message: '',
    };
    expect(keysInRow(row).map((key) => (key.by === 'email' ? key.email : key.by))).toEqual([
      'anna@x.example',
      'boss@x.example',
    ]);
  });
});
