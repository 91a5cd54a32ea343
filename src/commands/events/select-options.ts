/** The options that say which events of the journal are meant. */
import type { Command } from 'commander';
import { parseSince, type Since } from './since.ts';

export type SelectOptions = {
  /** Id of a run, or its beginning. */
  readonly run?: string | undefined;
  readonly since?: Since | undefined;
  /** Id, name or code of a campaign that the journal knows. */
  readonly campaign?: string | undefined;
  /** Of every run. */
  readonly all?: boolean | undefined;
  /** Only those that no reader has taken. */
  readonly untold?: boolean | undefined;
};

export function addSelectOptions(command: Command): Command {
  return command
    .option('--run <run>', 'events of this run: its id, or its beginning')
    .option('--since <time>', 'events since then: 2026-11-21T09:00:00Z, or 2h, 3d ago', parseSince)
    .option('--campaign <campaign>', 'events of this campaign')
    .option('--all', 'events of all runs (default, without --run, --since or --campaign: of the last run)')
    .option('--untold', 'only events that no reader has taken yet');
}
