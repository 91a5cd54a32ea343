/** --only-failed takes finished results files of this command, organization and campaign: checked before anything is begun. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '../errors.ts';
import { STDIN } from '../input/input-row.ts';
import { openPeople } from '../input/open-people.ts';
import type { ResultsOrigin } from '../input/outcome.ts';
import type { WantedOrigin } from '../input/people-reader.ts';
import type { Journal } from '../journal/journal.ts';
import { confirm } from '../terminal/prompt.ts';
import type { Context } from './context.ts';
import type { PeopleSources } from './people-sources.ts';
import { RUN_ID_CHARACTERS } from './results/file-beside.ts';

export type Guarded = {
  /** What this run is about. */
  readonly origin: ResultsOrigin;
  readonly sources: PeopleSources;
  readonly journal: Pick<Journal, 'runs'>;
  readonly saysYes: boolean;
  readonly mayCreate: boolean;
};

/** Gives what rows are held to while they are read: stdin cannot be looked through before. Throws UsageError RESULTS_*. */
export async function checkResultsFiles(context: Context, guarded: Guarded): Promise<WantedOrigin> {
  const { sources, journal, saysYes, mayCreate } = guarded;
  const origin: WantedOrigin = { ...guarded.origin, mayCreate };
  const { files = [] } = sources.options;
  const named = files.filter((file) => file !== STDIN);
  for (const file of named) await refuseUnfinished(file, journal);
  const anyCampaign: WantedOrigin = { ...origin, campaignId: undefined };
  if (saysYes) {
    await lookThrough(sources, named, anyCampaign);
    return anyCampaign;
  }
  try {
    await lookThrough(sources, named, origin);
    return origin;
  } catch (error) {
    if (!(error instanceof UsageError) || error.code !== 'RESULTS_OF_OTHER_CAMPAIGN') throw error;
    if (!context.terminal.canAsk) throw error;
    if (!(await confirm(context.terminal, { text: `${error.message} Continue with its people?`, flag: '--yes' })))
      throw new UsageError('NOT_CONFIRMED', 'Nothing was changed: the answer was not yes.');
    await lookThrough(sources, named, anyCampaign);
    return anyCampaign;
  }
}

/** Reads them as the run will. What cannot be read is said when the run comes to it. */
async function lookThrough(
  { options }: PeopleSources,
  files: readonly string[],
  wantedOrigin: WantedOrigin,
): Promise<void> {
  const reading = { ...options, people: [], files, stdin: undefined, onNotice: undefined, wantedOrigin };
  try {
    for await (const _ of openPeople(reading));
  } catch (error) {
    if (error instanceof UsageError) throw error;
  }
}

/**
 * A file that never came to its place: its run was killed, or the rename failed. A run that was killed had rows that were not written yet,
 * and whoever is missing there would never be taken again.
 */
async function refuseUnfinished(file: string, journal: Pick<Journal, 'runs'>): Promise<void> {
  if (!file.toLowerCase().endsWith('.part')) return;
  const runId = new RegExp(`[-.]([0-9a-f]{${RUN_ID_CHARACTERS}})\\.part$`, 'u').exec(basename(file))?.[1];
  const run = [...journal.runs()].find(({ id }) => runId !== undefined && id.startsWith(runId));
  // A run that died has no exit code, whatever its status became when that was noticed.
  if (run?.exitCode === undefined) throw unfinished(file, 'the journal does not show that its run ended');
  if (!(await endsInWholeRow(file))) throw unfinished(file, 'its last row is not complete');
}

/** With a line end, and of CSV with one that is in no quoted cell. */
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
