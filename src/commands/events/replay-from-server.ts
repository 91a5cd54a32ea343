/** The run of `dyncamp events replay --from-server`: `added` events from the membership rows, for a machine whose journal is gone. */

import { openCampaign } from '../../campaign/open-campaign.ts';
import { eventLine } from '../../change/events.ts';
import { type Rebuilding, rebuildAdded } from '../../change/rebuild-added.ts';
import { UsageError } from '../../errors.ts';
import type { NewEvent } from '../../journal/journal.ts';
import type { Context } from '../../run/context.ts';
import { sayWhere } from '../../run/report.ts';
import { peopleText, plural } from '../../run/summary.ts';
import { openEventLines } from '../../terminal/event-lines.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { notice, warn } from '../../terminal/report-error.ts';
import type { EventsReplayOptions } from './replay.ts';
import { throwUnlessReaderGone } from './replay-events.ts';
import { momentOf } from './since.ts';

export async function replayFromServer(context: Context, options: EventsReplayOptions): Promise<number> {
  const { campaign, since } = options;
  if (campaign === undefined || since === undefined) throw notSaidWhich();
  const { dataverse, connection } = await context.openDataverse();
  const { confirmOrganization } = connection;
  const opened = await openCampaign({ dataverse, clock: context.clock, campaign, confirmOrganization });
  await sayWhere(context.terminal, opened, connection);
  const { session, facts } = opened;
  const flowUsers = connection.flowUsers.map((id) => id.toLowerCase());
  const rebuilding = rebuildAdded({
    session,
    facts,
    since: momentOf(since, context.clock.now()),
    userIds: new Set([session.userId, ...flowUsers]),
    email: options.eventEmail,
  });
  const told = await tellAll(context, rebuilding.events);
  await sayLimits(context, rebuilding, told);
  return EXIT.done;
}

function notSaidWhich(): UsageError {
  return new UsageError('OPTION_MISSING', '--from-server needs --campaign and --since: Dynamics is asked about both.', {
    hint: 'For example: `dyncamp events replay --from-server --campaign "Spring Launch" --since 1d`',
  });
}

async function tellAll(context: Context, events: AsyncIterable<NewEvent>): Promise<number> {
  const lines = openEventLines(context.terminal.stdout);
  let count = 0;
  for await (const event of events) {
    if (!(await lines.write([{ line: eventLine(event), sequence: 0 }]))) break;
    count += 1;
  }
  if (lines.isClosed) throwUnlessReaderGone(await lines.closed);
  return count - lines.doubtful().length;
}

async function sayLimits({ terminal }: Context, { leftOut }: Rebuilding, told: number): Promise<void> {
  await notice(terminal, 'REBUILT', `Told ${plural(told, 'event')} rebuilt from Dynamics.`);
  const others = leftOut();
  if (others > 0)
    await notice(
      terminal,
      'LEFT_OUT',
      `Left out ${peopleText(others)} whom neither this user nor a user of flowUsers added.`,
    );
  await warn(
    terminal,
    'NOT_REBUILT',
    'Events of people who were removed, or created, cannot be rebuilt: Dynamics keeps no trace of them. Whoever was added and taken out again since then is missing too.',
  );
}
