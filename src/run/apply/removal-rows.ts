/** People who may have to be removed, as rows for the steps of `remove`: by their ids, in place of an input row the list they are on. */

import type { PersonRow } from '../../input/input-row.ts';
import { personRow } from '../../people/members/source-list.ts';
import type { Candidate } from './spool.ts';

export async function* removalRows(pages: AsyncIterable<readonly Candidate[]>): AsyncGenerator<readonly PersonRow[]> {
  for await (const page of pages) yield page.map(removalRow);
}

const removalRow = ({ listId, personType, personId, line }: Candidate): PersonRow =>
  personRow({ id: listId, personType }, personId, line);
