import { memberRow } from '../../../src/commands/members/member-row.ts';

const MEMBERSHIP = {
  person: { type: 'lead', id: 'p', name: 'Kim', email: 'kim@x.example' },
  member: { id: 'm', personId: 'p', listId: 'l', createdOn: '2026-01-02T03:04:05Z', createdBy: 'u' },
  list: { id: 'l', name: 'Mkto-leads-1' },
  through: 'own',
} as const;

it.each([
  [true, '# dyncamp', 'dyncamp'],
  [false, '# dyncamp', '# dyncamp'],
  [true, 'Erika #1', 'Erika #1'],
])(
  'memberRow shows an application by its name in a table, and as Dataverse does in data: table %s, %s',
  (isTable, name, addedBy) => {
    const rendering = { names: new Map([['u', name]]), isAddedHere: () => false, isTable };
    expect(memberRow(MEMBERSHIP, rendering)).toMatchObject({ addedBy });
  },
);
