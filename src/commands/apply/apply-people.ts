/** The run of `dyncamp apply`. */
import type { Context } from '../../context.ts';
import { UsageError } from '../../errors.ts';
import { listIdsOf } from '../../membership/remove-chunk.ts';
import { rememberListIds } from '../../run/remember-lists.ts';
import { type ChangeSetup, performChange } from '../../run/run-change.ts';
import { additionOf, columnsOf } from '../add-people.ts';
import { addedByUsers, parseAddedBy } from '../added-by.ts';
import type { ApplyOptions, ApplyRequest } from '../apply.ts';
import { applyPasses } from './apply-passes.ts';
import type { Removing } from './removal-plan.ts';

export function applyPeople(context: Context, { campaign, options }: ApplyRequest): Promise<number> {
  const named = parseAddedBy(options.addedBy ?? []);
  refuseParts(context, options);
  return performChange(
    context,
    { command: 'apply', campaign, people: [], options },
    {
      async prepare(setup) {
        const addition = additionOf(setup, options);
        const addedBy = addedByUsers(named, setup.session.userId, setup.connection.flowUsers);
        return {
          dynamicsColumns: await columnsOf(addition, options, options.file !== undefined),
          passes: applyPasses(context, options, { setup, addition, removal: removalOf(setup, options), addedBy }),
        };
      },
    },
  );
}

function removalOf({ session, userNames, opened }: ChangeSetup, options: ApplyOptions): Removing {
  return {
    session,
    userNames,
    rules: {
      // Candidates come by their ids.
      matchBy: undefined,
      allowInactive: false,
      allowSharedList: options.allowSharedList === true,
      isDryRun: options.dryRun === true,
    },
    ...rememberListIds(opened.facts, listIdsOf),
  };
}

/** Whoever is not in the input is taken out: it has to be the whole of it. */
function refuseParts(context: Context, { file, fromList }: ApplyOptions): void {
  if (file === undefined && fromList === undefined)
    throw new UsageError('NO_PEOPLE', 'apply needs everybody who is to be in the campaign, as a file or a list.', {
      hint: 'Name it: `dyncamp apply CAMPAIGN -f people.csv` (- is stdin), or --from-list LIST.',
    });
  if (context.env.DYNCAMP_SHARDS !== undefined)
    throw new UsageError('APPLY_SHARDED', 'apply needs the whole input in one process, and DYNCAMP_SHARDS is set.', {
      hint: 'Run it as one job, without DYNCAMP_SHARDS: who is not in a share would be taken out.',
    });
}
