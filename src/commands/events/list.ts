/** `dyncamp events list`: the events of past runs, for looking at. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { addListingOptions, type ListingOptions } from '../columns-option.ts';
import { addOrganizationOption, type OrganizationOption } from '../runs/organization-option.ts';
import { addSelectOptions, type SelectOptions } from './select-options.ts';

export type EventsListOptions = ListingOptions & OrganizationOption & SelectOptions;
export type EventsListRun = (context: Context, options: EventsListOptions) => Promise<number>;

const AFTER = `
The journal of this machine is read; nothing is asked of Dynamics. The events
themselves: dyncamp events replay.

Examples:
  $ dyncamp events list
  $ dyncamp events list --campaign "Spring Launch" --since 2h
  $ dyncamp events list --all --untold -o csv > untold.csv`;

export function defineEventsList(parent: Command, context: Context, run: EventsListRun = eventsListRun): void {
  const command = parent.command('list').description('List the events of the last run, or of others');
  addListingOptions(addOrganizationOption(addSelectOptions(command)))
    .addHelpText('after', AFTER)
    .action(async (options: EventsListOptions) => context.endWith(await run(context, options)));
}

export async function eventsListRun(context: Context, options: EventsListOptions): Promise<number> {
  const { listEvents } = await import('./list-events.ts');
  return listEvents(context, options);
}
