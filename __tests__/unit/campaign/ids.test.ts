import { createdEventId, createdPersonId, membershipEventId, NAMESPACE, ownListId } from '../../../src/campaign/ids.ts';

const organizationId = '0d0c4b1e-5a3f-4d9a-9c61-2f7e8a31c0de';
const campaign = '11111111-2222-4333-8444-555555555555';
const row = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const person = (more: { email?: string; personType?: 'contact'; sequence?: number } = {}) =>
  createdPersonId({ organizationId, personType: 'lead', email: 'ann@x.de', sequence: 1, ...more });

/** Computed with Python's uuid module from the strings that the documentation promises: other tools rely on them. */
describe('derived ids', () => {
  it.each([
    ['the namespace', NAMESPACE, 'a2c45fe3-f1d8-5975-94a6-f7d27270bee2'],
    ['list:ORG:CAMPAIGN:lead', ownListId(organizationId, campaign, 'lead'), '0826eb48-12e2-533e-a215-b15d0fb819d9'],
    ['list:ORG:C:contact', ownListId(organizationId, campaign, 'contact'), 'db55d57a-7f52-5bfa-b5d0-9e0a6d58f481'],
    ['list:ORG:C:lead:1', ownListId(organizationId, campaign, 'lead', 1), '43ddff5f-876d-5375-bc4c-a196bd8c0f07'],
    ['person:ORG:lead:EMAIL:1', person(), 'b1d15257-f2be-512b-90ef-26c6899c0bab'],
    ['person:ORG:lead:EMAIL:2', person({ sequence: 2 }), 'eb557e46-0e8d-5900-bfa5-de7117c2115b'],
    [
      "person:ORG:contact:s.o'neill@xn--bcher-kva.example:1",
      person({ personType: 'contact', email: ' “S.O’Neill@Bücher.example.”' }),
      'a60fb4d9-7c0d-5471-9a12-b3c231481e43',
    ],
    ['added:R:S', membershipEventId('added', row, '2026-11-21T09:00:00Z'), '9dfa8a0a-fcf1-5548-9a6f-7560e108fc7f'],
    ['removed:R:S', membershipEventId('removed', row, '2026-11-21T09:00:00Z'), '34161adb-67ad-5e98-b800-eff8cd7bfa72'],
    ['created:ORG:lead:PERSON', createdEventId(organizationId, 'lead', row), '30a2c0f8-5d4d-5a07-8ced-7074ef653a61'],
  ])('%s is what it always was', (_, id, expected) => {
    expect(id).toBe(expected);
  });

  it('take an e-mail by its look-alike key', () => {
    for (const email of [' Ann@X.de ', '<ann@x.de>', 'ann@x.de\u{200B}', 'ａnn@x.de', 'ann%40x.de'])
      expect(person({ email })).toBe(person());
    expect(person({ email: 'a\u0308nn@x.de' })).toBe(person({ email: '\u00c4NN@x.de' }));
    expect(person({ email: 'anna@x.de' })).not.toBe(person());
  });

  it('take a time to the second, however it is written', () => {
    const id = membershipEventId('added', row, '2026-11-21T09:00:00Z');
    expect(membershipEventId('added', row, '2026-11-21T09:00:00.900Z')).toBe(id);
    expect(membershipEventId('added', row, '2026-11-21T10:00:00+01:00')).toBe(id);
    expect(membershipEventId('added', row, '2026-11-21T09:00:01Z')).not.toBe(id);
  });
});
