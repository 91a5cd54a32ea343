/** A run as `runs list` and `runs show` print it. The keys are part of the interface. */
import { EVENT_TYPES } from '../../events.ts';
import type { ReportedChanges, RunRecord } from '../../journal/journal.ts';
import { kindsText, numberText, peopleText, shortRunId } from '../../run/counts.ts';

export type RunRow = ReturnType<typeof runRow>;

/** `finished` and `exitCode` are null while the run is running; `exitCode` also where it was killed. `outcomes`: `3 added, 1 already-member`. */
export const runRow = (run: RunRecord) => ({
  id: run.id,
  command: run.command,
  campaign: run.campaignName,
  campaignId: run.campaignId,
  started: timeText(run.startedAt),
  finished: run.finishedAt === undefined ? null : timeText(run.finishedAt),
  status: run.status,
  exitCode: run.exitCode ?? null,
  outcomes: Object.entries(run.counts)
    .map(([outcome, people]) => `${people} ${outcome}`)
    .join(', '),
  counts: run.counts,
});

/** UTC to the second: `2026-11-21T09:00:00Z`. */
function timeText(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

/** For a table: `1,100 added, 10 failed`; or whose work a run reported that had none of its own. */
export function outcomesOf({ counts }: RunRecord, reported: readonly ReportedChanges[]): string {
  const own = kindsText({ outcomes: counts });
  if (own !== '') return own;
  return reported
    .map(({ runId, type, changes }) => `${numberText(changes)} ${doneText(type)} by run ${shortRunId(runId)}`)
    .join(', ');
}

const doneText = (type: string): string => (type === EVENT_TYPES.removed ? 'removed' : 'added');

/** A repeated command finds done what the unfinished one did: it counts there, and is undone there. */
export function reportedText({ id }: RunRecord, { runId, type, changes, reverted }: ReportedChanges): string {
  const whom = peopleText(changes);
  const since = reverted === changes ? ', and were taken back since' : '';
  return `Run ${shortRunId(id)} took over from run ${shortRunId(runId)}, which had ${doneText(type)} ${whom}: they count for that run${since}.`;
}
