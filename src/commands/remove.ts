/** `dyncamp remove CAMPAIGN [PERSON...]`: Marketo's flow action "Remove from Microsoft Campaign", in bulk. */
import type { Command } from 'commander';
import type { InputRows } from '../input/input-row.ts';
import type { Context } from '../run/context.ts';
import type { ChangeRequest, PeopleCommandOptions } from '../run/request.ts';
import { addPeopleOptions, addRemovalOptions } from './change-options.ts';

type RemoveOptions = PeopleCommandOptions & {
  /** `anyone`, or ids of users besides us whose additions count as the flow action's; `me` is always among them. */
  readonly addedBy?: readonly string[] | undefined;
  readonly allowInactive?: boolean | undefined;
  readonly maxRemovals?: number | undefined;
};

type RemoveRequest = Pick<ChangeRequest, 'campaign' | 'people'> & { readonly options: RemoveOptions };

const AFTER = `
Removes only people who were added by this user, by a user in the profile's
flowUsers, or by a run in this machine's journal. Everyone else stays; the
result says who added them. Without a person, people are read from stdin if it
is a pipe. A file is read only with -f or -, because in a loop that reads a
file, stdin is that file.

Examples:
  $ dyncamp remove "Spring Launch" kim@example.com
  $ dyncamp remove "Spring Launch" -f leavers.csv --dry-run --results plan.csv
  $ dyncamp remove "Spring Launch" -f leavers.csv --added-by anyone --yes`;

export function define(command: Command, context: Context): void {
  addRemovalOptions(addPeopleOptions(command), 'read all input first; if more people would be removed, remove no one')
    .option('--allow-inactive', 'remove people from an inactive campaign')
    .addHelpText('after', AFTER)
    .action((campaign: string, people: readonly string[], options: RemoveOptions) =>
      context.endWith(removePeople(context, { campaign, people, options })),
    );
}

async function removePeople(context: Context, request: RemoveRequest): Promise<number> {
  const { removeBatch } = await import('../change/remove-batch.ts');
  const { parseAddedBy, planFirst, removingOf } = await import('../run/removals.ts');
  const { runChange } = await import('../run/run-change.ts');
  const { options } = request;
  const { maxRemovals } = options;
  const named = parseAddedBy(options.addedBy ?? []);
  return runChange(
    context,
    { ...request, command: 'remove' },
    {
      people: 'input',
      confirm: (found) => confirmMany(context, request, found),
      async prepare(setup) {
        const removing = removingOf(setup, options, named);
        if (maxRemovals !== undefined) return { passes: (run) => planFirst(run, removing, maxRemovals) };
        return { work: (rows, claims) => removeBatch(removing, rows, claims) };
      },
    },
  );
}

/** Counts people from files or arguments first; a pipe cannot be counted in advance. */
async function confirmMany(
  context: Context,
  { options, people }: RemoveRequest,
  { usesStdin, rows }: { readonly usesStdin: boolean; readonly rows: () => InputRows },
): Promise<void> {
  const { ASKS_ABOVE, asksFirst, confirmRemoval } = await import('../run/removals.ts');
  if (!asksFirst(context, { usesStdin }, options)) return;
  let count = 0;
  for await (const group of rows()) {
    count += group.length;
    if (count > ASKS_ABOVE) break;
  }
  if (count <= ASKS_ABOVE) return;
  const isCounted = people.length > ASKS_ABOVE;
  await confirmRemoval(context, isCounted ? `${people.length} people` : `more than ${ASKS_ABOVE} people`);
}
