/** `dyncamp events`: what was told, and telling it again. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { defineEventsList } from './list.ts';
import { defineEventsReplay } from './replay.ts';

export function defineEvents(parent: Command, context: Context): void {
  const events = parent.command('events').description('The events of past runs, from this machine');
  defineEventsList(events, context);
  defineEventsReplay(events, context);
}
