/** `dyncamp apply CAMPAIGN -f FILE`: makes the people that flow actions put in those of the file. */
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import type { ApplyOptions } from '../run/apply/apply-people.ts';
import { commandLine } from '../run/command-line.ts';
import type { Context } from '../run/context.ts';
import type { CreationOptions, PeopleCommandOptions } from '../run/request.ts';
import { addCreationOptions, addRemovalOptions, addSetOptions } from './change-options.ts';

type Options = Omit<PeopleCommandOptions, 'onlyFailed' | 'shard'> &
  CreationOptions &
  ApplyOptions & {
    /** As in `remove`. */
    readonly addedBy?: readonly string[] | undefined;
  };

const AFTER = `
The input is the complete list of members. People in it who are not in the
campaign are added. People who are in the campaign through dyncamp or Marketo
(as remove decides it) and are not in the input are removed. Everyone else stays
and is counted.

No one is removed until every row has been read and resolved. A row that fails
or matches several people protects all the people it could mean. If a row could
mean anyone, the input cannot be read to its end, or there is a temporary
failure, people are only added. If the last line has no line end and matches no
one, it protects everyone whose address begins with it. People added after the
command started are left alone. If more people would be removed than
--max-removals allows, or an input is empty, nothing is changed.

Write the input to a file first: if the program that feeds a pipe dies, the
input looks complete.

Examples:
  $ dyncamp apply "Spring Launch" -f people.csv --dry-run --results plan.csv
  $ dyncamp apply "Spring Launch" -f people.csv > events.jsonl
  $ dyncamp apply code:SPRING-26 --from-list "VIP guests" --max-removals 500`;

export function define(command: Command, context: Context): void {
  const maxRemovals = 'if more people would be removed, change nothing (default: 100 or 10 %, at most half)';
  addRemovalOptions(addCreationOptions(addSetOptions(command)), maxRemovals)
    .option('--allow-empty', 'accept an empty input: everyone may be removed')
    .addHelpText('after', AFTER)
    .action((campaign: string, options: Options) => context.endWith(applyPeople(context, campaign, options)));
}

async function applyPeople(context: Context, campaign: string, options: Options): Promise<number> {
  const { addingOf, columnsOf } = await import('../run/additions.ts');
  const { applyPasses } = await import('../run/apply/apply-people.ts');
  const { parseAddedBy, removingOf } = await import('../run/removals.ts');
  const { runChange } = await import('../run/run-change.ts');
  const named = parseAddedBy(options.addedBy ?? []);
  refuseParts(context, options, commandLine(['apply', campaign, '-f', 'people.csv']));
  return runChange(
    context,
    { command: 'apply', campaign, people: [], options },
    {
      people: 'input',
      async prepare(setup) {
        const adding = addingOf(setup, options);
        // People to be removed are named by their ids.
        const removing = removingOf(setup, { ...options, matchBy: undefined }, named);
        return {
          askDynamicsColumns: await columnsOf(adding, options),
          passes: (run) => applyPasses(run, { options, adding, removing }),
        };
      },
    },
  );
}

/** People who are not in the input are removed, so it has to be complete. */
function refuseParts(context: Context, { file, fromList }: Options, line = 'dyncamp apply … -f people.csv'): void {
  if (file === undefined && fromList === undefined)
    throw new UsageError('NO_PEOPLE', 'apply needs the complete list of members, as a file or a marketing list.', {
      hint: `Give it: \`${line}\` (- is stdin), or the name of a list with --from-list.`,
    });
  if (context.env.DYNCAMP_SHARDS !== undefined)
    throw new UsageError('APPLY_SHARDED', 'apply needs the whole input in one process, and DYNCAMP_SHARDS is set.', {
      hint: 'Run it as one job, without DYNCAMP_SHARDS: people who are not in the shard would be removed.',
    });
}
