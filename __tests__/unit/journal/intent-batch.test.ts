import fc from 'fast-check';
import { intentsText, readIntents } from '../../../src/journal/intent-batch.ts';
import type { NewIntent } from '../../../src/journal/journal.ts';
import { intentFor, LIST } from './fixture.ts';

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', '0', '__proto__', '"', '\\', '\n', '\t', '\u2028', '\ud800', 'own', 'shared'),
);
/** One of two, so that intents of a batch differ now in this, now in that. */
const either = (one: string, other: string) => fc.oneof({ weight: 8, arbitrary: fc.constantFrom(one, other) }, odd);
const before = fc.record({ listMemberId: odd, createdOn: odd, createdBy: fc.option(odd, { nil: undefined }) });
const intent: fc.Arbitrary<NewIntent> = fc.record({
  kind: fc.constantFrom('add', 'remove', 'create'),
  personType: fc.constantFrom('lead', 'contact'),
  personId: odd,
  email: odd,
  listId: either('list-1', 'list-2'),
  listName: either('Mkto-leads', 'Mkto-contacts'),
  created: fc.boolean(),
  before: fc.option(before, { nil: undefined }),
  place: fc.record({ source: either('a.csv', '-'), line: fc.nat(), ref: odd }),
});
const intents = fc.array(intent, { maxLength: 30 });

describe('the text of intents', () => {
  it('gives back every intent as it was, in order', () => {
    fc.assert(
      fc.property(intents, (some) => {
        expect(readIntents(intentsText(some))).toEqual(some);
      }),
    );
  });

  it('says once what a batch shares', () => {
    const many = Array.from({ length: 100 }, (_, place) => intentFor(`person-${place}`));
    const text = intentsText(many);
    expect([LIST, 'Mkto-leads-', 'people.csv', 'person-7@'].map((part) => text.split(part).length - 1)).toEqual([
      1, 1, 1, 1,
    ]);
  });

  it('has no before-image where there was none', () => {
    expect(readIntents(intentsText([intentFor('a')]))[0]).not.toHaveProperty('before');
  });
});

describe('readIntents', () => {
  it('reads what earlier versions wrote: an array of whole intents', () => {
    fc.assert(
      fc.property(intents, (some) => {
        expect(readIntents(JSON.stringify(some))).toEqual(some);
      }),
    );
  });

  const shared = '{"kind":"add","personType":"lead","listId":"l","listName":"L","created":false,"source":"-"}';
  it.each([
    'null',
    '7',
    '"add"',
    '{}',
    '[7]',
    '[null]',
    '[{"kind":"add","personId":"p"}]',
    `{"shared":[${shared}]}`,
    '{"own":[]}',
    '{"shared":{},"own":[]}',
    `{"shared":[${shared}],"own":{}}`,
    '{"shared":[null],"own":[]}',
    '{"shared":[{"kind":"add","listId":"l"}],"own":[]}',
    '{"shared":[],"own":[[0,"p","e",1,"r"]]}',
    `{"shared":[${shared}],"own":[[1,"p","e",1,"r"]]}`,
    `{"shared":[${shared}],"own":[[-1,"p","e",1,"r"]]}`,
    `{"shared":[${shared}],"own":[["0","p","e",1,"r"]]}`,
    `{"shared":[${shared}],"own":[[0,"p","e",1]]}`,
    `{"shared":[${shared}],"own":[[0,null,"e",1,"r"]]}`,
    `{"shared":[${shared}],"own":[{"0":0}]}`,
  ])('refuses what cannot be one of them: %s', (text) => {
    expect(() => readIntents(text)).toThrow("The journal's intents cannot be read");
  });

  it.each(['', `{"shared":[${shared}],"own":[[0,"p"`])('refuses text that was cut off: %s', (text) => {
    expect(() => readIntents(text)).toThrow(SyntaxError);
  });
});
