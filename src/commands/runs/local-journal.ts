/**
 * The journal that `runs` and `events` read: the organization is found without a network. A missing journal is not
 * created: reading leaves nothing behind.
 */

import { SettingsError, UsageError } from '../../errors.ts';
import { parseGuid } from '../../guid.ts';
import type { Journal } from '../../journal/journal.ts';
import { organizationsWithJournal } from '../../journal/journal-files.ts';
import type { Context } from '../../run/context.ts';
import { variable } from '../../settings/environment.ts';
import { notice } from '../../terminal/report-error.ts';
import type { OrganizationOption } from './organization-option.ts';

export type LocalJournal = { readonly journal: Journal; readonly organizationId: string };

/** Undefined, after a notice, when nothing was ever run for the organization. Throws UsageError when the organization is ambiguous. */
export async function openLocalJournal(
  context: Context,
  options: OrganizationOption,
): Promise<LocalJournal | undefined> {
  const known = organizationsWithJournal(context.stateDirectory);
  const wanted = options.organization ?? (await organizationOfSettings(context)) ?? onlyOne(known);
  const organizationId = wanted === undefined ? undefined : idOf(wanted);
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

/** As GUIDs are written in file names; something else is taken as it is, and then not found. */
function idOf(text: string): string {
  return parseGuid(text) ?? text.toLowerCase();
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
