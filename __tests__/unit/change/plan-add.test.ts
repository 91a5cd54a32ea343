import { trackClaims } from '../../../src/change/claims.ts';
import { type AdditionView, type PlannedRow, planAdditions } from '../../../src/change/plan-add.ts';
import { findStrangers, looseKey } from '../../../src/change/strangers.ts';
import type { PersonRecord } from '../../../src/dataverse/wire.ts';
import type { InputRow, PersonRow } from '../../../src/input/input-row.ts';
import type { AddRules } from '../../../src/people/add-rules.ts';
import { buildPeopleView, type PeopleView } from '../../../src/people/view.ts';
import {
  ADD_RULES,
  byEmail,
  byId,
  contact,
  createdId,
  freshClaims,
  INVALID,
  LEADS,
  lead,
  member,
  OWN_LIST_IDS,
  read,
  row,
  viewOf,
  withName,
} from './people.ts';

const CREATE_NEW = { onInactive: 'create-new' } as const;
const noStrangers = findStrangers(new Set(), () => []);
/** What was read, if it shows these people and nobody strange. */
const reading = (view: PeopleView, more: Partial<AdditionView> = {}): AdditionView => ({
  ...{ view, strangers: noStrangers, ownListIds: OWN_LIST_IDS, isExcluded: () => false },
  ...more,
});

/** `add`, `create`, `member`, or outcome and code of what is settled. */
const short = (planned: PlannedRow): string => {
  if (planned.kind !== 'decided') return planned.kind;
  const { outcome, code } = planned.outcome;
  return code === undefined ? outcome : `${outcome} ${code}`;
};

const planOf = (rows: readonly InputRow[], seen: AdditionView, more: Partial<AddRules> = {}, claims = freshClaims()) =>
  planAdditions(rows, seen, { ...ADD_RULES, ...more }, claims);
const planned = (rows: readonly InputRow[], people: readonly PersonRecord[], more: Partial<AddRules> = {}): string[] =>
  planOf(rows, reading(viewOf(...people)), more).map(short);

describe('planAdditions', () => {
  it.each<[string, InputRow, readonly PersonRecord[], string]>([
    ['a line that names nobody', INVALID, [], 'invalid BAD_GUID'],
    ['somebody who is not in', byEmail('ann@x.de'), [lead('L1')], 'add'],
    ['somebody who is in', byEmail('ann@x.de'), [lead('L1', { memberships: [member(LEADS, 'L1')] })], 'member'],
    ['who is on a foreign list', byEmail('ann@x.de'), [lead('L1', { memberships: [member('foreign', 'L1')] })], 'add'],
    ['several', byEmail('ann@x.de'), [lead('L1'), lead('L2')], 'ambiguous'],
    ['inactive ones', withName('ann@x.de'), [lead('L1', { state: 'inactive' })], 'inactive'],
    ['an unknown id', byId('L1'), [], 'not-found'],
    ['an unknown e-mail with a last name', withName('ann@x.de'), [], 'create'],
    ['an unknown e-mail without one', byEmail('ann@x.de'), [], 'cannot-create NO_LAST_NAME'],
    ['an unknown value and no e-mail', row({ by: 'column', value: '7' }), [], 'cannot-create NO_EMAIL'],
    ['an over-long row', { ...withName('ann@x.de'), neverCreate: 'too long' }, [], 'cannot-create OVERLONG_ROW'],
    ['an e-mail that no query can hold', byEmail('ann\u0001@x.de'), [], 'invalid BAD_CHARACTER'],
    [
      'a value of --match-by that no query can hold',
      row({ by: 'column', value: '7\u0001' }, { email: 'ann@x.de' }),
      [],
      'invalid BAD_CHARACTER',
    ],
    ['half a character', byEmail('ann\ud800@x.de'), [], 'invalid BAD_CHARACTER'],
    ['a value longer than any column', row({ by: 'column', value: 'x'.repeat(851) }), [], 'invalid VALUE_TOO_LONG'],
  ])('decides for %s', (_, input, people, expected) => {
    expect(planned([input], people)).toEqual([expected]);
  });

  it.each<[string, InputRow, readonly PersonRecord[], string]>([
    [
      'an address of several',
      byEmail('ann@x.de'),
      [lead('L1'), lead('L2')],
      'Write the id of the right one in place of the address, or use --on-ambiguous newest.',
    ],
    [
      'an address of nobody active',
      byEmail('ann@x.de'),
      [lead('L1', { state: 'inactive' })],
      'Activate the record in Dynamics, or use --inactive create-new.',
    ],
    ['an id that is inactive', byId('L1'), [lead('L1', { state: 'inactive' })], 'Activate the record in Dynamics.'],
  ])('says how to fix %s', (_, input, people, advice) => {
    const [first] = planOf([input], reading(viewOf(...people)));
    expect(first?.kind === 'decided' ? first.outcome.message : undefined).toMatch(new RegExp(`\\. ${advice}$`));
  });

  it('creates nobody with --no-create', () => {
    expect(planned([withName('ann@x.de')], [], { mayCreate: false })).toEqual(['not-found']);
  });

  it('treats inactive ones as not found with --inactive create-new, but not for an id', () => {
    const people = [lead('L1', { state: 'inactive' })];
    const rows = [withName('ann@x.de'), byId('L1')];
    expect(planned(rows, people, { onInactive: 'create-new' })).toEqual(['create', 'inactive']);
  });

  it('leaves out whoever was opted out, unless they are in', () => {
    const out = lead('L1', { isOptedOut: true });
    const inAlready = lead('L2', { email: 'bob@x.de', isOptedOut: true, memberships: [member(LEADS, 'L2')] });
    const rows = [byEmail('ann@x.de'), byEmail('bob@x.de')];
    expect(planned(rows, [out, inAlready], { skipOptedOut: true })).toEqual(['opted-out', 'member']);
    expect(planned(rows, [out, inAlready])).toEqual(['add', 'member']);
  });

  it('leaves out whoever is excluded, and claims nobody for them', () => {
    const isExcluded = (person: PersonRecord) => person.id === 'L1';
    const read = reading(viewOf(lead('L1')), { isExcluded });
    const both = planOf([byEmail('ann@x.de'), byId('L1')], read);
    expect(both.map(short)).toEqual(['excluded', 'excluded']);
  });

  it('takes three spellings, an id and an e-mail for one person', () => {
    const rows = ['ann@x.de', ' ANN@X.DE', 'Ann@x.de '].map((text) => byEmail(text));
    const one = ['add', 'duplicate-input', 'duplicate-input', 'duplicate-input'];
    expect(planned([...rows, byId('L1')], [lead('L1')])).toEqual(one);
    expect(planned([...rows.map((each) => withName(each.email))], [])).toEqual(['create', ...one.slice(1, 3)]);
    expect(planned([withName('a\u0308nn@x.de'), withName('\u00e4nn@x.de')], [])).toEqual(['create', 'duplicate-input']);
  });

  it('needs no last name from somebody whom an earlier row creates', () => {
    const bare = byEmail('ann@x.de');
    expect(planned([withName('ann@x.de'), bare], [])).toEqual(['create', 'duplicate-input']);
    expect(planned([bare, withName('ann@x.de')], [])).toEqual(['cannot-create NO_LAST_NAME', 'create']);
  });

  describe('two spellings of one person', () => {
    const at = (line: number, text: string): PersonRow => ({
      ...withName(text),
      place: { source: 'people.csv', line, ref: text },
    });

    it.each([
      ['a domain in both forms', 'ann@bücher.de', 'ann@xn--bcher-kva.de', 'duplicate-input'],
      ['a zero-width space', 'ann@x.de', 'ann@x.de\u{200B}', 'duplicate-input'],
      ['another apostrophe', "ann.o'neill@x.de", 'ann.o’neill@x.de', 'cannot-create SIMILAR_EMAIL'],
      ['full-width letters', 'ａnn@x.de', 'ann@x.de', 'cannot-create SIMILAR_EMAIL'],
    ])('create one person: %s', (_, first, second, outcome) => {
      const [one, other] = planOf([at(2, first), at(7, second)], reading(viewOf()));
      expect([one, other].map((each) => each && short(each))).toEqual(['create', outcome]);
      if (other?.kind === 'decided' && outcome.startsWith('cannot-create'))
        expect(other.outcome.message).toBe(
          `${second} (people.csv, line 7) looks like ${first} (people.csv, line 2), and that one is created; no one is created for the second spelling.`,
        );
    });

    it('create nobody for the second, where the first one’s record is there by now', () => {
      const inFlight = trackClaims();
      const first = inFlight.begin();
      planOf([at(2, 'ann.o’neill@x.de')], reading(viewOf()), {}, first);
      first.end();
      const id = createdId('ann.o’neill@x.de', 1);
      const view = viewOf(lead(id, { email: 'ann.o’neill@x.de' }));
      const later = planOf([at(9, "ann.o'neill@x.de")], reading(view), {}, inFlight.begin());
      expect(later.map(short)).toEqual(['cannot-create SIMILAR_EMAIL']);
    });

    it('create nobody where Dynamics has the other one, whatever its state, and name both', () => {
      for (const state of ['usable', 'inactive'] as const) {
        const view = viewOf(lead('L1', { email: 'o’neill@x.de', emailText: 'O’Neill@x.de', state }));
        const message =
          'lead L1 has "O’Neill@x.de", which looks like "o\'neill@x.de"; no one is created until that is resolved.';
        const [planned] = planOf([withName("o'neill@x.de")], reading(view), CREATE_NEW);
        expect(planned).toMatchObject({ outcome: { code: 'SIMILAR_EMAIL', message } });
      }
    });

    it('are each their own where Dynamics has both', () => {
      const people = [lead('L1', { email: 'o’neill@x.de' }), lead('L2', { email: "o'neill@x.de" })];
      expect(planned([withName("o'neill@x.de"), withName('o’neill@x.de')], people)).toEqual(['add', 'add']);
    });
  });

  it('creates nobody whom no mail reaches, and adds them if they are there', () => {
    const row = withName('ann..doe@x.de');
    expect(planned([row], [])).toEqual(['cannot-create UNDELIVERABLE_EMAIL']);
    expect(planned([row], [lead('L1', { email: 'ann..doe@x.de' })])).toEqual(['add']);
  });

  describe('whoever has the derived id of a row', () => {
    const idOf = (sequence: number) => createdId('ann@x.de', sequence);
    // Neither is found by the e-mail itself.
    const alike = { email: 'ａnn@x.de' };

    it.each<[string, readonly PersonRecord[], Partial<AddRules>, string]>([
      ['is that person with the same look-alike key', [lead(idOf(1), alike)], {}, `add ${idOf(1)}`],
      ['is not that person with another e-mail', [lead(idOf(1), { email: 'bob@x.de' })], {}, 'create'],
      ['is at the next number', [lead(idOf(1), { email: 'bob@x.de' }), lead(idOf(2), alike)], {}, `add ${idOf(2)}`],
      ['is inactive', [lead(idOf(1), { ...alike, state: 'inactive' })], {}, 'inactive'],
      [
        'stands for the contact of a qualified lead',
        [lead(idOf(1), { ...alike, state: 'qualified' }), contact('C1', { email: '', originatingLeadId: idOf(1) })],
        CREATE_NEW,
        'add C1',
      ],
      ['is a closed one of whom a new record is wanted', [lead(idOf(1), { state: 'inactive' })], CREATE_NEW, 'create'],
      ['counts for nothing with --no-create', [lead(idOf(1), alike)], { mayCreate: false }, 'not-found'],
    ])('%s', (_, people, more, expected) => {
      const [one] = planOf([withName('ann@x.de')], reading(viewOf(...people)), more);
      expect(one?.kind === 'add' ? `add ${one.person.id}` : one && short(one)).toBe(expected);
    });
  });

  it('does not add somebody whom a row in flight is creating', () => {
    const inFlight = trackClaims();
    const plan = (row: InputRow, ...people: readonly PersonRecord[]) =>
      planOf([row], reading(viewOf(...people)), {}, inFlight.begin()).map(short);
    expect(plan(withName('ann@x.de'))).toEqual(['create']);
    expect(plan(withName('ann@x.de'), lead('L1'))).toEqual(['duplicate-input']);
    expect(plan(byId('L1'), lead('L1'))).toEqual(['duplicate-input']);
  });

  it('creates nobody by --match-by whose e-mail somebody has', () => {
    const input = row({ by: 'column', value: '7' }, { email: 'ann@x.de', attributes: { lastname: 'Doe' } });
    const view = buildPeopleView([read(lead('L1'))]);
    expect(planOf([input], reading(view)).map(short)).toEqual(['cannot-create EMAIL_IN_USE']);
    expect(planned([input], [])).toEqual(['create']);
  });
});

describe('what the server takes for equal and we do not', () => {
  const plan = (input: InputRow, found: readonly string[], asked: readonly string[]): string[] => {
    const strangers = findStrangers(new Set(found), () => asked);
    return planOf([input], reading(viewOf(contact('C1', { email: 'other@x.de' })), { strangers })).map(short);
  };

  it.each([
    ['an accent less', 'm\u00fcller@x.de', 'muller@x.de'],
    ['a ligature', 'stra\u00dfe@x.de', 'strasse@x.de'],
    ['full width', '\uff41nn@x.de', 'ann@x.de'],
  ])('blocks a creation: %s', (_, asked, found) => {
    expect(plan(withName(asked), [found], [asked])).toEqual(['cannot-create SIMILAR_EMAIL']);
  });

  it('blocks only the row that it stands for', () => {
    expect(plan(withName('bob@x.de'), ['muller@x.de'], ['m\u00fcller@x.de', 'bob@x.de'])).toEqual(['create']);
  });

  it('blocks every creation when it stands for none that we can tell', () => {
    expect(plan(withName('bob@x.de'), ['\u6f22@x.de'], ['bob@x.de'])).toEqual(['cannot-create SIMILAR_EMAIL']);
  });

  it('blocks a creation by --match-by when the column compares more loosely', () => {
    const input = row({ by: 'column', value: 'k\u00f6ln-1' }, { email: 'ann@x.de', attributes: { lastname: 'Doe' } });
    expect(plan(input, ['koln-1'], ['k\u00f6ln-1', 'ann@x.de'])).toEqual(['cannot-create SIMILAR_EMAIL']);
  });

  it.each(['ANN@x.de', 'a\u0301nn@x.de'])('folds %s to one key', (text) => {
    expect(looseKey(text)).toBe('ann@x.de');
  });
});
