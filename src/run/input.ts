/** The people of a command as one stream: arguments, files and stdin first, then the members of the lists that --from-list names. */

import { statSync } from 'node:fs';
import type { Dataverse } from '../dataverse/operation.ts';
import type { InputRow, InputRows } from '../input/input-row.ts';
import { openPeople, type PeopleOptions } from '../input/open-people.ts';
import { findSourceList, listSource, type SourceList, sourceListRows } from '../people/members/source-list.ts';
import type { Clock } from '../transport/http.ts';
import type { PeopleSources } from './people-sources.ts';
import type { PeopleCommandOptions } from './request.ts';

export type Input = {
  /** `dynamicsColumns`: columns of the organization's own that files may name. `wantedOrigin`: what results files have to be about. */
  rows(reading?: Pick<PeopleOptions, 'dynamicsColumns' | 'wantedOrigin'>): InputRows;
  /** The same people, without telling which columns are not used: for who only counts. Not for stdin. */
  silentRows(): InputRows;
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
    silentRows: () => chain(openPeople({ ...options, onNotice: undefined }), dataverse, lists),
    sources: [...(options.files ?? []), ...lists.map((list) => listSource(list.id))],
  };
}

/** Counted at once: a fraction of a second. Of more, the run's own work comes first. */
const COUNTED_AT_ONCE = 20_000;
const PAUSE_MS = 20;

/**
 * Reads files once more, so that progress has a total from the first second or soon after it. Undefined for lists and pipes, and for what
 * cannot be read to its end. Never throws.
 */
export async function countPeople(
  { options, usesStdin }: PeopleSources,
  { fromList }: Pick<PeopleCommandOptions, 'fromList'>,
  { clock, signal }: { readonly clock: Pick<Clock, 'sleep'>; readonly signal: AbortSignal },
): Promise<number | undefined> {
  try {
    const isFile = (path: string): boolean => statSync(path).isFile();
    if (usesStdin || fromList !== undefined || !(options.files ?? []).every(isFile)) return undefined;
    let count = 0;
    for await (const rows of openPeople({ ...options, onNotice: undefined, signal })) {
      count += rows.length;
      if (count > COUNTED_AT_ONCE) await clock.sleep(PAUSE_MS, signal);
    }
    return signal.aborted ? undefined : count;
  } catch {
    // The run reads them too, and says what is wrong.
    return undefined;
  }
}

async function* chain(
  people: InputRows,
  dataverse: Dataverse,
  lists: readonly SourceList[],
): AsyncGenerator<readonly InputRow[]> {
  yield* people;
  for (const list of lists) yield* sourceListRows(dataverse, list);
}
