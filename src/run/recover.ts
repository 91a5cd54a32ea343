/** What a command does about interrupted runs on its campaign: recovers their changes, delivers their events, says what is still open. */
import { recoverChanges } from '../change/recover-changes.ts';
import { notice, warn } from '../terminal/report-error.ts';
import type { OpenRun } from './plan.ts';
import { plural } from './summary.ts';

/** At the end: what an interrupted run had sent may have landed meanwhile. Says what nobody can know yet. */
export async function recoverTheRest(run: OpenRun): Promise<void> {
  const { journal, campaignId } = run.session;
  if (journal.openIntents(campaignId).length === 0) return;
  await recover(run);
  const open = journal.openIntents(campaignId).length;
  if (open === 0) return;
  const message = `${plural(open, 'change')} of an interrupted run not confirmed yet: Dynamics may still be processing them.`;
  await warn(run.context.terminal, 'UNDECIDED', message, 'Run the same command again in five minutes.');
}

/** Before anything else is written. */
export async function recover({ context, session, opened, delivery, ending }: OpenRun): Promise<void> {
  const count = await recoverChanges(session, opened.facts.campaign);
  if (count > 0)
    await notice(
      context.terminal,
      'RECOVERED',
      `Recovered ${plural(count, 'change')} that an interrupted run had left open.`,
    );
  // --no-events speaks for this run: what others could not deliver waits for one that delivers.
  if (delivery.isSilent) return;
  // Those that were recovered just now are among them: they belong to interrupted runs, and nobody has taken them.
  const isTaken = await delivery.deliver(session.journal.undeliveredEvents(session.campaignId));
  if (!isTaken) ending.end('reader-gone');
}
