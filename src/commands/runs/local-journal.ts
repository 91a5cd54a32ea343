/**
 * The journal that `runs` and `events` read, and the runs in it: the organization is found without a network. A missing journal is not
 * created: reading leaves nothing behind.
 */
import type { Command } from 'commander';
import { SettingsError, UsageError } from '../../errors.ts';
import { parseGuid } from '../../guid.ts';
import type { Journal, RunRecord } from '../../journal/journal.ts';
import { organizationsWithJournal } from '../../journal/journal-files.ts';
import type { Context } from '../../run/context.ts';
import { variable } from '../../settings/connection-settings.ts';
import { notice } from '../../terminal/report-error.ts';
import { nearest } from '../../text.ts';

export type OrganizationOption = {
  /** An organization's id. Default: that of the profile, or of the only journal there is. */
  readonly organization?: string | undefined;
};

export function addOrganizationOption(command: Command): Command {
  return command.option(
    '--organization <id>',
    "whose journal to read (default: the profile's organization, or the only journal there is)",
  );
}

export type LocalJournal = { readonly journal: Journal; readonly organizationId: string };

/** Undefined, after a notice, when nothing was ever run for the organization. Throws UsageError when the organization is ambiguous. */
export async function openLocalJournal(
  context: Context,
  options: OrganizationOption,
): Promise<LocalJournal | undefined> {
  const known = organizationsWithJournal(context.stateDirectory);
  const wanted = options.organization ?? (await organizationOfSettings(context)) ?? onlyOne(known);
  // As GUIDs are written in file names; something else is taken as it is, and then not found.
  const organizationId = wanted === undefined ? undefined : (parseGuid(wanted) ?? wanted.toLowerCase());
  if (organizationId !== undefined && known.includes(organizationId)) {
    return { journal: await context.openJournal(organizationId), organizationId };
  }
  if (organizationId !== undefined && options.organization !== undefined) throw noSuchJournal(organizationId, known);
  const whose = organizationId === undefined ? '' : ` for organization ${organizationId}`;
  await notice(
    context.terminal,
    'NO_JOURNAL',
    `There are no runs${whose} on this machine yet: ${context.stateDirectory} has no journal.`,
    'DYNCAMP_STATE_DIR sets the folder of the journals.',
  );
  return undefined;
}

/**
 * The organization that the settings pin. Incomplete settings do not matter, because nothing connects. A named profile that
 * cannot be used is an error.
 */
async function organizationOfSettings(context: Context): Promise<string | undefined> {
  const isNamed = context.options.profile !== undefined || variable(context.env, 'DYNCAMP_PROFILE') !== undefined;
  try {
    return (await context.settings()).organizationId;
  } catch (error) {
    if (isNamed || !(error instanceof SettingsError)) throw error;
    return undefined;
  }
}

function onlyOne(known: readonly string[]): string | undefined {
  if (known.length < 2) return known[0];
  throw new UsageError('ORGANIZATION_NEEDED', `There are journals of ${known.length} organizations on this machine.`, {
    hint: `Choose one: --organization ${known.join(', or --organization ')}`,
  });
}

function noSuchJournal(organizationId: string, known: readonly string[]): UsageError {
  const there = known.length === 0 ? 'There is none at all.' : `Known: ${known.join(', ')}.`;
  return new UsageError('NO_JOURNAL', `There is no journal of organization "${organizationId}" on this machine.`, {
    hint: `${there} DYNCAMP_STATE_DIR sets the folder of the journals.`,
  });
}

/** The journal that has a run, named by its id, a unique beginning of it or `last`. Throws UsageError RUN_NOT_FOUND or RUN_AMBIGUOUS. */
export async function openJournalOf(
  context: Context,
  text: string,
  options: OrganizationOption,
): Promise<LocalJournal & { readonly run: RunRecord }> {
  const local = await openLocalJournal(context, options);
  if (local === undefined) throw notFound(text, '', []);
  return { ...local, run: findRun(local.journal, text) };
}

/** The newest run; no id begins with it. */
const LAST = 'last';

/** What `<run>` may be, for the help. */
export const RUN_ARGUMENT = `id of the run, its first characters, or "${LAST}"`;

/** Most runs to list for an ambiguous prefix. */
const SHOWN = 5;

/** Throws UsageError RUN_NOT_FOUND or RUN_AMBIGUOUS. */
export function findRun(journal: Pick<Journal, 'run' | 'runs'>, text: string): RunRecord {
  const wanted = text.trim().toLowerCase();
  const exact = journal.run(wanted);
  if (exact !== undefined) return exact;
  const known = [...journal.runs()];
  const found = wanted === LAST ? known.slice(0, 1) : known.filter((run) => wanted !== '' && run.id.startsWith(wanted));
  const [run] = found;
  if (run === undefined) throw notFound(text, wanted, known);
  if (found.length > 1) {
    const shown = found.slice(0, SHOWN).map((each) => each.id);
    throw new UsageError('RUN_AMBIGUOUS', `${found.length} runs begin with "${text}": ${shown.join(', ')}.`, {
      hint: 'Give more characters of the id.',
    });
  }
  return run;
}

function notFound(text: string, wanted: string, known: readonly RunRecord[]): UsageError {
  const beginnings = new Map(known.map((run) => [run.id.slice(0, wanted.length), run.id]));
  const nearBeginning = nearest(wanted, beginnings.keys());
  const near = nearBeginning === undefined ? undefined : beginnings.get(nearBeginning);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  return new UsageError('RUN_NOT_FOUND', `There is no run "${text}" on this machine.`, {
    hint: `${meant}\`dyncamp runs list\` shows the runs of the last 30 days.`,
  });
}
