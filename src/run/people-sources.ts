/** Where the people of a command come from: arguments, files and stdin, checked before anything is opened, and lists. */
import { statSync } from 'node:fs';
import type { Dataverse } from '../dataverse/operation.ts';
import { UsageError } from '../errors.ts';
import type { InputRow, InputRows } from '../input/input-row.ts';
import { STDIN } from '../input/input-row.ts';
import { checkPeopleOptions, openPeople, type PeopleOptions } from '../input/open-people.ts';
import { parsePersonText } from '../input/person-text.ts';
import { checkFiles, isDirectory } from '../input/source-bytes.ts';
import { isBlankCell } from '../input/values.ts';
import { findSourceList, listSource, type SourceList, sourceListRows } from '../people/members/source-list.ts';
import { notice, warn } from '../terminal/report-error.ts';
import type { Stdin } from '../terminal/terminal.ts';
import type { Clock } from '../transport/http.ts';
import { commandLine } from './command-line.ts';
import type { Context } from './context.ts';
import type { ChangeRequest, PeopleCommandOptions } from './request.ts';

export type PeopleSources = { readonly options: PeopleOptions; readonly usesStdin: boolean };

/** Throws UsageError when nobody is named or an argument is surely a mistake, InputError for files that cannot be read. */
export async function peopleSources(
  context: Context,
  request: ChangeRequest,
  signal: AbortSignal,
): Promise<PeopleSources> {
  const { command, people, options } = request;
  const { stdin } = context.terminal;
  refuseWhatCannotBeMeant(request);
  const named = options.file ?? [];
  const isNothingNamed = people.length === 0 && named.length === 0 && options.fromList === undefined;
  if (isNothingNamed) refuseWrongStdin(request, stdin);
  const files = isNothingNamed ? [STDIN] : named;
  const usesStdin = files.includes(STDIN) || people.includes(STDIN);
  const { inputFormat, encoding, map, matchBy, onlyFailed } = options;
  const given: PeopleOptions = {
    people,
    files,
    inputFormat,
    encoding,
    map,
    matchBy,
    onlyFailed,
    keepsCells: options.results !== undefined,
    signal,
    refusesEvents: command === 'apply',
    onNotice: ({ code, message, hint }) => void warn(context.terminal, code, message, hint),
    stdin: usesStdin ? stdin.stream() : undefined,
  };
  checkPeopleOptions(given);
  if (usesStdin && stdin.isDirectory) throw isDirectory(STDIN);
  await checkFiles([...files, ...(options.exclude ?? [])].filter((file) => file !== STDIN));
  if (usesStdin) await notice(context.terminal, 'READING_STDIN', 'Reading people from stdin');
  return { options: given, usesStdin };
}

function refuseWrongStdin({ command, campaign }: ChangeRequest, stdin: Stdin): void {
  const line = commandLine([command, campaign, '-']);
  const pipe = line === undefined ? 'pipe them in' : `pipe them in: \`… | ${line}\``;
  if (stdin.isTTY)
    throw new UsageError('NO_PEOPLE', 'No people were given, and stdin is a terminal.', {
      hint: `Give ids or e-mail addresses, a file with -f people.csv, a list with --from-list, or ${pipe}`,
    });
  // In a loop that reads a file, an empty variable would remove everybody in the rest of the file.
  if (command === 'remove' && stdin.isFile)
    throw new UsageError('STDIN_IS_FILE', 'No people were given, and stdin is a file.', {
      hint: 'To remove the people in the file: -f FILE, or - with < FILE. In a loop such as `while read p; do … "$p"; done < FILE`, check why $p is empty.',
    });
}

function refuseWhatCannotBeMeant({ campaign, people, options }: ChangeRequest): void {
  if (isBlankCell(campaign))
    throw new UsageError('EMPTY_CAMPAIGN', 'CAMPAIGN is empty.', {
      hint: 'A variable of a script may be empty. `dyncamp campaigns list` shows the campaigns.',
    });
  const empty = people.findIndex(isBlankCell);
  if (empty >= 0)
    throw new UsageError('EMPTY_PERSON', `PERSON ${empty + 1} is empty.`, {
      hint: 'A variable of a script may be empty. To read people from stdin, give - instead.',
    });
  const inputs = options.file ?? [];
  const file = options.matchBy === undefined ? people.find(namesFile) : undefined;
  if (file !== undefined)
    throw new UsageError('FILE_AS_PERSON', `"${file}" is a file, not an id or e-mail address.`, {
      hint:
        inputs.length === 0
          ? `Give it with -f: -f ${file}`
          : `Give -f before each file; the shell turns -f *.csv into one -f and several names. Give ${[...inputs, file].map((each) => `-f ${each}`).join(' ')} …, or cat *.csv | dyncamp … -`,
    });
  if (inputs.length > 0 && /\.(?:csv|tsv|txt|jsonl?|gz|xlsx?)$/iu.test(campaign) && isFile(campaign))
    throw new UsageError('FILE_AS_CAMPAIGN', `"${campaign}" is a file, and the campaign is expected here.`, {
      hint: '-f takes one file: give the campaign before it, and -f before each file.',
    });
}

const namesFile = (text: string): boolean => text !== STDIN && !parsePersonText(text).ok && isFile(text);

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    // It does not exist, or the text cannot be a path.
    return false;
  }
}

/** As one stream: arguments, files and stdin first, then the members of the lists that --from-list names. */
export type Input = {
  /** `askDynamicsColumns`: for columns of the organization's own that files may name. `wantedOrigin`: what results files have to be about. */
  rows(reading?: Pick<PeopleOptions, 'askDynamicsColumns' | 'wantedOrigin'>): InputRows;
  /** The same people without notices about unused columns, for counting. Not for stdin. */
  silentRows(): InputRows;
  /** Files and lists, as places in the input name them. */
  readonly sources: readonly string[];
};

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

/** Gives the number of people once it is known. `apply` counts its input where it keeps it. */
export function startCountingPeople(
  context: Context,
  { command, options }: ChangeRequest,
  sources: PeopleSources,
): () => number | undefined {
  if (command === 'apply' || context.terminal.quiet) return () => undefined;
  const closing = new AbortController();
  context.onClose(() => closing.abort());
  let total: number | undefined;
  void countPeople(sources, options, { clock: context.clock, signal: closing.signal }).then((count) => {
    total = count;
  });
  return () => total;
}

/** With more, counting pauses so that it does not slow down the run. */
const COUNTED_AT_ONCE = 20_000;
const PAUSE_MS = 20;

/** Reads the files an extra time, so that progress shows a total early. Undefined for lists, pipes and unreadable files. Never throws. */
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
    // The run reads the files too, and reports the error.
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
