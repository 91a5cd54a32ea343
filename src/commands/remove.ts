/** `dyncamp remove CAMPAIGN [PERSON...]`: Marketo's flow action "Remove from Microsoft Campaign", in bulk. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { PeopleCommandOptions } from '../run/request.ts';
import { commaList, parseCount } from './options.ts';
import { addPeopleOptions } from './people-options.ts';

export type RemoveOptions = PeopleCommandOptions & {
  /** `anyone`, or ids of users besides us whose additions count as the flow action's; `me` is always among them. */
  readonly addedBy?: readonly string[] | undefined;
  readonly allowInactive?: boolean | undefined;
  /** More than this, and nobody is removed. Default: no limit. */
  readonly maxRemovals?: number | undefined;
};

export type RemoveRequest = {
  readonly campaign: string;
  readonly people: readonly string[];
  readonly options: RemoveOptions;
};
export type RemoveRun = (context: Context, request: RemoveRequest) => Promise<number>;

const AFTER = `
Only people whom a flow action put in are taken out: those that this user, a
user of the profile's flowUsers or this machine's journal shows to have been
added. Everybody else stays, and the outcome says who added them.
With no PERSON, people are read from stdin if it is a pipe. A file is read only
with -f or -: a loop that reads a file has it for stdin.

Examples:
  $ dyncamp remove "Spring Launch" kim@example.com
  $ dyncamp remove "Spring Launch" -f leavers.csv --dry-run --results plan.csv
  $ dyncamp remove "Spring Launch" -f leavers.csv --added-by anyone --yes`;

export function defineRemove(parent: Command, context: Context, run: RemoveRun = removeRun): void {
  const command = parent
    .command('remove')
    .description('Remove people from a campaign')
    .argument('<campaign>', 'id, code or name')
    .argument('[person...]', 'ids or e-mail addresses');
  addPeopleOptions(command)
    .option(
      '--added-by <users>',
      'anyone, or ids of users (comma between) whose additions may be taken back too',
      commaList,
    )
    .option(
      '--max-removals <n>',
      'read everything first; if more people would be removed, remove nobody',
      parseCount(0),
    )
    .option('--allow-inactive', 'take people out of a campaign that is inactive')
    .addHelpText('after', AFTER)
    .action(async (campaign: string, people: readonly string[], options: RemoveOptions) =>
      context.endWith(await run(context, { campaign, people, options })),
    );
}

export async function removeRun(context: Context, request: RemoveRequest): Promise<number> {
  const { removePeople } = await import('./remove-people.ts');
  return removePeople(context, request);
}
