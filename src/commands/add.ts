/** `dyncamp add CAMPAIGN [PERSON...]`: Marketo's flow action "Add to Microsoft Campaign", in bulk. */
import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { keyValue, parseCount } from './options.ts';
import { addPeopleOptions, type PeopleCommandOptions } from './people-options.ts';

export type AddOptions = PeopleCommandOptions & {
  /** False with --no-create. */
  readonly create: boolean;
  readonly createAs: 'lead' | 'contact';
  readonly onAmbiguous: 'fail' | 'newest';
  readonly inactive: 'fail' | 'create-new';
  /** False with --no-source-campaign. */
  readonly sourceCampaign: boolean;
  readonly set?: Readonly<Record<string, string>> | undefined;
  readonly duplicateRules: 'honour' | 'ignore';
  readonly maxCreates?: number | undefined;
  readonly skipOptedOut?: boolean | undefined;
};

export type AddRequest = {
  readonly campaign: string;
  readonly people: readonly string[];
  readonly options: AddOptions;
};
export type AddRun = (context: Context, request: AddRequest) => Promise<number>;

const AFTER = `
CAMPAIGN is an id, a code or a name; id:, code: and name: say which.
PERSON is lead:GUID, contact:GUID, a GUID or an e-mail address. With none,
people are read from stdin.
Each person who really was added is one event on stdout; everything else is said
on stderr.

Examples:
  $ dyncamp add "Spring Launch" kim@example.com
  $ dyncamp add "Spring Launch" -f people.csv --results out.csv > events.jsonl
  $ export-people | dyncamp add code:SPRING-26 - --no-create`;

export function defineAdd(parent: Command, context: Context, run: AddRun = addRun): void {
  const command = parent
    .command('add')
    .description('Add people to a campaign')
    .argument('<campaign>', 'id, code or name')
    .argument('[person...]', 'ids or e-mail addresses');
  addPeopleOptions(command)
    .option('--no-create', 'do not create people whom Dynamics does not have')
    .addOption(new Option('--create-as <type>', 'what to create them as').choices(['lead', 'contact']).default('lead'))
    .option('--no-source-campaign', 'do not make the campaign the source campaign of created leads')
    .option('--set <column=value>', 'value of a column of created people; repeatable', keyValue)
    .option('--max-creates <n>', 'create no more than this many', parseCount(0))
    .addOption(
      new Option('--duplicate-rules <how>', 'duplicate-detection rules of the organization')
        .choices(['honour', 'ignore'])
        .default('honour'),
    )
    .addOption(
      new Option('--on-ambiguous <how>', 'when several people match').choices(['fail', 'newest']).default('fail'),
    )
    .addOption(
      new Option('--inactive <how>', 'when only inactive people match').choices(['fail', 'create-new']).default('fail'),
    )
    .option('--skip-opted-out', 'leave out people who opted out of e-mail')
    .addHelpText('after', AFTER)
    .action(async (campaign: string, people: readonly string[], options: AddOptions) =>
      context.endWith(await run(context, { campaign, people, options })),
    );
}

export async function addRun(context: Context, request: AddRequest): Promise<number> {
  const { addPeople } = await import('./add-people.ts');
  return addPeople(context, request);
}
