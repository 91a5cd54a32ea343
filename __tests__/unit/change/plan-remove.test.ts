import { additionId } from '../../../src/campaign/ids.ts';
import type { OwnList } from '../../../src/campaign/own-lists.ts';
import { trackClaims } from '../../../src/change/claims.ts';
import { type PlannedRemoval, planRemovals, type RemovalView } from '../../../src/change/plan-remove.ts';
import type { PersonRecord } from '../../../src/dataverse/wire.ts';
import type { PersonType } from '../../../src/events.ts';
import type { InputRow } from '../../../src/input/input-row.ts';
import {
  byEmail,
  byId,
  CONTACTS,
  contact,
  FOREIGN,
  freshClaims,
  INVALID,
  LEADS,
  lead,
  ME,
  member,
  viewOf,
} from './people.ts';

const ownList = (id: string, name: string, personType: PersonType): OwnList => {
  const read = { id, name, personType, isDynamic: false, isLocked: false, isActive: true };
  return { id, name, personType, origin: 'ours', isLinked: true, read };
};
const known: Omit<RemovalView, 'view'> = {
  ownLists: [ownList(LEADS, 'Mkto-leads-1', 'lead'), ownList(CONTACTS, 'Mkto-contacts-1', 'contact')],
  foreignLists: [{ id: FOREIGN, name: 'News', personType: 'lead', isDynamic: false, isLocked: false, isActive: true }],
  addedBy: { kind: 'users', userIds: new Set([ME]) },
  addedByJournal: new Set(),
  isExcluded: () => false,
};
const MARKETO = 'user-marketo';
const on = (list: string, id: string, createdBy: string | undefined = ME) => ({
  memberships: [member(list, id, { createdBy })],
});
const qualified = { state: 'qualified' } as const;

/** `remove:L1+C1`, or the outcome. */
const short = (planned: PlannedRemoval): string =>
  planned.kind === 'remove'
    ? `remove:${planned.members.map(({ person }) => person.id).join('+')}`
    : planned.outcome.outcome;

function planned(
  rows: readonly InputRow[],
  people: readonly PersonRecord[],
  more: Partial<RemovalView> = {},
): string[] {
  return planRemovals(rows, { view: viewOf(...people), ...known, ...more }, freshClaims()).map(short);
}

describe('planRemovals', () => {
  it.each<[string, InputRow, readonly PersonRecord[], string]>([
    ['a line that names nobody', INVALID, [], 'invalid'],
    ['nobody', byEmail('ann@x.de'), [], 'not-found'],
    ['somebody who is not in', byEmail('ann@x.de'), [lead('L1')], 'not-member'],
    ['a member whom we added', byEmail('ann@x.de'), [lead('L1', on(LEADS, 'L1'))], 'remove:L1'],
    ['a member whom another user added', byEmail('ann@x.de'), [lead('L1', on(LEADS, 'L1', MARKETO))], 'added-by-other'],
    ['a member of a foreign list', byEmail('ann@x.de'), [lead('L1', on(FOREIGN, 'L1'))], 'in-by-other-list'],
    ['a closed lead', byEmail('ann@x.de'), [lead('L1', { state: 'inactive', ...on(LEADS, 'L1') })], 'remove:L1'],
    [
      'the lead of a contact',
      byId('C1'),
      [contact('C1'), lead('L1', { ...qualified, email: '', parentContactId: 'C1', ...on(LEADS, 'L1') })],
      'remove:L1',
    ],
    [
      'the contact of a lead',
      byId('L1'),
      [contact('C1', { originatingLeadId: 'L1', ...on(CONTACTS, 'C1') }), lead('L1', qualified)],
      'remove:C1',
    ],
    [
      'lead and contact of one person',
      byEmail('ann@x.de'),
      [
        contact('C1', { originatingLeadId: 'L1', ...on(CONTACTS, 'C1') }),
        lead('L1', { ...qualified, ...on(LEADS, 'L1') }),
      ],
      'remove:C1+L1',
    ],
    [
      'two of one e-mail, both in',
      byEmail('ann@x.de'),
      [lead('L1', on(LEADS, 'L1')), lead('L2', on(LEADS, 'L2'))],
      'ambiguous',
    ],
    ['two of one e-mail, one of them in', byEmail('ann@x.de'), [lead('L1', on(LEADS, 'L1')), lead('L2')], 'remove:L1'],
    [
      'two people of one e-mail, one of them ours',
      byEmail('ann@x.de'),
      [lead('L1', on(LEADS, 'L1')), lead('L2', on(LEADS, 'L2', MARKETO))],
      'remove:L1',
    ],
    ['an e-mail that no query can hold', byEmail('ann\u0001@x.de'), [], 'invalid'],
  ])('decides for %s', (_, input, people, expected) => {
    expect(planned([input], people)).toEqual([expected]);
  });

  it.each<[string, string | undefined, Partial<RemovalView>, string]>([
    ['a user of the profile', MARKETO, { addedBy: { kind: 'users', userIds: new Set([ME, MARKETO]) } }, 'remove:L1'],
    ['the journal', MARKETO, { addedByJournal: new Set([additionId(member(LEADS, 'L1'))]) }, 'remove:L1'],
    [
      'a journal that knows the row before it came back (U23)',
      MARKETO,
      { addedByJournal: new Set([additionId(member(LEADS, 'L1', { createdOn: '2026-02-03T04:05:05Z' }))]) },
      'added-by-other',
    ],
    [
      'the journal, however the read words the second',
      MARKETO,
      { addedByJournal: new Set([additionId(member(LEADS, 'L1', { createdOn: '2026-02-03T05:05:06.700+01:00' }))]) },
      'remove:L1',
    ],
    ['anyone', undefined, { addedBy: { kind: 'anyone' } }, 'remove:L1'],
    ['neither journal nor creator', undefined, {}, 'added-by-other'],
    ['a journal that knows another row', MARKETO, { addedByJournal: new Set(['another']) }, 'added-by-other'],
  ])('goes by %s', (_, createdBy, more, expected) => {
    const memberships = [member(LEADS, 'L1', { createdBy })];
    expect(planned([byId('L1')], [lead('L1', { memberships })], more)).toEqual([expected]);
  });

  it('says who added whom, and through which list', () => {
    const people = [lead('L1', on(LEADS, 'L1', MARKETO)), lead('L2', on(FOREIGN, 'L2', MARKETO))];
    const [other, foreign] = planRemovals(
      [byId('L1'), byId('L2')],
      { view: viewOf(...people), ...known },
      freshClaims(),
    );
    expect(other).toMatchObject({ outcome: { addedBy: MARKETO, personId: 'L1', listMemberId: `row-${LEADS}-L1` } });
    expect(foreign).toMatchObject({ outcome: { message: expect.stringContaining('News'), personId: 'L2' } });
  });

  it('takes lead, contact and e-mail of one person for one', () => {
    const people = [contact('C1', { originatingLeadId: 'L1' }), lead('L1', { ...qualified, ...on(LEADS, 'L1') })];
    const rows = [byId('C1'), byId('L1'), byEmail('ann@x.de')];
    expect(planned(rows, people)).toEqual(['remove:L1', 'duplicate-input', 'duplicate-input']);
  });

  it('takes nobody twice who is in flight', () => {
    const inFlight = trackClaims();
    const view = viewOf(lead('L1', on(LEADS, 'L1')));
    const both = [inFlight.begin(), inFlight.begin()];
    expect(both.flatMap((claims) => planRemovals([byId('L1')], { view, ...known }, claims).map(short))).toEqual([
      'remove:L1',
      'duplicate-input',
    ]);
  });

  it('leaves in whoever is excluded under any of their ids', () => {
    const people = [contact('C1', { originatingLeadId: 'L1' }), lead('L1', { ...qualified, ...on(LEADS, 'L1') })];
    const isExcluded = (person: PersonRecord) => person.id === 'L1';
    expect(planned([byId('C1'), byEmail('ann@x.de')], people, { isExcluded })).toEqual(['excluded', 'excluded']);
  });
});
