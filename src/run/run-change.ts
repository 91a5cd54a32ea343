/**
 * The course of every command that changes a campaign: read the options, connect, find the campaign, settle what dead runs left, go through
 * the people, tell events, write results, sum up. What a chunk means is the caller's.
 */
import { randomUUID } from 'node:crypto';
import type { Connection, Context } from '../context.ts';
import { DyncampError } from '../errors.ts';
import { type Exclusions, readExclusions } from '../input/exclusions.ts';
import type { InputRows } from '../input/input-row.ts';
import { STDIN } from '../input/source-name.ts';
import { BEAT_MS, type Journal } from '../journal/journal.ts';
import { matchableRows, readMatchColumn } from '../membership/match-column.ts';
import { type OpenedSession, openSession } from '../membership/open-session.ts';
import { refuseBlindSpots } from '../membership/privileges.ts';
import type { WritingSession } from '../membership/session.ts';
import { usableLists } from '../membership/stop-if-unusable.ts';
import { type UserNames, userNames } from '../membership/user-names.ts';
import { EXIT, exitCodeOf } from '../terminal/exit-codes.ts';
import { InterruptedError } from '../terminal/interrupted-error.ts';
import { reportError, warn } from '../terminal/report-error.ts';
import { isStopped } from '../transport/waiting.ts';
import { openEventTeller } from './deliver.ts';
import { journalForDryRun, noRun } from './dry-run.ts';
import { endRun } from './end-run.ts';
import { type RunEnding, whenToEnd } from './ending.ts';
import { every } from './every-second.ts';
import { openRunFiles, type RunFiles } from './files.ts';
import { goOver } from './go-over.ts';
import { type Input, openInput } from './input.ts';
import { type MarkingRun, markingRun } from './marking-run.ts';
import { checkResultsFiles } from './only-failed.ts';
import { type MakePasses, onePass, type Work } from './passes.ts';
import { type PeopleSources, peopleSources } from './people-sources.ts';
import { settleDeadRuns, settleTheRest } from './recover.ts';
import { sayWhere } from './report.ts';
import type { ChangeRequest } from './request.ts';
import { refuseSharedFiles } from './separate-files.ts';
import { type Shard, shardOf } from './shard.ts';
import { startTally } from './summary.ts';

/** What a caller builds its work from, when everything is open and the campaign was found usable. */
export type ChangeSetup = {
  readonly opened: OpenedSession;
  readonly session: WritingSession;
  readonly connection: Connection;
  readonly userNames: UserNames;
  readonly exclusions: Exclusions | undefined;
};

export type Prepared = (
  | { readonly work: Work }
  /** For who reads everything before anything is done; asked for after dead runs were settled. */
  | { readonly passes: MakePasses }
) & {
  /** Columns of the organization's own that the input may name by their logical names. Default: the usual ones. */
  readonly dynamicsColumns?: ReadonlySet<string> | undefined;
};

export type ChangeSteps = {
  /** Asked before the journal is opened; throws to stop. */
  readonly confirm?: (sources: PeopleSources, rows: () => InputRows) => Promise<void>;
  /** Asked with the organization that answered, before anything else is; throws to stop. */
  readonly confirmOrganization?: (organizationId: string) => void;
  readonly prepare: (setup: ChangeSetup) => Promise<Prepared>;
  /** People who come from elsewhere than arguments, files and stdin; asked for after dead runs were settled. Never sharded. */
  readonly rows?: (setup: ChangeSetup) => InputRows;
};

const NO_SOURCES: PeopleSources = { options: {}, usesStdin: false };

/** Gives the exit code. Throws what stops the command before anything is done. */
export async function performChange(context: Context, request: ChangeRequest, steps: ChangeSteps): Promise<number> {
  const { options } = request;
  const { terminal, clock } = context;
  const beganAt = clock.now();
  const shard = steps.rows === undefined ? shardOf(options.shard, context.env) : undefined;
  const ending = whenToEnd(context, options.maxDuration);
  const sources = steps.rows === undefined ? await namedSources(context, request, ending) : NO_SOURCES;
  const exclusions =
    options.exclude === undefined
      ? undefined
      : await readExclusions({ ...sources.options, refusesEvents: false, people: [], files: options.exclude });
  const inputs = [...(sources.options.files ?? []), ...(sources.usesStdin ? [STDIN] : [])];
  refuseSharedFiles(options, inputs);
  const runId = randomUUID();
  const files = await openRunFiles(options, { runId, inputs, redact: terminal.redact });
  let going: Going;
  try {
    const { dataverse, connection } = await context.openDataverse({
      shards: shard?.of,
      onWait: ending.noteWait,
      stop: ending.signal,
    });
    const opened = await openSession({
      dataverse,
      clock,
      campaign: request.campaign,
      confirmOrganization(organizationId) {
        connection.confirmOrganization(organizationId);
        steps.confirmOrganization?.(organizationId);
      },
    });
    await sayWhere(terminal, opened, connection);
    refuseBlindSpots(opened.depths, { allowPartialView: options.partialView === true });
    usableLists(opened.facts, {
      allowInactive: options.allowInactive === true,
      allowSharedList: options.allowSharedList === true,
    });
    const input = await openInput(dataverse, options, sources);
    const { matchBy } = options;
    const matchType = matchBy === undefined ? undefined : await readMatchColumn(dataverse, matchBy);
    const askedAt = clock.now();
    await steps.confirm?.(sources, input.silentRows);
    const startedAt = beganAt + clock.now() - askedAt;
    const isDryRun = options.dryRun === true;
    const { organizationId } = opened.session;
    const journal = await (isDryRun
      ? journalForDryRun(context, organizationId)
      : context.openJournal(organizationId, dataverse.serverNow));
    const { id: campaignId, name: campaignName } = opened.facts.campaign;
    const wantedOrigin =
      options.onlyFailed === true
        ? await checkResultsFiles(context, {
            origin: { command: request.command, campaignId, organizationId },
            sources,
            journal,
            saysYes: options.yes === true,
          })
        : undefined;
    const run = markingRun(
      isDryRun ? noRun() : journal.startRun({ id: runId, command: request.command, campaignId, campaignName }),
    );
    const session: WritingSession = { ...opened.session, journal, run, eventEmail: options.eventEmail };
    const setup = { opened, session, connection, userNames: userNames(dataverse), exclusions };
    const prepared = await steps.prepare(setup).catch((error: unknown) => {
      // Nothing was begun: a later run has nothing to continue.
      run.finish({ exitCode: exitCodeOf(error), status: 'finished' });
      throw error;
    });
    const { dynamicsColumns } = prepared;
    const inputRows = (): InputRows => {
      const read = input.rows({ dynamicsColumns, wantedOrigin });
      return matchBy === undefined || matchType === undefined ? read : matchableRows(read, matchBy, matchType);
    };
    const rows = () => steps.rows?.(setup) ?? inputRows();
    going = {
      ...{ setup, run, journal, files, ending, rows, shard, sources, input, startedAt },
      ...courseOf(prepared, { files, sources }),
    };
  } catch (error) {
    await files.abandon();
    // Stopped by a signal before anything was begun: there is nothing to be said.
    throw isStopped(error) && context.stop.aborted ? context.stop.reason : error;
  }
  return goThrough(context, request, going);
}

function namedSources(context: Context, request: ChangeRequest, ending: RunEnding): Promise<PeopleSources> {
  return peopleSources(context, request, {
    signal: ending.signal,
    refusesEvents: request.command === 'apply',
    onNotice: ({ code, message, hint }) => void warn(context.terminal, code, message, hint),
  });
}

export type Going = {
  readonly setup: ChangeSetup;
  /** That of the session. */
  readonly run: MarkingRun;
  readonly journal: Journal;
  readonly files: RunFiles;
  readonly ending: RunEnding;
  readonly rows: () => InputRows;
  readonly shard: Shard | undefined;
  readonly sources: PeopleSources;
  readonly input: Input;
  readonly passes: MakePasses;
  /** Of the command (epoch ms), less what a person took to answer before it began: connecting counts, and waiting for it. */
  readonly startedAt: number;
  /** After an error the rest of the input is read on and reported; not from a pipe that may never end. */
  readonly drains: boolean;
};

function courseOf(
  prepared: Prepared,
  { files, sources }: Pick<Going, 'files' | 'sources'>,
): Pick<Going, 'passes' | 'drains'> {
  if ('passes' in prepared) return { passes: prepared.passes, drains: files.hasResults };
  return { passes: onePass(prepared.work), drains: files.hasResults && !sources.usesStdin };
}

async function goThrough(context: Context, request: ChangeRequest, going: Going): Promise<number> {
  const { setup, run, files, ending, startedAt } = going;
  const { terminal } = context;
  const isDryRun = request.options.dryRun === true;
  const { isInputOver } = ending;
  const teller = openEventTeller(terminal, run, { isSilent: !request.options.events, isInputOver });
  const tally = startTally();
  const codes: number[] = [];
  let failedWith: unknown;
  const stopBeating = every(BEAT_MS, context.clock, () => run.beat());
  try {
    const dead = {
      session: setup.session,
      campaign: setup.opened.facts.campaign,
      teller,
      onReaderGone: () => ending.end('reader-gone'),
    };
    if (!isDryRun) await settleDeadRuns(context, dead);
    await goOver(context, request, { ...going, teller, tally });
    if (!isDryRun) await settleTheRest(context, dead);
  } catch (error) {
    failedWith = error;
    codes.push(...(await codesOf(context, ending, error)));
  } finally {
    await stopBeating();
  }
  const summary = {
    ...request,
    opened: setup.opened,
    runId: run.id,
    tally: tally.current(),
    isDryRun,
    elapsedMs: context.clock.now() - startedAt,
    traffic: setup.session.dataverse.traffic(),
  };
  return endRun(context, { summary, run, teller, files, ending, codes, error: failedWith });
}

async function codesOf({ terminal }: Context, ending: RunEnding, error: unknown): Promise<readonly number[]> {
  if (error instanceof InterruptedError) {
    ending.end('signal');
    return [];
  }
  // Why the run ended is said by the run itself.
  if (isStopped(error)) return [];
  const code = await reportError(terminal, error);
  return error instanceof DyncampError ? [code] : [code, EXIT.fault];
}
