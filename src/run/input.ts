/** The people of a command as one stream: arguments, files and stdin first, then the members of the lists that --from-list names. */
import type { Dataverse } from '../dataverse/operation.ts';
import type { InputRow, InputRows } from '../input/input-row.ts';
import { openPeople, type PeopleOptions } from '../input/open-people.ts';
import { STDIN } from '../input/source-name.ts';
import { findSourceList, listSource, type SourceList, sourceListRows } from '../membership/members/source-list.ts';
import type { InputSizeOptions } from './input-size.ts';
import type { PeopleSources } from './people-sources.ts';
import type { PeopleCommandOptions } from './request.ts';

export type Input = {
  /** `dynamicsColumns`: columns of the organization's own that files may name. `wantedOrigin`: what results files have to be about. */
  rows(reading?: Pick<PeopleOptions, 'dynamicsColumns' | 'wantedOrigin'>): InputRows;
  /** The same people, without telling which columns are not used: for who only counts. Not for stdin. */
  silentRows(): InputRows;
  /** Files and lists, as places in the input name them. */
  readonly sources: readonly string[];
  /** What is known of how many they are before they are read. */
  readonly size: Pick<InputSizeOptions, 'total' | 'sources' | 'countLines'>;
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
    size: sizeOf(options, lists),
  };
}

/** Lists are not counted: that would be a request, and they are read page by page anyway. */
function sizeOf(
  { people = [], files = [], encoding, signal }: PeopleOptions,
  lists: readonly SourceList[],
): Input['size'] {
  const named = people.filter((text) => text !== STDIN).length;
  const piped = people.filter((text) => text === STDIN);
  if (files.length + piped.length + lists.length === 0) return { total: named };
  const listNames = lists.map((list) => listSource(list.id));
  const ending = signal ?? new AbortController().signal;
  return {
    sources: ['arguments', ...piped, ...files, ...listNames],
    async countLines(source) {
      if (source === 'arguments') return named;
      if (source === STDIN || listNames.includes(source)) return undefined;
      const { countLines } = await import('../input/count-lines.ts');
      return countLines(source, { encoding, signal: ending });
    },
  };
}

async function* chain(
  people: InputRows,
  dataverse: Dataverse,
  lists: readonly SourceList[],
): AsyncGenerator<readonly InputRow[]> {
  yield* people;
  for (const list of lists) yield* sourceListRows(dataverse, list);
}
