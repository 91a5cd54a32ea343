/** `dyncamp runs show RUN`: what became of one run. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { addOutputOptions, type OutputOptions } from '../output-options.ts';
import { addOrganizationOption, type OrganizationOption } from './organization-option.ts';

export type RunsShowOptions = OutputOptions & OrganizationOption;
export type RunsShowRequest = { readonly run: string; readonly options: RunsShowOptions };
export type RunsShowRun = (context: Context, request: RunsShowRequest) => Promise<number>;

const AFTER = `
RUN is an id, or as much of its beginning as is unique. openIntents are changes
that were sent and are not known to be done: the next run on the campaign
settles them. untoldEvents are events that no reader has taken yet.

Examples:
  $ dyncamp runs show 5f0c9a1e
  $ dyncamp runs show 5f0c9a1e -o json | jq .counts
  $ dyncamp runs show "$(dyncamp runs list -n 1 -o jsonl | jq -r .id)"`;

export function defineRunsShow(parent: Command, context: Context, run: RunsShowRun = runsShowRun): void {
  const command = parent
    .command('show')
    .description('Show what became of one run')
    .argument('<run>', 'id of the run, or its beginning');
  addOutputOptions(addOrganizationOption(command))
    .addHelpText('after', AFTER)
    .action(async (id: string, options: RunsShowOptions) => context.endWith(await run(context, { run: id, options })));
}

export async function runsShowRun(context: Context, request: RunsShowRequest): Promise<number> {
  const { showRun } = await import('./show-run.ts');
  return showRun(context, request);
}
