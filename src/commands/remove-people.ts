/** The run of `dyncamp remove`. */
import type { Context } from '../context.ts';
import type { InputRows } from '../input/input-row.ts';
import type { AddedBy } from '../membership/plan-removals.ts';
import { listIdsOf, type RemoveContext, removeChunk } from '../membership/remove-chunk.ts';
import type { PeopleSources } from '../run/people-sources.ts';
import { rememberListIds } from '../run/remember-lists.ts';
import { type ChangeSetup, type Prepared, performChange } from '../run/run-change.ts';
import { addedByUsers, parseAddedBy } from './added-by.ts';
import { ASKS_ABOVE, confirmRemoval } from './confirm-removal.ts';
import { planFirst } from './plan-first.ts';
import type { RemoveOptions, RemoveRequest } from './remove.ts';

export function removePeople(context: Context, request: RemoveRequest): Promise<number> {
  const { options } = request;
  const addedBy = parseAddedBy(options.addedBy ?? []);
  return performChange(
    context,
    { ...request, command: 'remove' },
    {
      confirm: (sources, rows) => confirmMany(context, request, { sources, rows }),
      prepare: async (setup) => prepare(context, options, removalOf(setup, options, addedBy)),
    },
  );
}

function prepare(context: Context, options: RemoveOptions, removal: RemoveContext): Prepared {
  const { maxRemovals } = options;
  if (maxRemovals === undefined) return { work: (rows, claims) => removeChunk(removal, rows, claims) };
  return { passes: planFirst(context, { ...options, maxRemovals }, removal) };
}

function removalOf(setup: ChangeSetup, options: RemoveOptions, named: AddedBy): RemoveContext {
  const { session, connection, userNames, exclusions } = setup;
  const rules = {
    matchBy: options.matchBy,
    addedBy: addedByUsers(named, session.userId, connection.flowUsers),
    allowInactive: options.allowInactive === true,
    allowSharedList: options.allowSharedList === true,
    isDryRun: options.dryRun === true,
  };
  return { session, rules, userNames, exclusions, ...rememberListIds(setup.opened.facts, listIdsOf) };
}

/** People given by file or arguments are counted before anything is done; a pipe cannot be asked about. */
async function confirmMany(
  context: Context,
  { options, people }: RemoveRequest,
  { sources, rows }: { readonly sources: PeopleSources; readonly rows: () => InputRows },
): Promise<void> {
  if (!context.terminal.canAsk || sources.usesStdin || options.yes === true || options.dryRun === true) return;
  let count = 0;
  for await (const group of rows()) {
    count += group.length;
    if (count > ASKS_ABOVE) break;
  }
  if (count <= ASKS_ABOVE) return;
  const isCounted = people.length > ASKS_ABOVE;
  await confirmRemoval(context, isCounted ? `${people.length} people` : `more than ${ASKS_ABOVE} people`);
}
