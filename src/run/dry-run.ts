/** Journal and run of a dry run, in place of the real ones. Beginning a change with them throws, because that is a bug. */

import { SettingsError, UsageError } from '../errors.ts';
import type { Journal, RunJournal } from '../journal/journal.ts';
import { organizationsWithJournal } from '../journal/journal-files.ts';
import { warn } from '../terminal/report-error.ts';
import type { Context } from './context.ts';

const refuse = (): never => {
  throw new Error('A dry run tried to write.');
};

export function noRunJournal(): RunJournal {
  return {
    id: 'dry-run',
    begin: refuse,
    conclude: refuse,
    markDelivered: refuse,
    reportAsOwn: () => undefined,
    beat: () => undefined,
    count: () => undefined,
    finish: () => undefined,
    failure: () => undefined,
  };
}

/** This machine's journal, if there is one, knows additions whose rows do not show who made them. A dry run makes none: it may not write. */
export async function journalForDryRun(context: Context, organizationId: string): Promise<Journal> {
  if (!organizationsWithJournal(placeOfState(context)).includes(organizationId.toLowerCase())) return noJournal();
  try {
    return await context.openJournal(organizationId);
  } catch (error) {
    if (!(error instanceof UsageError) || error.code !== 'JOURNAL_UNWRITABLE') throw error;
    await warn(context.terminal, error.code, `${error.message} The dry run continues without it.`, error.hint);
    return noJournal();
  }
}

function placeOfState(context: Context): string {
  try {
    return context.stateDirectory;
  } catch (error) {
    if (error instanceof SettingsError && error.code === 'NO_HOME') return '';
    throw error;
  }
}

function noJournal(): Journal {
  const none = () => [].values();
  return {
    startRun: refuse,
    openIntents: () => [],
    openCreations: () => [],
    closedAdditions: () => [],
    undeliveredEvents: none,
    addedByUs: () => new Set(),
    moveAdditions: refuse,
    changesOfUnfinishedRuns: () => new Map(),
    runs: none,
    run: () => undefined,
    failedRows: none,
    reportedBy: () => [],
    events: none,
    markDelivered: refuse,
    close: () => undefined,
  };
}
