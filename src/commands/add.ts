/** `dyncamp add CAMPAIGN [PERSON...]`: Marketo's flow action "Add to Microsoft Campaign", in bulk. */
import type { Command } from 'commander';
import type { Context } from '../run/context.ts';
import type { ChangeRequest, CreationOptions, PeopleCommandOptions } from '../run/request.ts';
import { addCreationOptions, addPeopleOptions } from './change-options.ts';

type AddOptions = PeopleCommandOptions & CreationOptions;

type AddRequest = Pick<ChangeRequest, 'campaign' | 'people'> & { readonly options: AddOptions };

const AFTER = `
Without a person or -f, people are read from stdin. People who are not in
Dynamics are created first; people who are already in the campaign are skipped.
A pipe or file gets one event for each person added; a terminal gets words.

Examples:
  $ dyncamp add "Spring Launch" kim@example.com
  $ dyncamp add "Spring Launch" -f people.csv --results out.csv > events.jsonl
  $ export-people | dyncamp add code:SPRING-26 - --no-create`;

export function define(command: Command, context: Context): void {
  addCreationOptions(addPeopleOptions(command))
    .addHelpText('after', AFTER)
    .action((campaign: string, people: readonly string[], options: AddOptions) =>
      context.endWith(addPeople(context, { campaign, people, options })),
    );
}

async function addPeople(context: Context, request: AddRequest): Promise<number> {
  const { addBatch } = await import('../change/add-batch.ts');
  const { addingOf, columnsOf } = await import('../run/additions.ts');
  const { runChange } = await import('../run/run-change.ts');
  const { options } = request;
  return runChange(
    context,
    { ...request, command: 'add' },
    {
      people: 'input',
      async prepare(setup) {
        const adding = addingOf(setup, options);
        return {
          askDynamicsColumns: await columnsOf(adding, options),
          work: (rows, claims) => addBatch(adding, rows, claims),
        };
      },
    },
  );
}
