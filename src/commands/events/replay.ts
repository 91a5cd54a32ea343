/** `dyncamp events replay`: delivers events again, byte for byte as the first time. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import { type Journal, MARKED_TOGETHER, type NewEvent, NOT_MARKED, type StoredEvent } from '../../journal/journal.ts';
import type { Context } from '../../run/context.ts';
import { NOBODY_KNOWS_WHOSE, peopleText, plural } from '../../run/counts.ts';
import { journalForDryRun } from '../../run/dry-run.ts';
import { openEventLines } from '../../terminal/event-lines.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { notice, warn } from '../../terminal/report-error.ts';
import { addOrganizationOption, type OrganizationOption, openLocalJournal } from '../runs/local-journal.ts';
import { addSelectOptions, KEPT_HINT, momentOf, type SelectOptions, selectEvents } from './select-events.ts';

type EventsReplayOptions = OrganizationOption &
  SelectOptions & {
    readonly fromServer?: boolean | undefined;
    /** Only for --from-server; events of the journal are delivered unchanged. */
    readonly eventEmail: 'full' | 'none';
  };

const AFTER = `
Prints each event exactly as the run printed it, or kept it with --no-events.
The same change always has the same id, so consumers can drop repeats. Events
that stdout has taken count as delivered; later runs do not print them again.

--from-server is for machines that have lost their journal. It asks Dynamics who
was added to the campaign (--campaign) since a time (--since) by this user or by
the profile's flowUsers. The ids are the same as the first time; the time is
when the membership began; data.run, data.input and data.person.created are left
out. Where Dynamics does not say who added a person, and this machine's journal
does not know it, there is no event, and the exit code is 5. Removals and
created people leave no trace in Dynamics, so their events cannot be rebuilt.

Examples:
  $ dyncamp events replay
  $ dyncamp events replay --undelivered --all > missed.jsonl
  $ dyncamp events replay --from-server --campaign "Spring Launch" --since 1d`;

export function define(command: Command, context: Context): void {
  addOrganizationOption(addSelectOptions(command))
    .addOption(
      new Option('--from-server', 'rebuild added events from Dynamics; needs --campaign and --since').conflicts([
        'run',
        'all',
        'undelivered',
        'organization',
      ]),
    )
    .addOption(
      new Option('--event-email <how>', 'e-mail addresses in events of --from-server')
        .choices(['full', 'none'])
        .default('full'),
    )
    .addHelpText('after', AFTER)
    .action((options: EventsReplayOptions) =>
      context.endWith(
        options.fromServer === true ? replayFromServer(context, options) : replayEvents(context, options),
      ),
    );
}

async function replayEvents(context: Context, options: EventsReplayOptions): Promise<number> {
  const local = await openLocalJournal(context, options);
  if (local === undefined) return EXIT.done;
  const selected = selectEvents(local.journal, options, context.clock.now());
  const events = selected === undefined ? [] : local.journal.events(selected.filter);
  const delivered = await printEvents(context, events, local.journal.markDelivered);
  const others = '--all prints the events of all runs. `dyncamp runs list` shows the runs.';
  const hint = options.undelivered === true ? KEPT_HINT : others;
  await notice(
    context.terminal,
    'REPLAYED',
    `Printed ${plural(delivered, 'event')} ${selected?.what ?? 'of no run'}.`,
    delivered === 0 ? hint : undefined,
  );
  return EXIT.done;
}

/**
 * Returns the number of events that stdout took. A reader that goes away is a normal end of a reading command: what it did not get stays
 * undelivered.
 */
async function printEvents(
  context: Context,
  events: Iterable<StoredEvent> | AsyncIterable<NewEvent>,
  mark: Journal['markDelivered'] = () => undefined,
): Promise<number> {
  const { eventLine } = await import('../../change/events.ts');
  const lines = openEventLines(context.terminal.stdout);
  let count = 0;
  let taken: number[] = [];
  for await (const event of events) {
    // One that was delivered before, or is rebuilt, gets no mark.
    const sequence = 'sequence' in event && !event.delivered ? event.sequence : NOT_MARKED;
    if (!(await lines.write([{ line: eventLine(event), sequence }]))) break;
    count += 1;
    if (sequence !== NOT_MARKED) taken.push(sequence);
    if (taken.length < MARKED_TOGETHER) continue;
    mark(taken);
    taken = [];
  }
  mark(taken);
  const doubtful = lines.doubtful();
  mark(
    doubtful.filter((sequence) => sequence !== NOT_MARKED),
    false,
  );
  const failure = lines.failure();
  if (failure !== undefined) throw failure;
  return count - doubtful.length;
}

async function replayFromServer(context: Context, options: EventsReplayOptions): Promise<number> {
  const { userNames } = await import('../../campaign/user-names.ts');
  const { trackCreators } = await import('../../change/creators.ts');
  const { rebuildAdded } = await import('../../change/rebuild-added.ts');
  const { connectToCampaign } = await import('../../run/connect-campaign.ts');
  const { campaign, since } = options;
  if (campaign === undefined || since === undefined)
    throw new UsageError('OPTION_MISSING', '--from-server needs --campaign and --since.', {
      hint: 'For example: `dyncamp events replay --from-server --campaign "Spring Launch" --since 1d`',
    });
  const { terminal } = context;
  const { opened, connection } = await connectToCampaign(context, campaign);
  const { access, facts } = opened;
  const flowUsers = connection.flowUsers.map((id) => id.toLowerCase());
  const { dataverse, userId, organizationId } = access;
  const rebuilding = rebuildAdded({
    access,
    facts,
    creators: trackCreators({ dataverse, userId, flowUsers, userNames: userNames(dataverse) }),
    journal: await journalForDryRun(context, organizationId),
    since: momentOf(since, context.clock.now()),
    userIds: new Set([userId, ...flowUsers]),
    eventEmail: options.eventEmail,
  });
  const delivered = await printEvents(context, rebuilding.events);
  await notice(terminal, 'REBUILT', `Printed ${plural(delivered, 'event')} rebuilt from Dynamics.`);
  const { byOthers, unknown } = rebuilding.leftOut();
  if (byOthers > 0)
    await notice(
      terminal,
      'LEFT_OUT',
      `Left out ${peopleText(byOthers)} added by someone other than this user and the flowUsers.`,
    );
  if (unknown > 0)
    await warn(
      terminal,
      'CREATOR_UNKNOWN',
      `Left out ${peopleText(unknown)}: ${NOBODY_KNOWS_WHOSE}.`,
      `If dyncamp added them from another machine, run \`dyncamp events replay --campaign id:${facts.campaign.id}\` there: its journal has the events.`,
    );
  await warn(
    terminal,
    'NOT_REBUILT',
    'Events of people who were removed, or created, cannot be rebuilt: Dynamics keeps no trace of them. People who were added and removed again since then are missing too.',
  );
  return unknown > 0 ? EXIT.privilege : EXIT.done;
}
