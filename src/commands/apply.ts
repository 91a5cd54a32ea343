/** `dyncamp apply CAMPAIGN -f FILE`: makes the people that flow actions put in those of the file. */
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import type { ApplyOptions } from '../run/apply-people.ts';
import type { Context } from '../run/context.ts';
import type { CreationOptions, PeopleCommandOptions } from '../run/request.ts';
import { addCreationOptions } from './creation-options.ts';
import { commaList, parseCount } from './options.ts';
import { addSetOptions } from './people-options.ts';

type Options = Omit<PeopleCommandOptions, 'onlyFailed' | 'shard'> &
  CreationOptions &
  ApplyOptions & {
    /** As in `remove`. */
    readonly addedBy?: readonly string[] | undefined;
  };

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

export function defineApply(parent: Command, context: Context): void {
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
    .action(async (campaign: string, options: Options) =>
      context.endWith(await applyPeople(context, campaign, options)),
    );
}

async function applyPeople(context: Context, campaign: string, options: Options): Promise<number> {
  const { additionsOf, columnsOf } = await import('../run/additions.ts');
  const { applyPasses } = await import('../run/apply-people.ts');
  const { addedByUsers, parseAddedBy, removalsOf } = await import('../run/removals.ts');
  const { runChange } = await import('../run/run-change.ts');
  const named = parseAddedBy(options.addedBy ?? []);
  refuseParts(context, options);
  return runChange(
    context,
    { command: 'apply', campaign, people: [], options },
    {
      people: 'input',
      async prepare(setup) {
        const addition = additionsOf(setup, options);
        const addedBy = addedByUsers(named, setup.session.userId, setup.connection.flowUsers);
        // Whoever may have to be removed comes by their id.
        const removal = removalsOf(setup, { ...options, matchBy: undefined }, addedBy);
        return {
          dynamicsColumns: await columnsOf(addition, options, options.file !== undefined),
          passes: (run) => applyPasses(run, { options, addition, removal, addedBy }),
        };
      },
    },
  );
}

/** Whoever is not in the input is taken out: it has to be the whole of it. */
function refuseParts(context: Context, { file, fromList }: Options): void {
  if (file === undefined && fromList === undefined)
    throw new UsageError('NO_PEOPLE', 'apply needs everybody who is to be in the campaign, as a file or a list.', {
      hint: 'Name it: `dyncamp apply CAMPAIGN -f people.csv` (- is stdin), or --from-list LIST.',
    });
  if (context.env.DYNCAMP_SHARDS !== undefined)
    throw new UsageError('APPLY_SHARDED', 'apply needs the whole input in one process, and DYNCAMP_SHARDS is set.', {
      hint: 'Run it as one job, without DYNCAMP_SHARDS: who is not in a share would be taken out.',
    });
}
