/** `dyncamp events replay`: tells events again, byte for byte as the first time. */
import { type Command, Option } from 'commander';
import type { Context } from '../../run/context.ts';
import { addOrganizationOption, type OrganizationOption } from '../runs/organization-option.ts';
import { addSelectOptions, type SelectOptions } from './select-options.ts';

export type EventsReplayOptions = OrganizationOption &
  SelectOptions & {
    /** Rebuild `added` events from the membership rows in Dynamics, where this machine's journal is gone. */
    readonly fromServer?: boolean | undefined;
    /** For --from-server; events of the journal are told as they were. */
    readonly eventEmail: 'full' | 'none';
  };
export type EventsReplayRun = (context: Context, options: EventsReplayOptions) => Promise<number>;

const AFTER = `
Each event is the line that the run printed, or would have printed with
--no-events; the same change has the same id, so that a consumer drops what it
has. What stdout takes is noted as told, and runs do not tell it again.

--from-server is for machines whose journal is gone: it asks Dynamics who was
put into the campaign (--campaign) since then (--since) by this user or the
profile's flowUsers. The ids are the same as the first time. The time is when
the membership began; data.run, data.input and data.person.created are not known
and left out. Removals and created people leave no trace there: their events
cannot be rebuilt.

Examples:
  $ dyncamp events replay
  $ dyncamp events replay --untold --all > missed.jsonl
  $ dyncamp events replay --from-server --campaign "Spring Launch" --since 1d`;

export function defineEventsReplay(parent: Command, context: Context, run: EventsReplayRun = eventsReplayRun): void {
  const command = parent.command('replay').description('Print the events of the last run, or of others, again');
  addOrganizationOption(addSelectOptions(command))
    .addOption(
      new Option('--from-server', 'rebuild added events from Dynamics; needs --campaign and --since').conflicts([
        'run',
        'all',
        'untold',
        'organization',
      ]),
    )
    .addOption(
      new Option('--event-email <how>', 'e-mail addresses in events of --from-server')
        .choices(['full', 'none'])
        .default('full'),
    )
    .addHelpText('after', AFTER)
    .action(async (options: EventsReplayOptions) => context.endWith(await run(context, options)));
}

export async function eventsReplayRun(context: Context, options: EventsReplayOptions): Promise<number> {
  if (options.fromServer === true) {
    const { replayFromServer } = await import('./replay-from-server.ts');
    return replayFromServer(context, options);
  }
  const { replayEvents } = await import('./replay-events.ts');
  return replayEvents(context, options);
}
