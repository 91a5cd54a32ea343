/** The people of a command as one stream: arguments, files and stdin first, then the members of the lists that --from-list names. */
import type { Dataverse } from '../dataverse/operation.ts';
import { openPeople } from '../membership/input/open-people.ts';
import type { InputRow } from '../membership/input-row.ts';
import { findSourceList, listSource, type SourceList, sourceListRows } from '../membership/members/source-list.ts';
import type { PeopleCommandOptions } from './people-options.ts';
import type { PeopleSources } from './people-sources.ts';

export type Input = {
  /** `dynamicsColumns`: columns of the organization's own that files may name. */
  rows(reading?: { readonly dynamicsColumns?: ReadonlySet<string> | undefined }): AsyncIterable<InputRow>;
  /** The same people, without telling which columns are not used: for who only counts. Not for stdin. */
  silentRows(): AsyncIterable<InputRow>;
  /** Files and lists, as places in the input name them. */
  readonly sources: readonly string[];
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
    silentRows: () => chain(openPeople({ ...options, onUnknownColumns: undefined }), dataverse, lists),
    sources: [...(options.files ?? []), ...lists.map((list) => listSource(list.id))],
  };
}

async function* chain(
  people: AsyncIterable<InputRow>,
  dataverse: Dataverse,
  lists: readonly SourceList[],
): AsyncGenerator<InputRow> {
  yield* people;
  for (const list of lists) yield* sourceListRows(dataverse, list);
}
