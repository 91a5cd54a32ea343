import { ownListName, parseOwnListName } from '../../../src/campaign/list-name.ts';

const id = '11111111-2222-4333-8444-555555555555';

describe('parseOwnListName', () => {
  it.each([
    [`Mkto-leads-${id}`, { personType: 'lead', uniqueId: id, uniqueGuid: id }],
    [` MKTO-CONTACTS-{${id.toUpperCase()}} `, { personType: 'contact', uniqueGuid: id }],
    ['Mkto-leads-1042', { personType: 'lead', uniqueId: '1042', uniqueGuid: undefined }],
    ['Mkto-leads-Spring 2026', { personType: 'lead', uniqueId: 'Spring 2026', uniqueGuid: undefined }],
  ])('reads %j', (name, expected) => {
    expect(parseOwnListName(name)).toMatchObject(expected);
  });

  it.each(['Mkto-leads-', 'Mkto-leads- ', 'Mkto-accounts-1', 'Mkto leads 1', 'My Mkto-leads-1', 'leads', ''])(
    'does not take %j for the name of an own list',
    (name) => {
      expect(parseOwnListName(name)).toBeUndefined();
    },
  );

  it.each(['lead', 'contact'] as const)('reads back the name of a list of %ss that we make', (personType) => {
    expect(parseOwnListName(ownListName(personType, id))).toEqual({ personType, uniqueId: id, uniqueGuid: id });
  });
});
