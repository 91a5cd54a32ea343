/** --only-failed takes only finished results files of this command, organization and campaign. Checked before the run begins. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '../errors.ts';
import { STDIN } from '../input/input-row.ts';
import { openPeople, type PeopleOptions } from '../input/open-people.ts';
import type { ResultsOrigin } from '../input/outcome.ts';
import type { WantedOrigin } from '../input/people-reader.ts';
import type { Journal } from '../journal/journal.ts';
import { confirm } from '../terminal/prompt.ts';
import type { Context } from './context.ts';
import type { ChangeRequest } from './request.ts';
import { RUN_ID_CHARACTERS } from './results/file-beside.ts';

type Guarded = {
  readonly origin: ResultsOrigin;
  readonly input: PeopleOptions;
  readonly journal: Pick<Journal, 'runs'>;
};

/** Gives the origin that rows are checked against while they are read: stdin cannot be checked beforehand. Throws UsageError RESULTS_*. */
export async function checkResultsFiles(
  { terminal }: Context,
  { command, options }: ChangeRequest,
  { input, journal, ...guarded }: Guarded,
): Promise<WantedOrigin> {
  const origin: WantedOrigin = { ...guarded.origin, mayCreate: command === 'add' && options.create !== false };
  const named = (input.files ?? []).filter((file) => file !== STDIN);
  for (const file of named) await refuseUnfinished(file, journal);
  const anyCampaign: WantedOrigin = { ...origin, campaignId: undefined };
  if (options.yes !== true) {
    try {
      await lookThrough(input, named, origin);
      return origin;
    } catch (error) {
      if (!(error instanceof UsageError) || error.code !== 'RESULTS_OF_OTHER_CAMPAIGN') throw error;
      if (!terminal.canAsk) throw error;
      if (!(await confirm(terminal, { text: `${error.message} Continue with its people?`, flag: '--yes' })))
        throw new UsageError('NOT_CONFIRMED', 'Nothing was changed: the answer was not yes.');
    }
  }
  await lookThrough(input, named, anyCampaign);
  return anyCampaign;
}

/** Reads the files as the run will. Other errors in them are left to the run to report. */
async function lookThrough(input: PeopleOptions, files: readonly string[], wantedOrigin: WantedOrigin): Promise<void> {
  const reading = { ...input, people: [], files, stdin: undefined, onNotice: undefined, wantedOrigin };
  try {
    for await (const _ of openPeople(reading));
  } catch (error) {
    if (error instanceof UsageError) throw error;
  }
}

/** A file that was not renamed at the end may lack rows: its run was killed, and people who are missing would never be tried again. */
async function refuseUnfinished(file: string, journal: Pick<Journal, 'runs'>): Promise<void> {
  if (!file.toLowerCase().endsWith('.part')) return;
  const runId = new RegExp(`[-.]([0-9a-f]{${RUN_ID_CHARACTERS}})\\.part$`, 'u').exec(basename(file))?.[1];
  const run = [...journal.runs()].find(({ id }) => runId !== undefined && id.startsWith(runId));
  // A run that died has no exit code, whatever its status became when that was noticed.
  if (run?.exitCode === undefined) throw unfinished(file, 'the journal does not show that its run ended');
  if (!(await endsInWholeRow(file))) throw unfinished(file, 'its last row is not complete');
}

/** Ends with a line end, which in CSV is not inside a quoted cell. */
async function endsInWholeRow(file: string): Promise<boolean> {
  let quotes = 0;
  let first = '';
  let last = '';
  for await (const chunk of createReadStream(file, 'utf8')) {
    const text = String(chunk);
    first ||= text.slice(0, 1);
    last = text.slice(-1) || last;
    quotes += text.split('"').length - 1;
  }
  const isJson = first === '{';
  return last === '\n' && (isJson || quotes % 2 === 0);
}

function unfinished(file: string, why: string): UsageError {
  return new UsageError('RESULTS_UNFINISHED', `${file} is not a finished results file: ${why}.`, {
    hint: 'Run the command that wrote it again with its whole input: people who are done are skipped.',
  });
}
