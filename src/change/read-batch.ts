/** What the server shows of the people whom a batch may mean, with the state of the campaign and its lists: all in the same request. */
import { listIds } from '../campaign/known-lists.ts';
import type { OwnLists } from '../campaign/own-lists.ts';
import { type UsableOptions, usableLists } from '../campaign/usable.ts';
import type { PersonRow } from '../input/input-row.ts';
import { type QueryOptions, queriesForRows } from '../people/queries.ts';
import { type PeopleRead, readPeopleAndFacts } from '../people/read.ts';
import type { Session } from './session.ts';

type BatchQuestion = UsableOptions & {
  readonly matchBy: string | undefined;
  /** For additions: people who may be created are looked up by their derived ids. */
  readonly creation: QueryOptions['creation'];
  /** Removals look at every list of the campaign, and at the leads of contacts. */
  readonly purpose: 'additions' | 'removals';
};

/** Throws CampaignError when the campaign or an own list has become unusable. */
export async function readBatch(
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
      session.lists.found(lists);
      return { ...read, lists };
    }
    // A list that turned up since the last batch is joined by reading again: membership on it was not seen.
    asked = all;
  }
}
