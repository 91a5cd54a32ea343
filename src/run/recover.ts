/** What a command on a campaign does about runs that died there: it settles their changes, tells their events, and says what is still open. */
import type { Context } from '../context.ts';
import type { Campaign } from '../membership/campaign.ts';
import type { WritingSession } from '../membership/session.ts';
import { settle } from '../membership/settle.ts';
import { notice, warn } from '../terminal/report-error.ts';
import type { EventTeller } from './deliver.ts';
import { plural } from './summary.ts';

export type DeadRuns = {
  readonly session: WritingSession;
  readonly campaign: Campaign;
  readonly teller: EventTeller;
  readonly onReaderGone: () => void;
};

/** Before anything else is written. */
export async function settleDeadRuns(context: Context, dead: DeadRuns): Promise<void> {
  const { session, campaign, teller, onReaderGone } = dead;
  const settled = await settle(session, campaign);
  if (settled.count > 0)
    await notice(
      context.terminal,
      'SETTLED',
      `Settled ${plural(settled.count, 'change')} that an interrupted run had left open.`,
    );
  // --no-events speaks for this run: what others could not tell waits for one that tells.
  if (teller.isSilent) return;
  // Those that were settled just now are among them: they belong to dead runs, and nobody has taken them.
  if (!(await teller.tell(session.journal.undeliveredEvents(session.campaignId)))) onReaderGone();
}

/** At the end: what a dead run had sent may have landed meanwhile. Says what nobody can know yet. */
export async function settleTheRest(context: Context, dead: DeadRuns): Promise<void> {
  const { journal, campaignId } = dead.session;
  if (journal.openIntents(campaignId).length === 0) return;
  await settleDeadRuns(context, dead);
  const open = journal.openIntents(campaignId).length;
  if (open === 0) return;
  const message = `${plural(open, 'change')} of an interrupted run not decided yet: Dynamics may still be working on them.`;
  await warn(context.terminal, 'UNDECIDED', message, 'Run that command again in five minutes.');
}
