/** Cleans up after ended runs on the campaign: recovers their changes, delivers their events, reports what is still open. */
import { recoverChanges } from '../change/recover-changes.ts';
import { notice, warn } from '../terminal/report-error.ts';
import { plural, shortRunId } from './counts.ts';
import type { OpenRun } from './strategy.ts';

/** Runs before the command writes anything itself, so that changes are reported in the order in which they were made. */
export async function recover({ context, session, delivery, intake }: OpenRun): Promise<void> {
  const { done, notDone } = await recoverChanges(session);
  const { terminal } = context;
  if (done > 0)
    await notice(terminal, 'RECOVERED', `Recovered ${plural(done, 'change')} that an earlier run had made.`);
  if (notDone > 0)
    await notice(
      terminal,
      'NOT_DONE',
      `${plural(notDone, 'change')} that an earlier run had begun ${notDone === 1 ? 'was' : 'were'} not made.`,
      'If this command does not name these people, run that command again.',
    );
  if (!delivery.takesOthers) return;
  // Includes the events recovered just now: they belong to ended runs and are not delivered.
  const isTaken = await delivery.deliver(session.journal.undeliveredEvents(session.campaignId));
  if (!isTaken) intake.close('reader-gone');
}

/** At the end, because a request of an ended run may have landed meanwhile. Warns about changes that cannot be decided yet. */
export async function recoverTheRest(run: OpenRun): Promise<void> {
  const { journal, campaignId } = run.session;
  if (journal.openIntents(campaignId).length === 0) return;
  await recover(run);
  const open = journal.openIntents(campaignId).length;
  if (open === 0) return;
  const message = `${plural(open, 'change')} of an earlier run not confirmed yet: Dynamics may still be processing them.`;
  await warn(run.context.terminal, 'UNDECIDED', message, 'Run the same command again in five minutes.');
}

/** Runs that the message names; there is rarely more than one. */
const RUNS_NAMED = 5;

/** A terminal gets words, so events of earlier runs stay undelivered until a pipe or `events replay` takes them. */
export async function reportUndelivered({ context, session, request }: OpenRun): Promise<void> {
  const { terminal } = context;
  if (!terminal.stdout.isTTY || !request.options.events || request.options.output !== undefined) return;
  const counts = new Map<string, number>();
  for (const { runId } of session.journal.undeliveredEvents(session.campaignId))
    counts.set(runId, (counts.get(runId) ?? 0) + 1);
  if (counts.size === 0) return;
  const events = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const whose = counts.size === 1 ? 'an earlier run' : `${counts.size} earlier runs`;
  await notice(
    terminal,
    'UNDELIVERED',
    `${plural(events, 'event')} of ${whose} ${events === 1 ? 'was' : 'were'} not delivered yet.`,
    `To print ${events === 1 ? 'it' : 'them'}:\n${[...counts.keys()]
      .slice(0, RUNS_NAMED)
      .map((runId) => `dyncamp events replay --run ${shortRunId(runId)} --undelivered`)
      .join('\n')}`,
  );
}
