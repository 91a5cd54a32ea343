/**
 * Opens a run: checks the options, connects, identifies the organization, finds a usable campaign, opens the journal and takes the run's
 * lock. Throws whatever is wrong before anything is written to Dynamics.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { DEFINITION_PRIVILEGES, refuseBlindSpots } from '../campaign/privileges.ts';
import { usableLists } from '../campaign/usable.ts';
import { openSession, type Session } from '../change/session.ts';
import { readExclusions } from '../input/exclusions.ts';
import type { InputRow, InputRows } from '../input/input-row.ts';
import { requireSqlite } from '../journal/require-sqlite.ts';
import { HIDDEN, keyColumnReads, keyColumnsOf, matchableRows, refuseHiddenColumns } from '../people/key-columns.ts';
import { exitCodeOf } from '../terminal/exit-codes.ts';
import { warn } from '../terminal/report-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { isStopped } from '../transport/waiting.ts';
import { connectToCampaign } from './connect-campaign.ts';
import type { Context } from './context.ts';
import { startCounting } from './counts.ts';
import { openDelivery } from './deliver.ts';
import { journalForDryRun, noRunJournal } from './dry-run.ts';
import { type Intake, openIntake } from './intake.ts';
import { checkResultsFiles } from './only-failed.ts';
import { openInput, type PeopleSources, peopleSources, startCountingPeople } from './people-sources.ts';
import { showWaiting } from './progress.ts';
import type { ChangeRequest } from './request.ts';
import { openResults } from './results/open-results.ts';
import type { ReportWriter } from './results/report-file.ts';
import { chosenShard } from './shard.ts';
import type { OpenRun, Strategy } from './strategy.ts';

const NO_SOURCES: PeopleSources = { options: {}, usesStdin: false };

export async function openRun(
  context: Context,
  request: ChangeRequest,
  strategy: Strategy,
  reportFile?: ReportWriter,
): Promise<OpenRun> {
  const { options } = request;
  const { matchBy, exclude } = options;
  const isDryRun = options.dryRun === true;
  if (!isDryRun) requireSqlite();
  const beganAt = context.clock.now();
  const takesInput = strategy.people === 'input';
  const shard = takesInput ? chosenShard(options.shard, context.env) : undefined;
  const intake = openIntake(context, options.maxDuration);
  const sources = takesInput ? await peopleSources(context, request, intake.signal) : NO_SOURCES;
  const exclusions =
    exclude && (await readExclusions({ ...sources.options, refusesEvents: false, people: [], files: exclude }));
  const runId = randomUUID();
  const results = options.results
    ? await openResults(options.results, { runId, inputs: sources.options.files })
    : undefined;
  try {
    const counted = takesInput ? startCountingPeople(context, request, sources) : () => undefined;
    const stopShowing = showWaiting(context, { label: 'Connecting', waitingSeconds: intake.waitingSeconds });
    const connecting = { shards: shard?.of, onWait: intake.noteWait, stop: intake.signal };
    const found = await findUsableCampaign(context, request, strategy, connecting).finally(stopShowing);
    const { opened, keyColumns } = found;
    const input = await openInput(opened.access.dataverse, options, sources);
    const askedAt = context.clock.now();
    await strategy.confirm?.({ opened, usesStdin: sources.usesStdin, rows: input.silentRows });
    const startedAt = beganAt + context.clock.now() - askedAt;
    const { session, origin, wantedOrigin } = await startSession(context, request, found, {
      sources,
      exclusions,
      runId,
    });
    const setup = { context, request, session, ...found };
    const prepared = await strategy.prepare(setup).catch((error: unknown) => {
      // Nothing was begun: a later run has nothing to continue.
      session.runJournal.finish({ exitCode: exitCodeOf(error), status: 'finished' });
      throw error;
    });
    const { matchType } = keyColumns;
    const read = input.rows({ askDynamicsColumns: prepared.askDynamicsColumns, wantedOrigin });
    const matchable = matchBy && matchType ? matchableRows(read, matchBy, matchType) : read;
    const { rows, total } = counting(matchable, intake);
    return {
      ...setup,
      prepared,
      origin,
      rows,
      shard,
      results,
      reportFile,
      intake,
      isDryRun,
      startedAt,
      delivery: openDelivery(context.terminal, session, {
        isSilent: !options.events,
        isForPeople: options.output === undefined,
        isInputOver: intake.isInputOver,
      }),
      total: () => counted() ?? total(),
      sources: input.sources,
      usesStdin: sources.usesStdin,
      counter: startCounting(),
    };
  } catch (error) {
    await results?.abandon();
    await reportOldResults(context, options.results);
    // Stopped by a signal before anything began: the user knows why, so it is not reported as an error.
    throw isStopped(error) && context.stop.aborted ? context.stop.reason : error;
  }
}

/** Opens the journal, checks results files that are the input, starts the run and takes its lock. */
async function startSession(
  context: Context,
  request: ChangeRequest,
  { opened, connection, keyColumns }: UsableCampaign,
  {
    sources,
    exclusions,
    runId,
  }: Pick<Session, 'exclusions'> & { readonly sources: PeopleSources; readonly runId: string },
) {
  const { command, options } = request;
  const { dataverse, organizationId } = opened.access;
  const { id: campaignId, name: campaignName } = opened.facts.campaign;
  const isDryRun = options.dryRun === true;
  const journal = isDryRun
    ? await journalForDryRun(context, organizationId)
    : await context.openJournal(organizationId, dataverse.serverNow);
  const origin = { command, campaignId, organizationId };
  const wantedOrigin =
    options.onlyFailed === true
      ? await checkResultsFiles(context, request, { origin, input: sources.options, journal })
      : undefined;
  const runJournal = isDryRun ? noRunJournal() : journal.startRun({ id: runId, command, campaignId, campaignName });
  if (!isDryRun) context.terminal.noteRun(runId);
  const session = openSession(opened, {
    journal,
    runJournal,
    eventEmail: options.eventEmail,
    exclusions,
    flowUsers: connection.flowUsers,
    noDefinitions: keyColumns.refusal,
  });
  return { session, origin, wantedOrigin };
}

/** Warns because a script that only looks for the results file would take an old one for this run's. */
async function reportOldResults({ terminal }: Context, results: string | undefined): Promise<void> {
  if (results === undefined || !existsSync(results)) return;
  const message = `${results} is that of an earlier run: this one ended before it had results.`;
  await warn(terminal, 'RESULTS_OF_EARLIER_RUN', message);
}

type UsableCampaign = Pick<OpenRun, 'opened' | 'connection' | 'keyColumns'>;

/** Throws where the campaign, its lists or what the user may see make the run impossible. */
async function findUsableCampaign(
  context: Context,
  { command, campaign, options }: ChangeRequest,
  strategy: Strategy,
  connecting: Parameters<Context['openDataverse']>[0],
): Promise<UsableCampaign> {
  const { opened, connection } = await connectToCampaign(context, campaign, {
    ...connecting,
    otherReads: strategy.people === 'of-passes' ? [] : keyColumnReads(options.matchBy),
    confirmOrganization: strategy.confirmOrganization,
  });
  const allowPartialView = options.partialView === true;
  refuseBlindSpots(opened.privileges, { allowPartialView });
  const keyColumns = keyColumnsOf(options.matchBy, opened.otherResults);
  const creates = strategy.people === 'input' && command !== 'remove' && options.create !== false;
  const advice = creates ? HIDDEN.creates : HIDDEN.finds;
  if (!allowPartialView)
    await refuseHiddenColumns(opened.access.dataverse, keyColumns, command === 'apply' ? HIDDEN.removesOthers : advice);
  await warnOfUnknownSight(context.terminal, { opened, connection, keyColumns }, creates);
  usableLists(opened.facts, {
    allowInactive: options.allowInactive === true,
    allowSharedList: options.allowSharedList === true,
  });
  return { opened, connection, keyColumns };
}

/** Warns in every run where it cannot be known whether people, or the columns they are found by, are hidden from this user. */
async function warnOfUnknownSight(
  terminal: Terminal,
  { opened: { privileges }, keyColumns: { refusal } }: UsableCampaign,
  creates: boolean,
): Promise<void> {
  if (privileges === undefined)
    await warn(
      terminal,
      'PRIVILEGES_UNKNOWN',
      'Dynamics does not say what this user may read: people and lists that are hidden from it look as if they were not there.',
      '`dyncamp sync check` shows the reason.',
    );
  if (refusal !== undefined)
    await warn(
      terminal,
      'DEFINITIONS_UNREADABLE',
      `The definitions of leads and contacts cannot be read, ${creates ? 'so nobody is created' : 'so it is not known whether column security hides e-mail addresses'}: ${refusal.message}`,
      `Give the user a security role with ${DEFINITION_PRIVILEGES}. \`dyncamp sync check\` lists what is missing.`,
    );
}

/** Counts the rows as they are read. `total` is undefined until all were read. */
function counting(
  found: InputRows,
  intake: Intake,
): { readonly rows: InputRows; readonly total: () => number | undefined } {
  let people = 0;
  let isAll = false;
  async function* rows(): AsyncGenerator<readonly InputRow[]> {
    try {
      for await (const group of found) {
        people += group.length;
        yield group;
      }
      isAll = !intake.signal.aborted;
    } finally {
      intake.noteInputEnd();
    }
  }
  return { rows: rows(), total: () => (isAll ? people : undefined) };
}
