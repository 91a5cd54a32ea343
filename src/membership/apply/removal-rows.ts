/** People who may have to be removed, as rows for the steps of `remove`: by their ids, in place of an input row the list they are on. */
import type { PersonRow } from '../input-row.ts';
import { personRow } from '../members/source-list.ts';
import type { Candidate } from './spool.ts';

export async function* removalRows(candidates: AsyncIterable<Candidate>): AsyncGenerator<PersonRow> {
  for await (const { listId, personType, personId, line } of candidates) {
    yield personRow({ id: listId, personType }, personId, line);
  }
}
