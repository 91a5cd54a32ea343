/** `dyncamp sync`: whether campaign sync works. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { defineSyncCheck } from './check.ts';
import { defineSyncRepair } from './repair.ts';

export function defineSync(parent: Command, context: Context): void {
  const sync = parent.command('sync').description('Whether campaign sync works');
  defineSyncCheck(sync, context);
  defineSyncRepair(sync, context);
}
