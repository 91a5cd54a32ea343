import { planColumns } from '../../../src/input/headers.ts';
import { makeRow } from '../../../src/input/make-row.ts';

const ID = '11111111-2222-4333-8444-555555555555';
const row = (cells: readonly string[]) =>
  makeRow({ source: 'people.csv', line: 2 }, planColumns(['leadid', 'email'], {}), cells);

describe('makeRow', () => {
  it.each([
    ['no e-mail', '', { email: '', attributes: {} }],
    ['one that is none', 'nonsense', { email: '', attributes: {} }],
    ['one', ' Ann@X.de ', { email: 'ann@x.de', attributes: { emailaddress1: 'Ann@X.de' } }],
  ])('takes a person by id beside %s', (_name, email, expected) => {
    expect(row([ID, email])).toMatchObject({ kind: 'person', key: { by: 'id', id: ID } });
    const { email: read, attributes } = { email: undefined, attributes: undefined, ...row([ID, email]) };
    expect({ email: read, attributes }).toEqual(expected);
  });

  it.each([
    [ID, { by: 'id', id: ID }],
    [`lead:${ID}`, { by: 'id', id: ID, personType: 'lead' }],
    [` contact:{${ID.toUpperCase()}} `, { by: 'id', id: ID, personType: 'contact' }],
  ])('takes an id where the address stood: %s', (cell, key) => {
    expect(row(['', cell])).toMatchObject({ kind: 'person', key, email: '', attributes: {} });
  });

  it.each([
    [true, { leadid: ID, email: 'ann@x.de', '+1': 'more' }],
    [false, {}],
  ])('keeps its cells: %s', (keepsCells, columns) => {
    const plan = planColumns(['leadid', 'email'], { keepsCells });
    expect(makeRow({ source: 'people.csv', line: 2 }, plan, [ID, 'ann@x.de', 'more'])?.columns).toEqual(columns);
  });

  it('names what is wrong with an address that is no id either', () => {
    expect(row(['', 'lead:nonsense'])).toMatchObject({ kind: 'invalid', code: 'BAD_EMAIL' });
  });
});
