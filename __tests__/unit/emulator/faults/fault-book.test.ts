import { type Fault, type FaultMatch, openFaultBook, parseFaults } from '../../../../src/emulator/faults/fault.ts';

const facts = { method: 'POST', target: '/api/data/v9.2/leads', operation: 'Create', isInBatch: false };
const fault = (match: FaultMatch, more: Partial<Fault> = {}): Fault => ({
  match,
  effect: { kind: 'reset-before' },
  ...more,
});
const pattern = (given: Fault, count: number) => {
  const book = openFaultBook([given]);
  return Array.from({ length: count }, () => (book.decide(facts) === undefined ? '-' : 'x')).join('');
};

describe('openFaultBook', () => {
  it.each([
    ['every match', fault({}), 'xxxxx'],
    ['at most twice', fault({}, { times: 2 }), 'xx---'],
    ['after three have passed', fault({}, { skip: 3 }), '---xx'],
    ['only the second', fault({ nth: 2 }), '-x---'],
    ['every third', fault({ every: 3 }), '--x--'],
    ['no other method', fault({ method: 'GET' }), '-----'],
    ['no other operation', fault({ operation: 'Delete' }), '-----'],
    ['part of the path', fault({ path: '/leads' }), 'xxxxx'],
    ['a regular expression', fault({ path: '/LEADS$/i' }), 'xxxxx'],
    ['parts of batches only', fault({ inBatch: true }), '-----'],
  ])('fires for %s', (_name, given, expected) => {
    expect(pattern(given, 5)).toBe(expected);
  });

  it('leaves parts of batches alone unless path or operation is given', () => {
    const inBatch = { ...facts, isInBatch: true };
    expect(openFaultBook([fault({})]).decide(inBatch)).toBeUndefined();
    expect(openFaultBook([fault({ operation: 'Create' })]).decide(inBatch)).toBeDefined();
  });
});

describe('parseFaults', () => {
  it.each([
    ['an array of matches', { match: [{ method: 'POST' }] }, 'fault 1: match must be an object'],
    ['no effect', { match: {} }, 'fault 1: effect must be an object'],
    ['an unknown effect', { match: {}, effect: { kind: 'explode' } }, 'fault 1: effect.kind must be one of'],
    ['a missing number', { match: {}, effect: { kind: 'slow' } }, 'fault 1: effect.ms must be a number'],
  ])('says what is wrong with %s', (_name, value, message) => {
    expect(() => parseFaults(value)).toThrow(message);
  });
});
