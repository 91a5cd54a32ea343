import fc from 'fast-check';
import type { PersonRecord } from '../../../src/dataverse/wire.ts';
import type { PersonKey } from '../../../src/input/input-row.ts';
import { areOnePerson, follow, type MatchOptions, matchesForRemoval, matchForAdd } from '../../../src/people/match.ts';
import { buildPeopleView } from '../../../src/people/view.ts';
import { CONTACTS, contact, LEADS, lead, member, OWN_LIST_IDS, read, viewOf } from '../change/people.ts';

const ann: PersonKey = { by: 'email', email: 'ann@x.de' };
const options: MatchOptions = { ownListIds: OWN_LIST_IDS, onAmbiguous: 'fail' };
const inLeads = (id: string) => ({ memberships: [member(LEADS, id)] });
const inContacts = (id: string) => ({ memberships: [member(CONTACTS, id)] });
const qualified = { state: 'qualified' } as const;
const inactive = { state: 'inactive' } as const;
/** The contact without an e-mail that a lead was qualified to. */
const became = (id: string, leadId: string) => contact(id, { email: '', originatingLeadId: leadId });
const bare = (id: string) => contact(id, { email: '' });
/** A qualified lead that names its contact. */
const parented = (id: string) => lead(id, { ...qualified, parentContactId: 'C1' });
const merged = (id: string, into: string) => lead(id, { ...inactive, survivorId: into });

/** `one:C1`, `ambiguous:C1,C2`, `inactive:L1`, `none`. */
function matched(key: PersonKey, people: readonly PersonRecord[], more: Partial<MatchOptions> = {}): string {
  const match = matchForAdd(key, viewOf(...people), { ...options, ...more });
  if (match.kind === 'none') return 'none';
  if (match.kind === 'one') return `one:${match.person.id}`;
  return `${match.kind}:${match.people.map((person) => person.id).join(',')}`;
}

describe('matchForAdd', () => {
  it.each<[string, readonly PersonRecord[], string]>([
    ['the one of this spelling', [contact('C1'), contact('C2', { emailText: 'Ann@X.de' })], 'one:C2'],
    [
      'both of this spelling',
      [contact('C1', { emailText: 'Ann@X.de' }), contact('C2', { emailText: 'Ann@X.de' })],
      'ambiguous:C1,C2',
    ],
    ['the one that is in', [contact('C1', inContacts('C1')), contact('C2', { emailText: 'Ann@X.de' })], 'one:C1'],
    ['the contact before a lead of this spelling', [contact('C1'), lead('L1', { emailText: 'Ann@X.de' })], 'one:C1'],
    ['nobody of this spelling', [contact('C1'), contact('C2', { emailText: 'ANN@X.de' })], 'ambiguous:C1,C2'],
  ])('takes, of several with one address, %s', (_, people, expected) => {
    expect(matched(ann, people, { emailText: 'Ann@X.de' })).toBe(expected);
  });

  it('takes, of several with one value of another column, the one with exactly this value', () => {
    const view = buildPeopleView([
      { ...read(contact('C1')), matchValue: 'ab1' },
      { ...read(contact('C2')), matchValue: 'AB1' },
    ]);
    const kindOf = (value: string) => matchForAdd({ by: 'column', value }, view, options);
    expect(kindOf('AB1')).toMatchObject({ kind: 'one', person: { id: 'C2' } });
    expect(kindOf('Ab1')).toMatchObject({ kind: 'ambiguous' });
  });

  it.each<[string, readonly PersonRecord[], string]>([
    ['nobody', [lead('L1', { email: 'bob@x.de' })], 'none'],
    ['the one active contact', [contact('C1')], 'one:C1'],
    ['the contact before any lead', [lead('L1'), lead('L2'), contact('C1')], 'one:C1'],
    ['the contact before a lead that is in', [lead('L1', inLeads('L1')), contact('C1')], 'one:C1'],
    ['the open lead before an inactive contact', [contact('C1', inactive), lead('L1')], 'one:L1'],
    [
      'the open lead before a qualified one',
      [lead('L1', qualified), contact('C1', { email: 'b@x.de', originatingLeadId: 'L1' }), lead('L2')],
      'one:L2',
    ],
    ['two active contacts', [contact('C1'), contact('C2')], 'ambiguous:C1,C2'],
    ['two contacts, one of them in', [contact('C1'), contact('C2', inContacts('C2'))], 'one:C2'],
    ['two contacts, both in', [contact('C1', inContacts('C1')), contact('C2', inContacts('C2'))], 'ambiguous:C1,C2'],
    [
      'two contacts, one of them on a foreign list',
      [contact('C1'), contact('C2', { memberships: [member('other', 'C2')] })],
      'ambiguous:C1,C2',
    ],
    ['two open leads, one of them in', [lead('L1', inLeads('L1')), lead('L2')], 'one:L1'],
    ['the contact of a lead', [lead('L1', qualified), became('C1', 'L1')], 'one:C1'],
    ['the parent contact of a qualified lead', [parented('L1'), bare('C1')], 'one:C1'],
    ['the originated contact before the parent one', [parented('L1'), bare('C1'), became('C2', 'L1')], 'one:C2'],
    ['one contact of two qualified leads', [parented('L1'), parented('L2'), bare('C1')], 'one:C1'],
    ['two contacts of one', [lead('L1', qualified), became('C1', 'L1'), became('C2', 'L1')], 'ambiguous:C1,C2'],
    [
      'the survivor of the contact of a qualified lead',
      [lead('L1', qualified), { ...became('C1', 'L1'), ...inactive, survivorId: 'C2' }, bare('C2')],
      'one:C2',
    ],
    [
      'a lead whose contact is inactive',
      [lead('L1', qualified), { ...became('C1', 'L1'), ...inactive }],
      'inactive:L1',
    ],
    ['a qualified lead without a contact', [lead('L1', qualified)], 'inactive:L1'],
    ['inactive ones only', [lead('L1', inactive), contact('C1', inactive)], 'inactive:L1,C1'],
  ])('takes for an e-mail: %s', (_, people, expected) => {
    expect(matched(ann, people)).toBe(expected);
  });

  it.each<[string, readonly PersonRecord[], string]>([
    ['that record', [lead('L1'), contact('C1')], 'one:L1'],
    ['that record although a contact has its e-mail', [lead('L1', { email: 'ann@x.de' }), contact('C1')], 'one:L1'],
    ['the contact of a qualified lead', [lead('L1', qualified), contact('C1', { originatingLeadId: 'L1' })], 'one:C1'],
    ['the survivor of a merge', [merged('L1', 'L2'), lead('L2')], 'one:L2'],
    ['the survivor of the survivor', [merged('L1', 'L2'), merged('L2', 'L3'), lead('L3')], 'one:L3'],
    [
      'the contact that the survivor was qualified to',
      [merged('L1', 'L2'), lead('L2', qualified), contact('C1', { originatingLeadId: 'L2' })],
      'one:C1',
    ],
    ['a survivor that was not read', [merged('L1', 'L2')], 'inactive:L1'],
    ['a closed lead', [lead('L1', inactive)], 'inactive:L1'],
    [
      'two contacts of a qualified lead',
      [lead('L1', qualified), contact('C1', { originatingLeadId: 'L1' }), contact('C2', { originatingLeadId: 'L1' })],
      'ambiguous:C1,C2',
    ],
    ['a record of the other table', [contact('L1')], 'none'],
  ])('takes for the id of a lead: %s', (_, people, expected) => {
    expect(matched({ by: 'id', id: 'L1', personType: 'lead' }, people)).toBe(expected);
  });

  it.each<[string, readonly PersonRecord[], string]>([
    ['whoever has it', [contact('X')], 'one:X'],
    ['a lead and a contact of one id', [lead('X'), contact('X')], 'ambiguous:X,X'],
    ['the one that is not closed', [lead('X', inactive), contact('X')], 'one:X'],
    [
      'a lead that was qualified to the contact of the same id',
      [lead('X', qualified), contact('X', { originatingLeadId: 'X' })],
      'one:X',
    ],
  ])('takes for a bare id: %s', (_, people, expected) => {
    expect(matched({ by: 'id', id: 'X' }, people)).toBe(expected);
  });

  it('takes the newest of several when asked, but a member before it', () => {
    const people = [
      contact('C1', { createdOn: '2026-03-01T00:00:00Z' }),
      contact('C2', { createdOn: '2026-04-01T00:00:00Z' }),
      contact('C3', { createdOn: '2026-02-01T00:00:00Z' }),
    ];
    expect(matched(ann, people, { onAmbiguous: 'newest' })).toBe('one:C2');
    expect(matched(ann, [...people, contact('C4', inContacts('C4'))], { onAmbiguous: 'newest' })).toBe('one:C4');
  });
});

const ids = fc.constantFrom('1', '2', '3', '4');
const anyRecord = fc
  .record({
    type: fc.constantFrom('lead', 'contact'),
    id: ids,
    email: fc.constantFrom('ann@x.de', 'bob@x.de', ''),
    state: fc.constantFrom('usable', 'qualified', 'inactive'),
    survivorId: fc.option(ids, { nil: undefined }),
    parentContactId: fc.option(ids, { nil: undefined }),
    originatingLeadId: fc.option(ids, { nil: undefined }),
    isIn: fc.boolean(),
  })
  .map(({ type, id, state, isIn, ...more }) => {
    const make = type === 'lead' ? lead : contact;
    const known = type === 'contact' && state === 'qualified' ? 'usable' : state;
    const isMerged = more.survivorId !== undefined;
    return make(id, {
      ...more,
      state: isMerged && known === 'usable' ? 'inactive' : known,
      memberships: isIn ? [member(LEADS, id)] : [],
    });
  });
const anyKey = fc.oneof(
  ids.map((id): PersonKey => ({ by: 'id', id })),
  fc.constantFrom('ann@x.de', 'bob@x.de').map((email): PersonKey => ({ by: 'email', email })),
);

describe('whoever is connected with whomever', () => {
  it('an addition means one usable person, several that are shown, or nobody; and following ends', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 8 }), anyKey, (people, key) => {
        const view = viewOf(...people);
        const match = matchForAdd(key, view, options);
        if (match.kind === 'one') expect(match.person.state).toBe('usable');
        if (match.kind === 'ambiguous') {
          const keys = match.people.map((person) => `${person.type}/${person.id}`);
          expect(new Set(keys).size).toBe(keys.length);
          expect(keys.length).toBeGreaterThan(1);
          expect(match.people.every((person) => person.state === 'usable')).toBe(true);
        }
        for (const person of view.all()) expect(view.all()).toContain(follow(person, view));
      }),
    );
  });

  it('a removal means each record once, and an addition only somebody whom a removal means too', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 8 }), anyKey, (people, key) => {
        const found = matchesForRemoval(key, viewOf(...people));
        expect(new Set(found).size).toBe(found.length);
      }),
    );
  });
});

describe('matchesForRemoval', () => {
  it.each<[string, PersonKey, readonly PersonRecord[], readonly string[]]>([
    ['inactive ones too', ann, [contact('C1', inactive), lead('L1', inactive)], ['C1', 'L1']],
    ['the contact of a lead', ann, [lead('L1', qualified), became('C1', 'L1')], ['L1', 'C1']],
    ['the lead of a contact, by its parent', ann, [contact('C1'), { ...parented('L1'), email: '' }], ['C1', 'L1']],
    [
      'the originating lead of a contact',
      { by: 'id', id: 'C1' },
      [contact('C1', { originatingLeadId: 'L1' }), lead('L1', qualified)],
      ['C1', 'L1'],
    ],
    ['the survivor of a merge', { by: 'id', id: 'L1' }, [merged('L1', 'L2'), lead('L2')], ['L1', 'L2']],
    ['nobody else', { by: 'id', id: 'L1' }, [lead('L1'), lead('L2'), contact('C1')], ['L1']],
  ])('finds %s', (_, key, people, expected) => {
    expect(matchesForRemoval(key, viewOf(...people)).map((person) => person.id)).toEqual(expected);
  });
});

describe('areOnePerson', () => {
  const human = [
    lead('L1', { ...qualified, survivorId: undefined, parentContactId: 'C1' }),
    contact('C1', { ...inactive, survivorId: 'C2' }),
    contact('C2', { originatingLeadId: 'L2' }),
    lead('L2', qualified),
    contact('C9'),
  ];
  const view = viewOf(...human);
  const pick = (...wanted: string[]) => human.filter((person) => wanted.includes(person.id));

  it.each([
    [['L1'], true],
    [['L1', 'C1'], true],
    [['L1', 'C2'], true],
    [['C2', 'L2'], true],
    [['C2', 'C9'], false],
    [['L1', 'C1', 'C9'], false],
  ])('of %j: %s', (wanted, expected) => {
    expect(areOnePerson(pick(...wanted), view)).toBe(expected);
  });
});
