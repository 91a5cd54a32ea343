/** `dyncamp apply CAMPAIGN -f FILE`: makes the people that flow actions put in those of the file. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { PeopleCommandOptions } from '../run/request.ts';
import { addCreationOptions, type CreationOptions } from './creation-options.ts';
import { commaList, parseCount } from './options.ts';
import { addSetOptions } from './people-options.ts';

export type ApplyOptions = Omit<PeopleCommandOptions, 'onlyFailed' | 'shard'> &
  CreationOptions & {
    /** As in `remove`. */
    readonly addedBy?: readonly string[] | undefined;
    /** More than this, and nothing is done. Default: the larger of 100 and 10 % of the people that flow actions put in, and no more than half of them beyond 10. */
    readonly maxRemovals?: number | undefined;
    /** Go on when an input names nobody, or nobody whom Dynamics has. */
    readonly allowEmpty?: boolean | undefined;
  };

export type ApplyRequest = { readonly campaign: string; readonly options: ApplyOptions };
export type ApplyRun = (context: Context, request: ApplyRequest) => Promise<number>;

const AFTER = `
The input is everybody who is to be in: who is not in is added, and whom flow
actions put in (as remove sees it) and who is not in the input is taken out.
Everybody else stays, and is counted.

Nobody is taken out before every row was read and understood. A row that fails
or means several people keeps all whom it could mean; a row that could mean
anybody, input that cannot be read to its end, and a temporary failure mean that
people are only added. A last line without a line end that means nobody keeps
all whose address begins with it. Who came in after the command began is left
alone. Nothing at all is done when more people would be taken out than
--max-removals allows, or when an input is empty.

Write the input to a file first: a pipe whose writer dies looks like one that is
complete.

Examples:
  $ dyncamp apply "Spring Launch" -f people.csv --dry-run --results plan.csv
  $ dyncamp apply "Spring Launch" -f people.csv > events.jsonl
  $ dyncamp apply code:SPRING-26 --from-list "VIP guests" --max-removals 500`;

export function defineApply(parent: Command, context: Context, run: ApplyRun = applyRun): void {
  const command = parent
    .command('apply')
    .description('Make the people that flow actions put into a campaign those of a file')
    .argument('<campaign>', 'id, code or name');
  addCreationOptions(addSetOptions(command))
    .option(
      '--added-by <users>',
      'anyone, or ids of users (comma between) whose additions may be taken back too',
      commaList,
    )
    .option(
      '--max-removals <n>',
      'if more people would be removed, do nothing (default: 100 or 10 %, at most half)',
      parseCount(0),
    )
    .option('--allow-empty', 'go on with an empty input: everybody may be taken out')
    .addHelpText('after', AFTER)
    .action(async (campaign: string, options: ApplyOptions) =>
      context.endWith(await run(context, { campaign, options })),
    );
}

export async function applyRun(context: Context, request: ApplyRequest): Promise<number> {
  const { applyPeople } = await import('./apply/apply-people.ts');
  return applyPeople(context, request);
}
