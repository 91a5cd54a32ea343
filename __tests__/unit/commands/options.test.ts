import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import {
  commaList,
  keyValue,
  parseCount,
  parseCountOrShare,
  parseDuration,
  parseShard,
  repeatable,
} from '../../../src/commands/options.ts';

describe('parseDuration', () => {
  it.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['7d', 604_800_000],
    ['30', 30_000],
    [' 5M ', 300_000],
    ['0', 0],
    ['25d', 2_160_000_000],
  ])('reads %j as %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', 'soon', '5 minutes', '-5m', '5x', 'm5', '1e9', '40000d', '9'.repeat(400), `${'9'.repeat(400)}d`])(
    'refuses %j',
    (text) => {
      expect(() => parseDuration(text)).toThrow(InvalidArgumentError);
    },
  );

  it('gives a finite number of milliseconds or refuses, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.smhd ]{0,8}$/)), (text) => {
        try {
          expect(Number.isSafeInteger(parseDuration(text))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidArgumentError);
        }
      }),
    );
  });
});

describe('parseCount', () => {
  it.each([
    ['1', 1],
    ['52', 52],
    [' 7 ', 7],
  ])('reads %j', (text, count) => {
    expect(parseCount(1, 52)(text)).toBe(count);
  });

  it.each([['0'], ['53'], ['1.5'], ['-1'], ['ten'], ['']])('refuses %j', (text) => {
    expect(() => parseCount(1, 52)(text)).toThrow('Give a whole number from 1 to 52.');
  });
});

describe('parseCountOrShare', () => {
  it.each([
    ['25', { kind: 'count', count: 25 }],
    ['0', { kind: 'count', count: 0 }],
    ['5%', { kind: 'share', percent: 5 }],
    ['0.5%', { kind: 'share', percent: 0.5 }],
  ])('reads %j', (text, expected) => {
    expect(parseCountOrShare(text)).toEqual(expected);
  });

  it.each([['101%'], ['%'], ['-1'], ['5 %%'], ['1.5']])('refuses %j', (text) => {
    expect(() => parseCountOrShare(text)).toThrow(InvalidArgumentError);
  });
});

describe('repeatable', () => {
  it('keeps the order', () => {
    expect(repeatable('b', repeatable('a', undefined))).toEqual(['a', 'b']);
  });
});

describe('keyValue', () => {
  it('takes the first equals sign, and the last value for a name', () => {
    expect(keyValue('a=1=2', keyValue('a=0', { b: '3' }))).toEqual({ a: '1=2', b: '3' });
  });

  it.each([['novalue'], ['=x']])('refuses %j', (text) => {
    expect(() => keyValue(text, undefined)).toThrow('Give it as name=value.');
  });
});

describe('commaList', () => {
  it('splits at commas', () => {
    expect(commaList('name, id,')).toEqual(['name', 'id']);
    expect(() => commaList(' , ')).toThrow(InvalidArgumentError);
  });
});

describe('parseShard', () => {
  it('reads i/n', () => {
    expect(parseShard('2/8')).toEqual({ index: 2, of: 8 });
  });

  it.each([['0/4'], ['5/4'], ['1'], ['a/b'], ['1/0']])('refuses %j', (text) => {
    expect(() => parseShard(text)).toThrow(InvalidArgumentError);
  });
});
