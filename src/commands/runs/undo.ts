/** `dyncamp runs undo RUN`: reverts the changes of one run. */
import type { Command } from 'commander';
import { SettingsError, UsageError } from '../../errors.ts';
import { EVENT_TYPES } from '../../events.ts';
import type { Journal, RunRecord, StoredEvent } from '../../journal/journal.ts';
import type { Context } from '../../run/context.ts';
import { numberText, peopleText, shortRunId } from '../../run/counts.ts';
import type { PeopleCommandOptions } from '../../run/request.ts';
import type { WouldUndo } from '../../run/undo-people.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { confirm } from '../../terminal/prompt.ts';
import { notice } from '../../terminal/report-error.ts';
import { MAX_MEMBERS_PER_CALL } from '../../transport/pace.ts';
import { addEventOptions } from '../change-options.ts';
import { filePath, parseCountOrShare } from '../options.ts';
import {
  addOrganizationOption,
  type LocalJournal,
  type OrganizationOption,
  openJournalOf,
  RUN_ARGUMENT,
} from './local-journal.ts';
import { reportedText } from './run-row.ts';

type RunsUndoOptions = OrganizationOption &
  Omit<PeopleCommandOptions, 'batchSize'> & {
    /** Take people out of a campaign that is inactive; nobody can be put back into one. */
    readonly allowInactive?: boolean | undefined;
  };

const AFTER = `
Removes the people whom the run added, unless they were removed and added again
since, and adds back the people whom it removed. People whom it created stay in
Dynamics and are named. Undo is a run too: it has events and can be undone.
Without a terminal it needs --yes, and at least 8 characters of the run's id.

Examples:
  $ dyncamp runs undo last
  $ dyncamp runs undo 5f0c9a1e --dry-run --results plan.csv
  $ dyncamp runs undo 5f0c9a1e --yes
  $ dyncamp runs undo "$(dyncamp runs list -n 1 -o jsonl | jq -r .id)" --yes`;

export function define(command: Command, context: Context): void {
  command
    .argument('<run>', RUN_ARGUMENT)
    .option('--dry-run', 'show what would happen, change nothing')
    .option('--results <file>', 'write the result of each person to this .csv or .jsonl file', filePath)
    .option('--report <file>', 'write the summary to this JSON file', filePath);
  addEventOptions(command)
    .option('--max-failures <n|p%>', 'up to this many failures still exit with 0', parseCountOrShare)
    .option('--allow-inactive', 'remove people from an inactive campaign')
    .option('--allow-shared-list', 'write to an own list that another campaign also uses')
    .option('--partial-view', 'continue even if you cannot see all records')
    .option('--yes', 'do not ask for confirmation');
  addOrganizationOption(command)
    .addHelpText('after', AFTER)
    .action((id: string, options: RunsUndoOptions) => context.endWith(undoRun(context, id, options)));
}

async function undoRun(context: Context, text: string, given: RunsUndoOptions): Promise<number> {
  const { withReport } = await import('../../run/results/report-file.ts');
  const options = { ...given, batchSize: MAX_MEMBERS_PER_CALL };
  return withReport(context, { command: 'undo', options }, async (report) => {
    const { changePeople } = await import('../../run/run-change.ts');
    const { countUndo, undoing } = await import('../../run/undo-people.ts');
    const asks = options.yes !== true && options.dryRun !== true;
    if (!context.terminal.canAsk && options.dryRun !== true) refuseShortId(text);
    const local = await openJournalOf(context, text, options);
    const { run } = local;
    if (run.status === 'running') throw stillRunning(run);
    const changes = changesOf(local.journal.events({ runId: run.id }));
    await reportElsewhere(context, local.journal, run);
    if (changes.added + changes.removed === 0 && !hasOpenIntents(local.journal, run)) {
      await notice(context.terminal, 'NOTHING_TO_UNDO', `Run ${run.id} did not add or remove anyone.`);
      await reportCreated(context, changes);
      return EXIT.done;
    }
    // When nobody can be asked, report the missing option before any request.
    if (asks && !context.terminal.canAsk) await confirmUndo(context, run, { added: 0, removed: 0 });
    const code = await changePeople(
      context,
      { command: 'undo', campaign: `id:${run.campaignId}`, people: [], options },
      {
        people: 'of-passes',
        confirmOrganization: (organizationId) => refuseOther(organizationId, local, run),
        async confirm({ opened }) {
          if (!asks) return;
          const would = await countUndo(context, opened, { journal: local.journal, options, runId: run.id });
          // Nobody has to agree to nothing: the run says of each person why.
          if (would.added + would.removed > 0) await confirmUndo(context, run, would);
        },
        prepare: async ({ session }) => undoing(session, options, run.id, changes.added + changes.removed),
      },
      report,
    );
    await reportCreated(context, changes);
    return code;
  });
}

/** The length of the ids in lists and messages; a shorter prefix soon matches another run. */
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
  return new UsageError('RUN_IS_RUNNING', `Run ${run.id} is still in progress.`, {
    hint: 'Stop it with Ctrl-C (or SIGTERM), then undo what it did.',
  });
}

const hasOpenIntents = (journal: Journal, run: RunRecord): boolean =>
  journal.openIntents(run.campaignId).some((intent) => intent.runId === run.id);

async function reportElsewhere({ terminal }: Context, journal: Journal, run: RunRecord): Promise<void> {
  for (const reported of journal.reportedBy(run.id)) {
    const isUndone = reported.reverted === reported.changes;
    const next = `This does not undo them. To undo them too:\ndyncamp runs undo ${shortRunId(reported.runId)}`;
    await notice(terminal, 'DONE_BY_OTHER_RUN', reportedText(run, reported), isUndone ? undefined : next);
  }
}

function refuseOther(organizationId: string, local: LocalJournal, run: RunRecord): void {
  if (organizationId === local.organizationId) return;
  throw new SettingsError(
    'RUN_OF_OTHER_ORGANIZATION',
    `Run ${run.id} worked on organization ${local.organizationId}, but ${organizationId} answers. Nothing was changed.`,
    { hint: 'Use the profile of that run: --profile NAME.' },
  );
}

/** Without numbers where only the server could tell the true ones. */
async function confirmUndo({ terminal }: Context, run: RunRecord, { removed, added }: WouldUndo): Promise<void> {
  const steps = [
    ...(removed > 0 ? [`remove ${peopleText(removed)} from`] : []),
    ...(added > 0 ? [`add ${peopleText(added)} back to`] : []),
  ];
  const what = steps.length === 0 ? 'take back what it changed in' : steps.join(' and ');
  const text = `Undo run ${shortRunId(run.id)}: ${what} campaign "${run.campaignName}"?`;
  if (await confirm(terminal, { text, flag: '--yes' })) return;
  throw new UsageError('NOT_CONFIRMED', 'Nothing was undone: the answer was not yes.');
}

async function reportCreated({ terminal }: Context, { created, createdPeople }: RunChanges): Promise<void> {
  if (created === 0) return;
  const rest = created > createdPeople.length ? ` and ${numberText(created - createdPeople.length)} more` : '';
  const whom = created === 1 ? 'One person' : peopleText(created);
  await notice(
    terminal,
    'CREATED_STAY',
    `${whom} created by the run stay${created === 1 ? 's' : ''} in Dynamics: ${createdPeople.join(', ')}${rest}.`,
    'Delete them in Dynamics if you do not need them.',
  );
}

type RunChanges = {
  readonly added: number;
  readonly removed: number;
  readonly created: number;
  /** The first of those who were created, by their ids: addresses of files are not said. */
  readonly createdPeople: readonly string[];
};

/** Most created people to name; the others are counted. */
const NAMED = 3;

export function changesOf(events: Iterable<StoredEvent>): RunChanges {
  const counts = new Map<string, number>();
  const createdPeople: string[] = [];
  for (const event of events) {
    counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
    if (event.type === EVENT_TYPES.created && createdPeople.length < NAMED)
      createdPeople.push(`${event.personType}:${event.personId}`);
  }
  const countOf = (change: keyof typeof EVENT_TYPES): number => counts.get(EVENT_TYPES[change]) ?? 0;
  return { added: countOf('added'), removed: countOf('removed'), created: countOf('created'), createdPeople };
}
