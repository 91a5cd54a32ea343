/** `dyncamp runs`: what was done from this machine, and taking it back. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { defineRunsList } from './list.ts';
import { defineRunsShow } from './show.ts';
import { defineRunsUndo } from './undo.ts';

export function defineRuns(parent: Command, context: Context): void {
  const runs = parent.command('runs').description('Past runs of add, remove and their like, from this machine');
  defineRunsList(runs, context);
  defineRunsShow(runs, context);
  defineRunsUndo(runs, context);
}
