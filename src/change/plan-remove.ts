/** Decides whom a removal takes out for each row of a batch: only members of own lists that a flow action added. Pure. */

import type { OwnList } from '../campaign/own-lists.ts';
import type { ListMember, MarketingList, PersonRecord } from '../dataverse/wire.ts';
import type { OutcomeName } from '../events.ts';
import type { InputRow, PersonRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import { outcomeOf } from '../input/outcome.ts';
import { areOnePerson, describePeople, matchesForRemoval } from '../people/match.ts';
import { whyUnaskable } from '../people/queries.ts';
import type { PeopleView } from '../people/view.ts';
import { type AddedBy, isFlowAdded, type TheseMembers } from './added-by.ts';
import type { Claims } from './claims.ts';

export type RemoveRules = {
  readonly matchBy: string | undefined;
  readonly addedBy: AddedBy | TheseMembers;
  readonly allowInactive: boolean;
  readonly allowSharedList: boolean;
  readonly isDryRun: boolean;
};

export type RemovalView = {
  readonly view: PeopleView;
  readonly ownLists: readonly OwnList[];
  readonly foreignLists: readonly MarketingList[];
  readonly addedBy: AddedBy | TheseMembers;
  /** Additions that the journal shows to be ours, as knownAdditions() gives them. */
  readonly addedByJournal: ReadonlySet<string>;
  /** Values of --match-by that the server refused. */
  readonly refusedValues?: ReadonlyMap<string, string>;
  /** --exclude. A row is left alone if any record of its person is excluded. */
  readonly isExcluded: (person: PersonRecord) => boolean;
};

export type RemovableMember = { readonly person: PersonRecord; readonly list: OwnList; readonly member: ListMember };

export type PlannedRemoval =
  | { readonly kind: 'decided'; readonly row: InputRow; readonly outcome: Outcome }
  /** None of them is on an own list. Reported as removed where the journal knows that an unfinished run removed them. */
  | {
      readonly kind: 'not-member';
      readonly row: PersonRow;
      readonly people: readonly PersonRecord[];
      readonly outcome: Outcome;
    }
  | { readonly kind: 'remove'; readonly row: PersonRow; readonly members: readonly RemovableMember[] };

export function planRemovals(rows: readonly InputRow[], read: RemovalView, claims: Claims): readonly PlannedRemoval[] {
  const lists = new Map(read.ownLists.map((list) => [list.id, list]));
  return rows.map((row) => planRow(row, { lists, read, claims }));
}

type Planning = {
  /** Own lists by their ids. */
  readonly lists: ReadonlyMap<string, OwnList>;
  readonly read: RemovalView;
  readonly claims: Claims;
};

function planRow(row: InputRow, planning: Planning): PlannedRemoval {
  if (row.kind === 'invalid') return decided(row, 'invalid', { code: row.code, message: row.message });
  const { read, claims } = planning;
  const unaskable = whyUnaskable(row, read.refusedValues);
  if (unaskable !== undefined) return decided(row, 'invalid', unaskable);
  const people = matchesForRemoval(row.key, read.view);
  const [first] = people;
  if (first === undefined)
    return decided(row, 'not-found', {
      message: `No one in Dynamics matches ${row.place.ref}, or you may not read them.`,
    });
  const excluded = people.find(read.isExcluded);
  if (excluded !== undefined) return decided(row, 'excluded', { personType: excluded.type, personId: excluded.id });
  if (people.some((person) => claims.isTaken(person.type, person.id)))
    return decided(row, 'duplicate-input', { personType: first.type, personId: first.id });
  const planned = planMatched(row, people, planning);
  if (planned.kind !== 'decided' || planned.outcome.outcome !== 'ambiguous')
    for (const person of people) claims.claim(person.type, person.id);
  return planned;
}

function planMatched(row: PersonRow, people: readonly PersonRecord[], { lists, read }: Planning): PlannedRemoval {
  const members = membersAmong(people, lists);
  const [first] = members;
  if (first === undefined) return notMember(row, people, read);
  const removable = members.filter(({ member }) => isFlowAdded(member, read));
  if (removable.length === 0) {
    const { person, member } = first;
    return decided(row, 'added-by-other', {
      personType: person.type,
      personId: person.id,
      listMemberId: member.id,
      addedBy: member.createdBy,
    });
  }
  const whom = [...new Set(removable.map(({ person }) => person))];
  if (!areOnePerson(whom, read.view))
    return decided(row, 'ambiguous', {
      message: `${whom.length} members match: ${describePeople(whom)}. Give the right one by id.`,
    });
  return { kind: 'remove', row, members: removable };
}

function membersAmong(people: readonly PersonRecord[], lists: Planning['lists']): readonly RemovableMember[] {
  return people.flatMap((person) =>
    person.memberships.flatMap((member) => {
      const list = lists.get(member.listId);
      return list === undefined ? [] : { person, list, member };
    }),
  );
}

function notMember(row: PersonRow, people: readonly PersonRecord[], { foreignLists }: RemovalView): PlannedRemoval {
  const foreign = new Map(foreignLists.map((list) => [list.id, list]));
  const other = people
    .flatMap((person) => person.memberships.map((member) => ({ person, member, list: foreign.get(member.listId) })))
    .find(({ list }) => list !== undefined);
  const person = other?.person ?? people[0];
  const known = { personType: person?.type, personId: person?.id };
  const outcome =
    other === undefined
      ? outcomeOf(row, 'not-member', known)
      : outcomeOf(row, 'in-by-other-list', {
          ...known,
          listMemberId: other.member.id,
          addedBy: other.member.createdBy,
          message: `Is in the campaign through list "${other.list?.name ?? ''}" (${other.member.listId}), which is not one of the campaign's own lists.`,
        });
  return { kind: 'not-member', row, people, outcome };
}

function decided(row: InputRow, outcome: OutcomeName, details: Partial<Outcome>): PlannedRemoval {
  return { kind: 'decided', row, outcome: outcomeOf(row, outcome, details) };
}
