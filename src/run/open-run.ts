/**
 * Opens a run: checks the options, connects, identifies the organization, finds a usable campaign, opens the journal and takes the run's
 * lock. Whatever is wrong is thrown before anything is written.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type OpenedCampaign, openCampaign } from '../campaign/open-campaign.ts';
import { DEFINITION_PRIVILEGES, refuseBlindSpots } from '../campaign/privileges.ts';
import { usableLists } from '../campaign/usable.ts';
import { openSession } from '../change/session.ts';
import { readExclusions } from '../input/exclusions.ts';
import type { InputRow, InputRows } from '../input/input-row.ts';
import { STDIN } from '../input/input-row.ts';
import { requireSqlite } from '../journal/require-sqlite.ts';
import {
  type KeyColumns,
  keyColumnReads,
  keyColumnsOf,
  matchableRows,
  refuseHiddenColumns,
} from '../people/key-columns.ts';
import { exitCodeOf } from '../terminal/exit-codes.ts';
import { warn } from '../terminal/report-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { isStopped } from '../transport/waiting.ts';
import type { Context } from './context.ts';
import { openDelivery } from './deliver.ts';
import { journalForDryRun, noRun } from './dry-run.ts';
import { type RunEnding, whenToEnd } from './ending.ts';
import { openRunFiles } from './files.ts';
import { checkResultsFiles } from './only-failed.ts';
import { countPeople, openInput, type PeopleSources, peopleSources } from './people-sources.ts';
import type { OpenRun, Pass, Plan, RunSetup, Work } from './plan.ts';
import { showWaiting } from './progress.ts';
import { reportConnection } from './report.ts';
import type { ChangeRequest } from './request.ts';
import type { ReportWriter } from './results/report-file.ts';
import { chosenShard } from './shard.ts';
import { startCounting } from './summary.ts';

const NO_SOURCES: PeopleSources = { options: {}, usesStdin: false };

export async function openRun(
  context: Context,
  request: ChangeRequest,
  plan: Plan,
  report?: ReportWriter,
): Promise<OpenRun> {
  const { options } = request;
  if (options.dryRun !== true) requireSqlite();
  const beganAt = context.clock.now();
  const shard = plan.people === 'input' ? chosenShard(options.shard, context.env) : undefined;
  const ending = whenToEnd(context, options.maxDuration);
  const sources = plan.people === 'input' ? await sourcesOf(context, request, ending) : NO_SOURCES;
  const exclusions =
    options.exclude === undefined
      ? undefined
      : await readExclusions({ ...sources.options, refusesEvents: false, people: [], files: options.exclude });
  const inputs = [...(sources.options.files ?? []), ...(sources.usesStdin ? [STDIN] : [])];
  const runId = randomUUID();
  const files = await openRunFiles(options, { runId, inputs, redact: context.terminal.redact, report });
  try {
    const read: Read = { people: 0, isAll: false };
    const counted = plan.people === 'input' ? startCountingPeople(context, request, sources) : () => undefined;
    const stopShowing = showWaiting(context, { label: 'Connecting', waitingSeconds: ending.waitingSeconds });
    const { opened, connection, keyColumns } = await connectToCampaign(context, request, plan, {
      shard,
      ending,
    }).finally(stopShowing);
    const { dataverse, organizationId } = opened.access;
    const input = await openInput(dataverse, options, sources);
    const { matchBy } = options;
    const { matchType } = keyColumns;
    const askedAt = context.clock.now();
    await plan.confirm?.(sources, input.silentRows, opened);
    const startedAt = beganAt + context.clock.now() - askedAt;
    const isDryRun = options.dryRun === true;
    const journal = await (isDryRun
      ? journalForDryRun(context, organizationId)
      : context.openJournal(organizationId, dataverse.serverNow));
    const { id: campaignId, name: campaignName } = opened.facts.campaign;
    const origin = { command: request.command, campaignId, organizationId };
    const wantedOrigin =
      options.onlyFailed === true
        ? await checkResultsFiles(context, {
            ...{ origin, sources, journal },
            saysYes: options.yes === true,
            mayCreate: request.command === 'add' && options.create !== false,
          })
        : undefined;
    const run = isDryRun
      ? noRun()
      : journal.startRun({ id: runId, command: request.command, campaignId, campaignName });
    if (!isDryRun) context.terminal.noteRun(runId);
    const session = openSession(opened, {
      ...{ journal, run, eventEmail: options.eventEmail, exclusions },
      flowUsers: connection.flowUsers,
      noDefinitions: keyColumns.refusal,
    });
    const setup = { context, request, session, opened, connection };
    const prepared = await plan.prepare(setup).catch((error: unknown) => {
      // Nothing was begun: a later run has nothing to continue.
      run.finish({ exitCode: exitCodeOf(error), status: 'finished' });
      throw error;
    });
    const { isInputOver } = ending;
    const delivery = openDelivery(
      context.terminal,
      { run, journal },
      { isSilent: !options.events, isForPeople: options.output === undefined, isInputOver },
    );
    const rows = {
      [Symbol.asyncIterator]() {
        const found = input.rows({ askDynamicsColumns: prepared.askDynamicsColumns, wantedOrigin });
        const isMatched = matchBy !== undefined && matchType !== undefined;
        return noting(isMatched ? matchableRows(found, matchBy, matchType) : found, read, ending);
      },
    };
    const opening: OpenRun = {
      ...setup,
      passes: () => ('passes' in prepared ? prepared.passes(opening) : onePass(opening, prepared.work)),
      ...{ origin, rows, shard, files, ending, delivery, isDryRun, startedAt },
      total: () => counted() ?? (read.isAll ? read.people : undefined),
      sources: input.sources,
      usesStdin: sources.usesStdin,
      counter: startCounting(),
    };
    return opening;
  } catch (error) {
    await files.abandon();
    await reportOldResults(context, options.results);
    // Stopped by a signal before anything was begun: there is nothing to be said.
    throw isStopped(error) && context.stop.aborted ? context.stop.reason : error;
  }
}

async function* onePass({ rows, total }: OpenRun, work: Work): AsyncGenerator<Pass> {
  yield { rows, total, work };
}

/** A script that looks for results only would take those for this run's. */
async function reportOldResults({ terminal }: Context, results: string | undefined): Promise<void> {
  if (results === undefined || !existsSync(results)) return;
  const message = `${results} is that of an earlier run: this one ended before it had results.`;
  await warn(terminal, 'RESULTS_OF_EARLIER_RUN', message);
}

function sourcesOf(context: Context, request: ChangeRequest, ending: RunEnding): Promise<PeopleSources> {
  return peopleSources(context, request, {
    signal: ending.signal,
    refusesEvents: request.command === 'apply',
    onNotice: ({ code, message, hint }) => void warn(context.terminal, code, message, hint),
  });
}

/** Gives their number once it is known. `apply` keeps its input, and counts it there. */
function startCountingPeople(
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

/** Connects and finds the campaign; throws where it, its lists or what the user may see make the run impossible. */
async function connectToCampaign(
  context: Context,
  { command, campaign, options }: ChangeRequest,
  plan: Plan,
  { shard, ending }: Pick<OpenRun, 'shard' | 'ending'>,
): Promise<Pick<RunSetup, 'opened' | 'connection'> & { readonly keyColumns: KeyColumns }> {
  const { dataverse, connection } = await context.openDataverse({
    shards: shard?.of,
    onWait: ending.noteWait,
    stop: ending.signal,
  });
  const opened = await openCampaign({
    dataverse,
    clock: context.clock,
    campaign,
    otherReads: plan.isByIdOnly === true ? [] : keyColumnReads(options.matchBy),
    confirmOrganization(organizationId) {
      connection.confirmOrganization(organizationId);
      plan.confirmOrganization?.(organizationId);
    },
  });
  await reportConnection(context.terminal, opened, connection);
  const allowPartialView = options.partialView === true;
  refuseBlindSpots(opened.privileges, { allowPartialView });
  const keyColumns = keyColumnsOf(options.matchBy, opened.otherResults);
  if (!allowPartialView) await refuseHiddenColumns(dataverse, keyColumns);
  const creates = plan.people === 'input' && command !== 'remove' && options.create !== false;
  await warnOfUnknownSight(context.terminal, { ...opened, ...keyColumns, creates });
  usableLists(opened.facts, {
    allowInactive: options.allowInactive === true,
    allowSharedList: options.allowSharedList === true,
  });
  return { opened, connection, keyColumns };
}

/** Said in every run where Dynamics does not tell whether people, or the columns they are found by, are hidden from this user. */
async function warnOfUnknownSight(
  terminal: Terminal,
  {
    privileges,
    refusal,
    creates,
  }: Pick<OpenedCampaign, 'privileges'> & Pick<KeyColumns, 'refusal'> & { readonly creates: boolean },
): Promise<void> {
  if (privileges === undefined)
    await warn(
      terminal,
      'PRIVILEGES_UNKNOWN',
      'Dynamics does not tell what this user may read: people and lists that are hidden from it look as if they were not there.',
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

/** How much of the input was read. */
type Read = { people: number; isAll: boolean };

async function* noting(rows: InputRows, read: Read, ending: RunEnding): AsyncGenerator<readonly InputRow[]> {
  try {
    for await (const group of rows) {
      read.people += group.length;
      yield group;
    }
    read.isAll = !ending.signal.aborted;
  } finally {
    ending.noteInputEnd();
  }
}
