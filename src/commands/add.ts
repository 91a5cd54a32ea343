/** `dyncamp add CAMPAIGN [PERSON...]`: Marketo's flow action "Add to Microsoft Campaign", in bulk. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { PeopleCommandOptions } from '../run/request.ts';
import { addCreationOptions, type CreationOptions } from './creation-options.ts';
import { addPeopleOptions } from './people-options.ts';

export type AddOptions = PeopleCommandOptions & CreationOptions;

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
  addCreationOptions(addPeopleOptions(command))
    .addHelpText('after', AFTER)
    .action(async (campaign: string, people: readonly string[], options: AddOptions) =>
      context.endWith(await run(context, { campaign, people, options })),
    );
}

export async function addRun(context: Context, request: AddRequest): Promise<number> {
  const { addPeople } = await import('./add-people.ts');
  return addPeople(context, request);
}
