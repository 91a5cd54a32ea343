/**
 * The course of every command that changes a campaign: read the options, connect, find the campaign, settle what dead runs left, go through
 * the people, tell events, write results, sum up. What a chunk means is the caller's.
 */
import { randomUUID } from 'node:crypto';
import type { Connection, Context } from '../context.ts';
import { DyncampError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import { changePeople } from '../membership/change-people.ts';
import type { ChunkReport } from '../membership/chunk-report.ts';
import type { Claims } from '../membership/in-flight.ts';
import { type Exclusions, readExclusions } from '../membership/input/exclusions.ts';
import { openPeople } from '../membership/input/open-people.ts';
import type { InputRow } from '../membership/input-row.ts';
import { type OpenedSession, openSession } from '../membership/open-session.ts';
import { refuseBlindSpots } from '../membership/privileges.ts';
import type { WritingSession } from '../membership/session.ts';
import { usableLists } from '../membership/stop-if-unusable.ts';
import { type UserNames, userNames } from '../membership/user-names.ts';
import { StoppedError, signalExitCode } from '../stopping.ts';
import { combineExitCodes, EXIT, exitCodeOf } from '../terminal/exit-codes.ts';
import { openProgress } from '../terminal/progress.ts';
import { reportError, warn } from '../terminal/report-error.ts';
import { noRun } from './dry-run.ts';
import type { PeopleCommandOptions } from './people-options.ts';
import { type PeopleSources, peopleSources } from './people-sources.ts';
import { type RunEnding, whenToEnd } from './run-ending.ts';
import { openRunFiles, type RunFiles } from './run-files.ts';
import { sayResult, sayWhere } from './say-run.ts';
import { settleDeadRuns, settleTheRest } from './settle-dead-runs.ts';
import { type Shard, shardOf } from './shard.ts';
import { startTally, type Tallying } from './tally.ts';
import { type EventTeller, openEventTeller } from './tell-events.ts';

export type ChangeRequest = {
  readonly command: 'add' | 'remove' | 'undo';
  readonly campaign: string;
  readonly people: readonly string[];
  readonly options: PeopleCommandOptions & { readonly allowInactive?: boolean | undefined };
};

/** What a caller builds its work from, when everything is open and the campaign was found usable. */
export type ChangeSetup = {
  readonly opened: OpenedSession;
  readonly session: WritingSession;
  readonly connection: Connection;
  readonly userNames: UserNames;
  readonly exclusions: Exclusions | undefined;
};

export type Work = (rows: readonly InputRow[], claims: Claims) => Promise<ChunkReport>;

export type Prepared = {
  readonly work: Work;
  /** Columns of the organization's own that the input may name by their logical names. Default: the usual ones. */
  readonly dynamicsColumns?: ReadonlySet<string> | undefined;
};

export type ChangeSteps = {
  /** Asked before the journal is opened; throws to stop. */
  readonly confirm?: (sources: PeopleSources) => Promise<void>;
  /** Asked with the organization that answered, before anything else is; throws to stop. */
  readonly confirmOrganization?: (organizationId: string) => void;
  readonly prepare: (setup: ChangeSetup) => Promise<Prepared>;
  /** People who come from elsewhere than arguments, files and stdin; asked for after dead runs were settled. Never sharded. */
  readonly rows?: (setup: ChangeSetup) => AsyncIterable<InputRow>;
};

const NO_SOURCES: PeopleSources = { options: {}, usesStdin: false };

/** In flight at a time, unless --concurrency says otherwise; how many requests that becomes is the pace's to decide. */
const BATCHES_IN_FLIGHT = 12;

/** Gives the exit code. Throws what stops the command before anything is done. */
export async function performChange(context: Context, request: ChangeRequest, steps: ChangeSteps): Promise<number> {
  const { options } = request;
  const { terminal } = context;
  const shard = steps.rows === undefined ? shardOf(options.shard, context.env) : undefined;
  const ending = whenToEnd(context, options.maxDuration);
  const sources = steps.rows === undefined ? await namedSources(context, request, ending) : NO_SOURCES;
  const exclusions =
    options.exclude === undefined
      ? undefined
      : await readExclusions({ ...sources.options, people: [], files: options.exclude });
  const files = await openRunFiles(options);
  try {
    const { dataverse, connection } = await context.openDataverse({
      shards: shard?.of,
      onWait: ending.noteWait,
    });
    const opened = await openSession({
      dataverse,
      clock: context.clock,
      campaign: request.campaign,
      confirmOrganization(organizationId) {
        connection.confirmOrganization(organizationId);
        steps.confirmOrganization?.(organizationId);
      },
    });
    await sayWhere(terminal, opened, connection);
    refuseBlindSpots(opened.depths, options.partialView === true);
    usableLists(opened.facts, {
      allowInactive: options.allowInactive === true,
      allowSharedList: options.allowSharedList === true,
    });
    await steps.confirm?.(sources);
    const journal = await context.openJournal(opened.session.organizationId);
    const run =
      options.dryRun === true
        ? noRun()
        : journal.startRun({
            id: randomUUID(),
            command: request.command,
            campaignId: opened.facts.campaign.id,
            campaignName: opened.facts.campaign.name,
          });
    const session: WritingSession = { ...opened.session, journal, run, eventEmail: options.eventEmail };
    const setup = { opened, session, connection, userNames: userNames(dataverse), exclusions };
    const { work, dynamicsColumns } = await steps.prepare(setup).catch((error: unknown) => {
      // Nothing was begun: a later run has nothing to continue.
      run.finish({ exitCode: exitCodeOf(error), status: 'finished' });
      throw error;
    });
    const rows = () => steps.rows?.(setup) ?? openPeople({ ...sources.options, dynamicsColumns });
    const drains = files.hasResults && !sources.usesStdin;
    return await goThrough(context, request, { setup, journal, files, ending, rows, drains, shard, work });
  } catch (error) {
    await files.abandon();
    throw error;
  }
}

function namedSources(context: Context, { people, options }: ChangeRequest, ending: RunEnding): Promise<PeopleSources> {
  return peopleSources(context, people, options, {
    signal: ending.signal,
    onUnknownColumns: ({ source, columns }) =>
      void warn(
        context.terminal,
        'UNKNOWN_COLUMNS',
        `${source}: not used: ${columns.join(', ')}.`,
        'Name the Dynamics column of each with --map "Header=column" to use it.',
      ),
  });
}

type Going = {
  readonly setup: ChangeSetup;
  readonly journal: Journal;
  readonly files: RunFiles;
  readonly ending: RunEnding;
  readonly rows: () => AsyncIterable<InputRow>;
  /** After an error the rest of the input is read on and reported. */
  readonly drains: boolean;
  readonly shard: Shard | undefined;
  readonly work: Work;
};

async function goThrough(context: Context, request: ChangeRequest, going: Going): Promise<number> {
  const { setup, files, ending } = going;
  const { terminal } = context;
  const { run } = setup.session;
  const isDryRun = request.options.dryRun === true;
  const startedAt = context.clock.now();
  const teller = openEventTeller(terminal, run, { isSilent: !request.options.events });
  const tally = startTally();
  const codes: number[] = [];
  try {
    const dead = {
      session: setup.session,
      campaign: setup.opened.facts.campaign,
      teller,
      onReaderGone: () => ending.end('reader-gone'),
    };
    if (!isDryRun) await settleDeadRuns(context, dead);
    await changeAll(context, request, { ...going, teller, tally });
    if (!isDryRun) await settleTheRest(context, dead);
  } catch (error) {
    codes.push(await reportError(terminal, error));
    if (!(error instanceof DyncampError)) codes.push(EXIT.fault);
  }
  teller.settle();
  if (teller.isClosed) codes.push(await closedCode(context, teller));
  if (ending.reason() === 'signal') codes.push(stopCode(context));
  const summary = {
    ...request,
    opened: setup.opened,
    runId: run.id,
    tally: tally.current(),
    isDryRun,
    elapsedMs: context.clock.now() - startedAt,
    traffic: setup.session.dataverse.traffic(),
  };
  codes.push(await sayResult(terminal, { ...summary, ending, isReaderGone: codes.includes(EXIT.readerGone) }));
  await files.finish({ ...summary, exitCode: combineExitCodes(codes) });
  run.finish({ exitCode: combineExitCodes(codes), status: isFinished(codes, ending) ? 'finished' : 'stopped' });
  return combineExitCodes(codes);
}

/** A reader that went away is one thing, a disk that is full behind `>` another. */
async function closedCode({ terminal }: Context, teller: EventTeller): Promise<number> {
  const failure = await teller.failure();
  return failure === undefined ? EXIT.readerGone : reportError(terminal, failure);
}

/** So that the journal and the report know what the process ends with. */
function stopCode({ stop }: Context): number {
  const { reason } = stop;
  return reason instanceof StoppedError ? signalExitCode(reason.signal) : EXIT.interrupted;
}

/** A run that a repetition has to continue is not finished: its changes are reported as the repeated command's own. */
function isFinished(codes: readonly number[], ending: RunEnding): boolean {
  return (
    !ending.signal.aborted &&
    codes.every((code) => code === EXIT.done || code === EXIT.somePeopleFailed || code === EXIT.input)
  );
}

type Changing = Going & { readonly teller: EventTeller; readonly tally: Tallying };

async function changeAll(context: Context, request: ChangeRequest, changing: Changing): Promise<void> {
  const { setup, rows, drains, shard, ending, teller, tally, work } = changing;
  const { options } = request;
  const progress = await openProgress(context.terminal, context.clock);
  const said = new Set<string>();
  let fatal: Error | undefined;
  const reports = changePeople({
    rows: rows(),
    work,
    batchSize: options.batchSize,
    limit: context.options.concurrency ?? BATCHES_IN_FLIGHT,
    clock: context.clock,
    stop: ending.signal,
    drains,
    shard,
    excludes: (row) => setup.exclusions?.excludesRow(row) === true,
  });
  try {
    for await (const report of reports) {
      await sayOnce(context, report.warnings, said);
      if (!(await teller.tell(report.events))) ending.end('reader-gone');
      await noteOutcomes(request, report, changing);
      progress.update(ending.progressText(tally.current()));
      fatal ??= report.fatal;
    }
  } finally {
    await progress.stop();
  }
  if (fatal !== undefined) throw fatal;
}

async function sayOnce(context: Context, warnings: readonly string[], said: Set<string>): Promise<void> {
  for (const message of warnings) {
    if (!said.has(message)) await warn(context.terminal, 'CAMPAIGN', message);
    said.add(message);
  }
}

async function noteOutcomes(
  request: ChangeRequest,
  report: ChunkReport,
  { setup, files, tally }: Changing,
): Promise<void> {
  const chunk = startTally();
  for (const outcome of report.outcomes) {
    tally.add(outcome);
    chunk.add(outcome);
    await files.write(request.options.dryRun === true ? { ...outcome, dryRun: true } : outcome);
  }
  setup.session.run.count(chunk.current().counts);
}
