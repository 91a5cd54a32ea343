/** The people of a command as one stream: arguments, files and stdin first, then the members of the lists that --from-list names. */

import type { Dataverse } from '../dataverse/operation.ts';
import type { InputRow, InputRows } from '../input/input-row.ts';
import { openPeople, type PeopleOptions } from '../input/open-people.ts';
import { STDIN } from '../input/source-name.ts';
import { findSourceList, listSource, type SourceList, sourceListRows } from '../people/members/source-list.ts';
import type { PeopleSources } from './people-sources.ts';
import type { PeopleCommandOptions } from './request.ts';

export type Input = {
  /** `dynamicsColumns`: columns of the organization's own that files may name. `wantedOrigin`: what results files have to be about. */
  rows(reading?: Pick<PeopleOptions, 'dynamicsColumns' | 'wantedOrigin'>): InputRows;
  /** The same people, without telling which columns are not used: for who only counts. Not for stdin. */
  silentRows(): InputRows;
  /** Files and lists, as places in the input name them. */
  readonly sources: readonly string[];
  /** How many they are, where that is known without reading them. */
  readonly total: number | undefined;
};

/** Finds the lists. Throws InputError for one that is not there or cannot be read from. */
export async function openInput(
  dataverse: Dataverse,
  { fromList = [] }: Pick<PeopleCommandOptions, 'fromList'>,
  { options }: PeopleSources,
): Promise<Input> {
  const lists: SourceList[] = [];
  for (const text of fromList) lists.push(await findSourceList(dataverse, text));
  return {
    rows: (reading = {}) => chain(openPeople({ ...options, ...reading }), dataverse, lists),
    silentRows: () => chain(openPeople({ ...options, onNotice: undefined }), dataverse, lists),
    sources: [...(options.files ?? []), ...lists.map((list) => listSource(list.id))],
    total: totalOf(options, lists),
  };
}

/** People who are only named as arguments are counted; of files and pipes nobody knows without reading them. */
function totalOf({ people = [], files = [] }: PeopleOptions, lists: readonly SourceList[]): number | undefined {
  const isCounted = files.length === 0 && lists.length === 0 && !people.includes(STDIN);
  return isCounted ? people.length : undefined;
}

async function* chain(
  people: InputRows,
  dataverse: Dataverse,
  lists: readonly SourceList[],
): AsyncGenerator<readonly InputRow[]> {
  yield* people;
  for (const list of lists) yield* sourceListRows(dataverse, list);
}
