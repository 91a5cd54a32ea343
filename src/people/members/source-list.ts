/** --from-list: the members of a marketing list of Dynamics as people of the input. */

import { readMembersOfList } from '../../campaign/queries.ts';
import { eq, odataGuid, odataString, or, query } from '../../dataverse/odata-query.ts';
import type { Dataverse } from '../../dataverse/operation.ts';
import { readRows, rowsOf } from '../../dataverse/reads.ts';
import { LIST_COLUMNS, listMemberFromRow, type MarketingList, marketingListFromRow } from '../../dataverse/wire.ts';
import { InputError } from '../../errors.ts';
import type { PersonType } from '../../events.ts';
import { parseGuid } from '../../guid.ts';
import type { PersonRow } from '../../input/input-row.ts';
import { quote } from '../../input/person-text.ts';
import { inEachCase, namedBy } from '../../text.ts';

export type SourceList = { readonly id: string; readonly name: string; readonly personType: PersonType };

const MAX_CANDIDATES = 50;

export const listSource = (listId: string): string => `list:${listId}`;

/** The list with this id, or with exactly this name. Throws InputError SOURCE_LIST_… when it cannot be read from. */
export async function findSourceList(dataverse: Dataverse, text: string): Promise<SourceList> {
  const id = parseGuid(text);
  const name = text.trim();
  const named = or(...inEachCase(name).map((each) => eq('listname', odataString(each))));
  const filter = id === undefined ? named : eq('listid', odataGuid(id));
  const path = query('lists', { select: LIST_COLUMNS, filter, top: MAX_CANDIDATES });
  const [result] = await dataverse.batch([readRows(path, 'listid')]);
  const read = rowsOf(result).map(marketingListFromRow);
  const found = id === undefined ? namedBy(read, name, (each) => [each.name]) : read;
  const [list] = found;
  if (list === undefined)
    throw new InputError(
      'SOURCE_LIST_NOT_FOUND',
      `No marketing list has the id or name ${quote(text)}, or you may not read it.`,
      {
        hint:
          read[0] === undefined
            ? 'Give its name as Dynamics shows it under Marketing Lists, or its id.'
            : `Did you mean "${read[0].name}"? Give its name as Dynamics shows it, or its id.`,
      },
    );
  if (found.length > 1) {
    const shown = found.map((each) => `  "${each.name}" (${each.id})`).join('\n');
    throw new InputError('SOURCE_LIST_AMBIGUOUS', `"${text}" matches ${found.length} marketing lists:\n${shown}`, {
      hint: `Name one by its id: --from-list ${list.id}`,
    });
  }
  return readable(list);
}

function readable({ id, name, personType, isDynamic }: MarketingList): SourceList {
  const called = `List "${name}" (${id})`;
  if (isDynamic)
    throw new InputError(
      'SOURCE_LIST_DYNAMIC',
      `${called} is dynamic: Dynamics computes its members and does not store them.`,
      { hint: 'Copy it to a static list in Dynamics (Copy To Static), and use that list.' },
    );
  if (personType === undefined)
    throw new InputError('SOURCE_LIST_OF_ACCOUNTS', `${called} is a list of accounts, and accounts are not people.`, {
      hint: 'Use a list of leads or contacts.',
    });
  return { id, name, personType };
}

/** Page by page, in the order of the membership rows; `line` counts them from 1. */
export async function* sourceListRows(dataverse: Dataverse, list: SourceList): AsyncGenerator<readonly PersonRow[]> {
  let before = 0;
  for await (const page of dataverse.pages(readMembersOfList(list.id))) {
    const first = before + 1;
    yield page.map((row, place) => personRow(list, listMemberFromRow(row).personId, first + place));
    before += page.length;
  }
}

export function personRow({ id, personType }: Omit<SourceList, 'name'>, personId: string, line: number): PersonRow {
  const ref = `${personType}:${personId}`;
  return {
    kind: 'person',
    place: { source: listSource(id), line, ref },
    key: { by: 'id', id: personId, personType },
    email: '',
    attributes: {},
    columns: { id: ref },
  };
}
