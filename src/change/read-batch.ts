/**
 * Reads the people that a batch may mean, and the campaign and its lists in the same request. Further reads follow merged and qualified
 * records.
 */
import { listIds } from '../campaign/known-lists.ts';
import type { OwnLists } from '../campaign/own-lists.ts';
import { type UsableOptions, usableLists } from '../campaign/usable.ts';
import type { InputRow, PersonRow } from '../input/input-row.ts';
import type { AddRules } from '../people/add-rules.ts';
import { readFurtherIds } from '../people/creation-planner.ts';
import { followPeople } from '../people/follow.ts';
import { addressKey, normalizeEmail } from '../people/identity.ts';
import { chooseId, derivedIds } from '../people/plan-creation.ts';
import { mayBeCreated, type QueryOptions, queriesForRows } from '../people/queries.ts';
import { type PeopleRead, readPeopleAndFacts } from '../people/read.ts';
import { buildPeopleView, type ReadPerson } from '../people/view.ts';
import { knownAdditions } from './added-by.ts';
import type { AdditionView } from './plan-add.ts';
import type { RemovalView, RemoveRules } from './plan-remove.ts';
import type { Session } from './session.ts';
import { findStrangers } from './strangers.ts';

/** Also reads who has the derived ids that new people might get. */
export async function readForAdditions(
  session: Session,
  rules: AddRules,
  rows: readonly InputRow[],
): Promise<AdditionView & Pick<PeopleRead, 'facts'> & { readonly lists: OwnLists }> {
  const { matchBy, allowSharedList } = rules;
  const people = rows.filter((row) => row.kind === 'person');
  const { facts, lists, ...read } = await readBatch(session, people, {
    matchBy,
    allowSharedList,
    allowInactive: false,
    purpose: 'additions',
    creation: rules.mayCreate ? rules : undefined,
  });
  const ownIds = listIds(lists, 'own');
  const namedIds = new Set<string>();
  for (const { key } of people) if (key.by === 'id') namedIds.add(key.id);
  for (const { matchValue, record } of read.people) if (matchValue !== undefined) namedIds.add(record.id);
  const derived = await readDerivedIds(session, people, rules, { people: read.people, ownIds });
  for (const id of derived.ids) namedIds.add(id);
  const found = [...read.people, ...derived.people];
  const view = await followPeople(session, found, { matchBy, listIds: ownIds, purpose: 'additions', namedIds });
  return {
    facts,
    lists,
    view,
    strangers: findStrangers(textsFound(read.people), () => people.flatMap(textsAsked)),
    ownListIds: new Set(ownIds),
    isExcluded: (person) => session.exclusions?.excludesRecord(person) === true,
    refusedValues: session.refusedValues,
  };
}

/** Also reads every other record of the same people. */
export async function readForRemovals(
  session: Session,
  { addedBy, matchBy, allowInactive, allowSharedList }: RemoveRules,
  rows: readonly InputRow[],
): Promise<RemovalView & Pick<PeopleRead, 'facts'> & { readonly lists: OwnLists }> {
  const people = rows.filter((row) => row.kind === 'person');
  const { facts, lists, ...read } = await readBatch(session, people, {
    matchBy,
    allowInactive,
    allowSharedList,
    purpose: 'removals',
    creation: undefined,
  });
  const ids = listIds(lists, 'all');
  const following = { matchBy, listIds: ids, purpose: 'removals', namedIds: new Set<string>() } as const;
  const view = await followPeople(session, read.people, following);
  // Nobody is removed from the lists of others, so the journal is not asked about them.
  const ownIds = new Set(listIds(lists, 'own'));
  const members = view.all().flatMap(({ memberships }) => memberships.filter(({ listId }) => ownIds.has(listId)));
  return {
    facts,
    lists,
    view,
    ownLists: lists.all,
    foreignLists: lists.foreign,
    addedBy,
    addedByJournal: knownAdditions(session, addedBy, members),
    isExcluded: (person) => session.exclusions?.excludesRecord(person) === true,
    refusedValues: session.refusedValues,
  };
}

type BatchQuestion = UsableOptions & {
  readonly matchBy: string | undefined;
  /** For additions that may create people: their derived ids are looked up. */
  readonly creation: QueryOptions['creation'];
  /** Removals read every list of the campaign, and the leads of contacts. */
  readonly purpose: 'additions' | 'removals';
};

/** Throws CampaignError when the campaign or an own list has become unusable. */
async function readBatch(
  session: Session,
  rows: readonly PersonRow[],
  { matchBy, creation, purpose, ...usable }: BatchQuestion,
): Promise<PeopleRead & { readonly lists: OwnLists }> {
  const which = purpose === 'additions' ? 'own' : 'all';
  const queries = queriesForRows(rows, { matchBy, creation, leadsOfContacts: purpose === 'removals' });
  let asked = session.lists.ids(which);
  for (;;) {
    const read = await readPeopleAndFacts(session, queries, { matchBy, listIds: asked });
    const lists = usableLists(read.facts, usable);
    const all = [...new Set([...asked, ...listIds(lists, which)])];
    if (all.length === asked.length) {
      session.lists.remember(lists);
      return { ...read, lists };
    }
    // The read did not include memberships on a list that is new since the last batch.
    asked = all;
  }
}

/** What the server found for the texts asked for: e-mails, and values of the --match-by column. */
function textsFound(people: readonly ReadPerson[]): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const { record, matchValue, foundByEmail } of people) {
    if (foundByEmail) texts.add(addressKey(record.email));
    if (matchValue !== undefined) texts.add(normalizeEmail(matchValue));
  }
  return texts;
}

const textsAsked = ({ key, email }: PersonRow): readonly string[] =>
  key.by === 'column' ? [email, normalizeEmail(key.value)] : [email];

/** Where the first derived id of a row is taken, reads who has the others before one of them is used. */
async function readDerivedIds(
  session: Session,
  rows: readonly PersonRow[],
  rules: AddRules,
  found: { readonly people: readonly ReadPerson[]; readonly ownIds: readonly string[] },
): Promise<{ readonly people: readonly ReadPerson[]; readonly ids: readonly string[] }> {
  if (!rules.mayCreate) return { people: [], ids: [] };
  const view = buildPeopleView(found.people);
  const strict = { ...rules, onInactive: 'create-new' } as const;
  const taken = rows.filter((row) => mayBeCreated(row) && chooseId(row, view, strict, 1)?.sequence !== 1);
  return {
    people: await readFurtherIds(session, taken, rules, { from: 2, listIds: found.ownIds }),
    ids: taken.flatMap((row) => derivedIds(row, rules)),
  };
}
