import { buildPeopleView } from '../../../src/people/view.ts';
import { CONTACTS, contact, LEADS, lead, member, read, viewOf } from '../change/people.ts';

describe('buildPeopleView', () => {
  it('makes one record of several rows of a person, with each membership once', () => {
    const rows = [LEADS, CONTACTS, LEADS].map((list) => read(lead('L1', { memberships: [member(list, 'L1')] })));
    const view = buildPeopleView(rows);
    expect(view.all()).toHaveLength(1);
    expect(view.get({ type: 'lead', id: 'L1' })?.memberships.map((each) => each.listId)).toEqual([LEADS, CONTACTS]);
  });

  it('finds people by what they have, and nobody by what they do not have', () => {
    const people = [
      lead('L1', { state: 'qualified', parentContactId: 'C1' }),
      lead('L2', { parentContactId: 'C1' }),
      contact('C2', { email: '', originatingLeadId: 'L1' }),
    ];
    const view = viewOf(...people);
    expect(view.withEmail('ann@x.de').map((person) => person.id)).toEqual(['L1', 'L2']);
    expect(view.withEmail('')).toEqual([]);
    expect(view.contactsOfLead('L1').map((person) => person.id)).toEqual(['C2']);
    // An open lead has a parent contact for other reasons than its qualification.
    expect(view.leadsOfContact('C1').map((person) => person.id)).toEqual(['L1']);
    expect(view.withMatch('')).toEqual([]);
  });

  it('compares values of --match-by as e-mails, and keeps them when the same person was read otherwise too', () => {
    const view = buildPeopleView([read(lead('L1'), ' \u00c4B-1'), read(lead('L1'))]);
    expect(view.withMatch('a\u0308b-1')).toHaveLength(1);
  });
});
