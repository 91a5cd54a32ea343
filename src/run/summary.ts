/** The messages at the end of a run: its results, and what to do next. */

import { type Category, DyncampError, UsageError } from '../errors.ts';
import { sourceName } from '../input/input-row.ts';
import { INPUT_COLUMN_PREFIX, type Outcome } from '../input/outcome.ts';
import { combineExitCodes, EXIT } from '../terminal/exit-codes.ts';
import { notice, noticeCounts, warn } from '../terminal/report-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { shownUserName } from '../text.ts';
import type { Traffic } from '../transport/open-transport.ts';
import { commandLine, lineWith, realLine, retryLine, type Words } from './command-line.ts';
import {
  type Counts,
  countOf,
  countsText,
  earlierPeople,
  isNobodyKnown,
  isWithin,
  numberText,
  peopleText,
  plural,
  reasonText,
  shortRunId,
  TO_REMOVE_THEM,
  whyTheyStay,
} from './counts.ts';
import type { CloseReason } from './intake.ts';
import type { ChangeRequest } from './request.ts';
import type { OpenRun } from './strategy.ts';

export type RunSummary = ChangeRequest &
  Pick<OpenRun, 'opened' | 'isDryRun' | 'usesStdin'> & {
    /** The command line as typed. */
    readonly words: Words;
    readonly closedBy: CloseReason | undefined;
    /** For a signal: `Ctrl-C`, or its name. */
    readonly stoppedBy: string | undefined;
    /** What stopped the run. It is reported already. */
    readonly failure: unknown;
    /** People of the input, where they are known. */
    readonly inputTotal: number | undefined;
    readonly runId: string;
    readonly counts: Counts;
    readonly elapsedMs: number;
    readonly traffic: Traffic;
  };

type Undelivered = {
  /** Events of the run that nobody took. */
  readonly undelivered: number;
};

/** Gives the exit code of the outcomes. */
export async function reportResult(terminal: Terminal, run: RunSummary): Promise<number> {
  const { counts, options } = run;
  const { total: people, created, outcomes } = counts;
  const isTimeUp = run.closedBy === 'max-duration';
  const addedByEarlierRun = earlierPeople(counts, 'added');
  await noticeCounts(terminal, 'SUMMARY', summaryText(run), { people, created, ...outcomes, addedByEarlierRun });
  const failed = countOf(counts, 'failed');
  const open = countOf(counts, 'open');
  if (counts.addedByOthers.size > 0) await notice(terminal, 'ADDED_BY_OTHERS', othersText(run), nextForOthers(run));
  if (isTimeUp)
    await warn(terminal, 'MAX_DURATION', '--max-duration is over; the rest of the input was not read.', again(run));
  if (failed > 0) await warn(terminal, 'SOME_FAILED', failuresText(counts, failed), nextForFailures(run));
  if (run.stoppedBy !== undefined) await warn(terminal, 'RUN_STOPPED', stoppedText(run, run.stoppedBy), goOn(run));
  else if (open > 0) await warn(terminal, 'OPEN', openText(run, open), nextForOpen(run, failed));
  if ((counts.outcomes.unconfirmed ?? 0) > 0 || isTimeUp) return EXIT.temporary;
  return isWithin(options.maxFailures, counts) ? EXIT.done : EXIT.somePeopleFailed;
}

/** To paste. Undefined where the input was stdin, or the line cannot be shown. */
const lineOf = ({ words, usesStdin }: RunSummary, line = commandLine): string | undefined =>
  usesStdin ? undefined : line(words);

/** Safe to run again: people who are done are skipped. */
function again(run: RunSummary): string {
  const line = lineOf(run);
  return line === undefined ? 'Run the same command again: people who are done are skipped.' : `Run it again:\n${line}`;
}

/** A repeated command would meet these again: their own message says what to do first. */
const FINAL: ReadonlySet<Category> = new Set(['authentication', 'privilege', 'campaign', 'dataverse']);

const isRefused = ({ failure }: RunSummary): boolean => failure instanceof DyncampError && FINAL.has(failure.category);

/** After a refusal the next step is said once, with those who failed. */
function nextForOpen(run: RunSummary, failed: number): string | undefined {
  // The command line has to be changed first, and the error says how.
  if (run.failure instanceof UsageError) return undefined;
  if (!isRefused(run)) return again(run);
  return failed > 0 ? undefined : repeatAfter('Fix the cause', lineOf(run));
}

const repeatAfter = (step: string, line: string | undefined): string =>
  line === undefined ? `${step}, then run the same command again.` : `${step}, then:\n${line}`;

function goOn(run: RunSummary): string | undefined {
  const line = lineOf(run);
  return line === undefined ? undefined : `To continue:\n${line}`;
}

/** `Stopped by Ctrl-C; 6,000 of 20,000 are in; run the same command again.` */
function stoppedText({ command, counts, inputTotal }: RunSummary, stoppedBy: string): string {
  const { added = 0, removed = 0, 'already-member': members = 0, 'not-member': others = 0 } = counts.outcomes;
  const [earlierAdded, earlierRemoved] = [earlierPeople(counts, 'added'), earlierPeople(counts, 'removed')];
  const [done, where] = new Map<string, readonly [number, string]>([
    ['add', [added + members + earlierAdded, 'in']],
    ['remove', [removed + others + earlierRemoved, 'out']],
  ]).get(command) ?? [added + removed + earlierAdded + earlierRemoved, 'done'];
  const many = inputTotal === undefined ? peopleText(done) : `${numberText(done)} of ${numberText(inputTotal)}`;
  // People that an earlier run added and this one did not reach are not counted.
  const atLeast = earlierAdded + earlierRemoved > 0 ? 'at least ' : '';
  return `Stopped by ${stoppedBy}; ${atLeast}${many} ${done === 1 ? 'is' : 'are'} ${where}; run the same command again.`;
}

/** With the reason of the first, unless an error has said it. */
function openText({ counts: { unconfirmed }, failure }: RunSummary, open: number): string {
  const text = `${peopleText(open)} not reached, or not confirmed yet`;
  return unconfirmed === undefined || failure !== undefined
    ? `${text}.`
    : `${text}:\n${failureText(unconfirmed, true)}`;
}

function failuresText({ total, failures }: Counts, failed: number): string {
  const sources = new Set(failures.map(({ place }) => place.source));
  const rest = failed - failures.length;
  return [
    `${numberText(failed)} of ${peopleText(total)} failed${failures.length === 0 ? '.' : ':'}`,
    ...failures.map((outcome) => failureText(outcome, sources.size > 1)),
    ...(rest > 0 ? [`… and ${numberText(rest)} more`] : []),
  ].join('\n');
}

/** Arguments may be shown, because the user typed them; addresses from files may not. */
function failureText({ place, outcome, message = '' }: Outcome, namesSource: boolean): string {
  if (place.source === 'arguments') return `${place.ref}: ${reasonText(outcome, message)}`;
  const where = namesSource ? `${sourceName(place.source)}, line ${place.line}` : `line ${place.line}`;
  return `${where}: ${reasonText(outcome, message.replaceAll(ADDRESSES, '(address)'))}`;
}

/** Also a full-width or percent-encoded @. */
const AT = '(?:[@\uFF20\uFE6B]|%40)';
const PART = String.raw`[^\s,;:()]`;
const ADDRESSES = new RegExp(`"[^"]*${AT}[^"]*"|${PART}+${AT}${PART}*|${AT}${PART}*[\\p{L}\\p{N}]${PART}*`, 'gu');

export function reportReaderGone(
  terminal: Terminal,
  { runId, isEarly }: { readonly runId: string; readonly isEarly: boolean },
): Promise<void> {
  return warn(
    terminal,
    'READER_GONE',
    isEarly
      ? 'The reader of stdout went away; what was left of the input was not read.'
      : 'The reader of stdout went away before it received the last event.',
    `\`dyncamp events replay --run ${runId}\` prints the events again.`,
  );
}

/** The last line, where another exit code hides 75. Not after a reader went away: that message names the command already. */
export async function reportUnfinished(
  terminal: Terminal,
  run: RunSummary,
  { exitCode, undelivered }: Undelivered & { readonly exitCode: number },
): Promise<void> {
  const unconfirmed = run.counts.outcomes.unconfirmed ?? 0;
  const isHidden = combineExitCodes([exitCode, EXIT.temporary]) !== EXIT.temporary;
  const isSaid = exitCode === EXIT.readerGone && unconfirmed === 0;
  const how = finishText(run, { undelivered });
  if (!isHidden || isSaid || how === undefined) return;
  const left = [
    ...(unconfirmed > 0 ? [`${peopleText(unconfirmed)} unconfirmed`] : []),
    ...(undelivered > 0 ? [`${plural(undelivered, 'event')} undelivered`] : []),
  ];
  await warn(terminal, 'UNFINISHED', `Not finished: ${left.join(', ')}. ${how}`);
}

/** Undefined when nothing is unconfirmed or undelivered. */
function finishText(run: RunSummary, { undelivered }: Undelivered): string | undefined {
  if ((run.counts.outcomes.unconfirmed ?? 0) > 0) {
    const same = lineOf(run);
    return `Run the same command again${same === undefined ? '' : ` (\`${same}\`)`}: it reads what was done, and delivers the events.`;
  }
  return undelivered > 0 ? `\`dyncamp events replay --run ${run.runId}\` gives the events.` : undefined;
}

function summaryText({ counts, elapsedMs, traffic, isDryRun, options }: RunSummary): string {
  const seconds = (elapsedMs / 1000).toFixed(1);
  const waited =
    traffic.waitedMs >= 1000 ? `, ${Math.round(traffic.waitedMs / 1000)} s of them waiting for the server` : '';
  const came = isDryRun ? dryText(counts) : countsText(counts);
  const where = options.results === undefined ? '' : ` Results: ${options.results}`;
  return `${came} ${peopleText(counts.total)} in ${seconds} s${waited}, ${plural(traffic.requests, 'request')}.${where}`;
}

function dryText(counts: Counts): string {
  const would = countsText(counts, 'Dry run: nothing would be changed.');
  return countOf(counts, 'done') === 0 ? would : `Dry run, nothing was changed. Would be: ${would}`;
}

function othersText({ command, counts }: RunSummary): string {
  const users = [...counts.addedByOthers]
    .map(([user, count]) => `${shownUserName(user)} (${numberText(count)})`)
    .join(', ');
  if (command === 'undo') return `Not removed, because they were removed and added again since: ${users}.`;
  return `Not removed, because ${whyTheyStay(isNobodyKnown(counts))}: ${users}.`;
}

function nextForOthers(run: RunSummary): string | undefined {
  if (run.command === 'undo') return undefined;
  const line = lineOf(run, (words) => lineWith(words, '--added-by', 'anyone'));
  return line === undefined ? TO_REMOVE_THEM : `To remove them too:\n${line}`;
}

function nextForFailures(run: RunSummary): string {
  const { command, options, words, people, counts, isDryRun } = run;
  const { results } = options;
  const isOfCause = command === 'undo' || isRefused(run);
  const { rejected = 0, forbidden = 0 } = counts.outcomes;
  // The cause may be a plug-in or a missing privilege instead of the rows.
  const isOfDynamics = countOf(counts, 'failed') === rejected + forbidden;
  // apply needs everybody as input, so not the failed rows alone.
  const retry =
    results === undefined || isDryRun || isOfCause || command === 'apply'
      ? undefined
      : retryLine(words, people, results);
  // Changing only `ref`, which names the person, has no effect where the row has columns of its own.
  const hasOwnColumns = counts.failures.some(({ columns }) => Object.keys(columns).length > 0);
  const where = hasOwnColumns ? `${results}, in the columns that begin with "${INPUT_COLUMN_PREFIX}"` : results;
  if (retry !== undefined) return `Fix ${isOfDynamics ? 'the cause, or ' : ''}the rows in ${where}, then:\n${retry}`;
  const isNamed = people.length > 0 && options.file === undefined && options.fromList === undefined && !run.usesStdin;
  if (isNamed && !isOfCause && !isOfDynamics) return 'Correct who is named above, then run the command with them.';
  const line = lineOf(run, isDryRun ? realLine : commandLine);
  const step =
    isOfCause || isOfDynamics ? 'Fix the cause' : `Fix the rows${results === undefined ? '' : ` (see ${results})`}`;
  const repeat = repeatAfter(step, line);
  const isCut = countOf(counts, 'failed') > counts.failures.length;
  if (results !== undefined || isDryRun || !isCut) return repeat;
  return `To see all who failed:\ndyncamp runs show ${shortRunId(run.runId)} --failed\n${repeat}`;
}

/** The object of --report; docs/report.schema.json describes it. */
export function reportOfRun(
  run: RunSummary,
  end: Undelivered & {
    readonly exitCode: number;
    /** The code of the message that explains the exit code. Null for 0, and for a signal. */
    readonly errorCode: string | null;
  },
): Readonly<Record<string, unknown>> {
  const toFinish = finishText(run, end);
  const { counts, opened, traffic } = run;
  const { campaign } = opened.facts;
  return {
    run: run.runId,
    command: run.command,
    dryRun: run.isDryRun,
    organization: { id: opened.identity.organizationId, name: opened.identity.organizationName },
    campaign: { id: campaign.id, name: campaign.name, code: campaign.code },
    people: counts.total,
    created: counts.created,
    outcomes: counts.outcomes,
    addedByEarlierRun: earlierPeople(counts, 'added'),
    removedByEarlierRun: earlierPeople(counts, 'removed'),
    unconfirmed: counts.outcomes.unconfirmed ?? 0,
    undelivered: end.undelivered,
    ...(toFinish !== undefined && { toFinish }),
    ...(counts.stay !== undefined && { stay: counts.stay }),
    elapsedMs: run.elapsedMs,
    waitedMs: traffic.waitedMs,
    requests: traffic.requests,
    bytesSent: traffic.bytesSent,
    bytesReceived: traffic.bytesReceived,
    exitCode: end.exitCode,
    errorCode: end.errorCode,
  };
}
