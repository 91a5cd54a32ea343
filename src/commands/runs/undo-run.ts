/** The run of `dyncamp runs undo`. */

import { listIdsOf } from '../../change/remove-batch.ts';
import { undoChunk } from '../../change/undo-batch.ts';
import { undoRows } from '../../change/undo-rows.ts';
import { SettingsError, UsageError } from '../../errors.ts';
import type { Journal, RunRecord } from '../../journal/journal.ts';
import { creationPlanner } from '../../people/creation-planner.ts';
import type { Context } from '../../run/context.ts';
import type { Prepared, RunSetup } from '../../run/plan.ts';
import { rememberListIds } from '../../run/remember-lists.ts';
import { runChange } from '../../run/run-change.ts';
import { peopleText } from '../../run/summary.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { confirm } from '../../terminal/prompt.ts';
import { notice } from '../../terminal/report-error.ts';
import { LARGEST_BATCH } from '../people-options.ts';
import { findRun, noRunAtAll } from './find-run.ts';
import { type LocalJournal, openLocalJournal } from './local-journal.ts';
import { changesOf, type RunChanges } from './run-changes.ts';
import type { RunsUndoOptions, RunsUndoRequest } from './undo.ts';

export async function undoRun(context: Context, { run: text, options }: RunsUndoRequest): Promise<number> {
  const local = await openLocalJournal(context, options);
  if (local === undefined) throw noRunAtAll(text);
  if (isUnattended(context, options)) refuseShortId(text);
  const run = findRun(local.journal, text);
  if (run.status === 'running') throw stillRunning(run);
  const changes = changesOf(local.journal.events({ runId: run.id }));
  await sayElsewhere(context, run, changes);
  if (changes.added + changes.removed === 0 && !hasOpenIntents(local.journal, run)) {
    await notice(context.terminal, 'NOTHING_TO_UNDO', `Run ${run.id} added and removed nobody.`);
    await sayCreated(context, changes);
    return EXIT.done;
  }
  // Where nobody can be asked, what is missing is said before anything is asked of Dynamics.
  if (isUnattended(context, options)) await confirmUndo(context, options, run, changes);
  const code = await runChange(
    context,
    {
      command: 'undo',
      campaign: `id:${run.campaignId}`,
      people: [],
      options: { ...options, batchSize: LARGEST_BATCH },
    },
    {
      people: 'own',
      confirmOrganization: (organizationId) => refuseOther(organizationId, local, run),
      confirm: () => confirmUndo(context, options, run, changes),
      prepare: async (setup) => prepare(setup, options, run.id),
    },
  );
  await sayCreated(context, changes);
  return code;
}

const isUnattended = ({ terminal }: Context, { dryRun }: RunsUndoOptions): boolean =>
  !terminal.canAsk && dryRun !== true;

/** As much of an id as lists and messages are quoted by; less is soon the beginning of another run's. */
const LEAST_ID_CHARACTERS = 8;

/** Nobody sees which run is meant. */
function refuseShortId(text: string): void {
  if (text.trim().length >= LEAST_ID_CHARACTERS) return;
  throw new UsageError(
    'RUN_ID_TOO_SHORT',
    `"${text}" is too short: without a terminal, undo takes at least ${LEAST_ID_CHARACTERS} characters of a run's id.`,
    { hint: '`dyncamp runs list` shows the ids.' },
  );
}

function stillRunning(run: RunRecord): UsageError {
  return new UsageError('RUN_IS_RUNNING', `Run ${run.id} is still at work.`, {
    hint: 'Stop it with Ctrl-C (or SIGTERM), then undo what it did.',
  });
}

const hasOpenIntents = (journal: Journal, run: RunRecord): boolean =>
  journal.openIntents(run.campaignId).some((intent) => intent.runId === run.id);

/** A repeated command reports what the interrupted one did as its own; the events stay under the run that did it. */
async function sayElsewhere({ terminal }: Context, { id, counts }: RunRecord, changes: RunChanges): Promise<void> {
  const more = Math.max(0, (counts.added ?? 0) - changes.added) + Math.max(0, (counts.removed ?? 0) - changes.removed);
  if (more === 0) return;
  await notice(
    terminal,
    'DONE_BY_OTHER_RUN',
    `Run ${id} reported ${peopleText(more)} whom an interrupted run before it had added or removed: those are not undone with it.`,
    '`dyncamp runs list` shows that run; undo it as well.',
  );
}

function refuseOther(organizationId: string, local: LocalJournal, run: RunRecord): void {
  if (organizationId === local.organizationId) return;
  throw new SettingsError(
    'RUN_OF_OTHER_ORGANIZATION',
    `Run ${run.id} worked on organization ${local.organizationId}, but ${organizationId} answers. Nothing was done.`,
    { hint: 'Name the profile that the run was done with: --profile NAME.' },
  );
}

async function confirmUndo(
  { terminal }: Context,
  options: RunsUndoOptions,
  run: RunRecord,
  changes: RunChanges,
): Promise<void> {
  if (options.yes === true || options.dryRun === true) return;
  const steps = [
    ...(changes.added > 0 ? [`take ${peopleText(changes.added)} out of`] : []),
    ...(changes.removed > 0 ? [`put ${peopleText(changes.removed)} back into`] : []),
  ];
  const text = `Undo run ${run.id}: ${steps.join(' and ')} campaign "${run.campaignName}"?`;
  if (await confirm(terminal, { text, flag: '--yes' })) return;
  throw new UsageError('NOT_CONFIRMED', 'Nothing was undone: the question was not answered with yes.');
}

function prepare(setup: RunSetup, options: RunsUndoOptions, runId: string): Prepared {
  const { session, userNames } = setup;
  const shared = { allowSharedList: options.allowSharedList === true, isDryRun: options.dryRun === true };
  const removeRules = { ...shared, matchBy: undefined, allowInactive: options.allowInactive === true };
  // Nobody is created: who was deleted in the meantime is not found.
  const addRules = {
    ...shared,
    matchBy: undefined,
    onAmbiguous: 'fail',
    onInactive: 'fail',
    mayCreate: false,
    createAs: 'lead',
    sourceCampaign: false,
    defaults: {},
    duplicateRules: 'honour',
    maxCreates: 0,
    skipOptedOut: false,
  } as const;
  const ownLists = rememberListIds(setup.opened.facts, (lists) => lists.all.map((list) => list.id));
  const allLists = rememberListIds(setup.opened.facts, listIdsOf);
  const contexts = {
    remove: { session, userNames, rules: removeRules, ...allLists },
    add: {
      session,
      userNames,
      rules: addRules,
      creations: creationPlanner(session, addRules),
      exclusions: undefined,
      ...ownLists,
    },
  };
  return {
    async *passes() {
      const rows = undoRows(runId, session.journal.events({ runId }));
      yield { rows, work: (batch, claims) => undoChunk(contexts, batch, claims) };
    },
  };
}

async function sayCreated({ terminal }: Context, { created, createdPeople }: RunChanges): Promise<void> {
  if (created === 0) return;
  const rest = created > createdPeople.length ? ` and ${created - createdPeople.length} more` : '';
  const whom = created === 1 ? 'One person whom' : `${created} people whom`;
  await notice(
    terminal,
    'CREATED_STAY',
    `${whom} the run created stay${created === 1 ? 's' : ''} in Dynamics: ${createdPeople.join(', ')}${rest}.`,
    'Delete them in Dynamics if nobody needs them.',
  );
}
