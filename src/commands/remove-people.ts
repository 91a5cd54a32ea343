/** The run of `dyncamp remove`. */
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { openPeople } from '../membership/input/open-people.ts';
import type { AddedBy } from '../membership/plan-removals.ts';
import { listIdsOf, removeChunk } from '../membership/remove-chunk.ts';
import { confirm } from '../terminal/prompt.ts';
import { addedByUsers, parseAddedBy } from './added-by.ts';
import type { PeopleSources } from './people-sources.ts';
import { type ChangeSetup, performChange, type Work } from './perform-change.ts';
import { rememberListIds } from './remember-lists.ts';
import type { RemoveOptions, RemoveRequest } from './remove.ts';

/** Removing more people than this asks first on a terminal. */
const ASKS_ABOVE = 100;

export function removePeople(context: Context, request: RemoveRequest): Promise<number> {
  const { options } = request;
  const addedBy = parseAddedBy(options.addedBy ?? []);
  return performChange(
    context,
    { ...request, command: 'remove' },
    {
      confirm: (sources) => confirmMany(context, request, sources),
      prepare: async (setup) => ({ work: workOf(setup, options, addedBy) }),
    },
  );
}

function workOf(setup: ChangeSetup, options: RemoveOptions, named: AddedBy): Work {
  const { session, connection, userNames } = setup;
  const rules = {
    matchBy: options.matchBy,
    addedBy: addedByUsers(named, session.userId, connection.flowUsers),
    allowInactive: options.allowInactive === true,
    allowSharedList: options.allowSharedList === true,
    isDryRun: options.dryRun === true,
  };
  const lists = rememberListIds(setup.opened.facts, listIdsOf);
  return (rows, claims) =>
    removeChunk({ session, rules, userNames, exclusions: setup.exclusions, ...lists }, rows, claims);
}

/** People given by file or arguments are counted before anything is done; a pipe cannot be asked about. */
async function confirmMany(
  context: Context,
  { options, people }: RemoveRequest,
  sources: PeopleSources,
): Promise<void> {
  if (!context.terminal.canAsk || sources.usesStdin || options.yes === true || options.dryRun === true) return;
  let count = 0;
  for await (const _ of openPeople({ ...sources.options, onUnknownColumns: undefined })) {
    count += 1;
    if (count > ASKS_ABOVE) break;
  }
  if (count <= ASKS_ABOVE) return;
  const what = people.length > ASKS_ABOVE ? `${people.length} people` : `more than ${ASKS_ABOVE} people`;
  if (await confirm(context.terminal, { text: `Remove ${what} from the campaign?`, flag: '--yes' })) return;
  throw new UsageError('NOT_CONFIRMED', 'Nobody was removed: the question was not answered with yes.');
}
