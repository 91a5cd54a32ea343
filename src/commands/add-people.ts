/** The run of `dyncamp add`. */
import type { Connection, Context } from '../context.ts';
import { type AddContext, addChunk } from '../membership/add-chunk.ts';
import type { AddRules } from '../membership/add-rules.ts';
import { settableColumns } from '../membership/attributes/convert-attributes.ts';
import { creationPlanner } from '../membership/creation-planner.ts';
import { rememberListIds } from '../run/remember-lists.ts';
import type { PeopleCommandOptions } from '../run/request.ts';
import { type ChangeSetup, type Prepared, performChange } from '../run/run-change.ts';
import type { AddRequest } from './add.ts';
import type { CreationOptions } from './creation-options.ts';

export function addPeople(context: Context, request: AddRequest): Promise<number> {
  return performChange(context, { ...request, command: 'add' }, { prepare: (setup) => prepare(setup, request) });
}

async function prepare(setup: ChangeSetup, { options, people }: AddRequest): Promise<Prepared> {
  const addition = additionOf(setup, options);
  // Only a file or a pipe names columns.
  const isPipe = people.includes('-') || (people.length === 0 && options.fromList === undefined);
  return {
    dynamicsColumns: await columnsOf(addition, options, options.file !== undefined || isPipe),
    work: (rows, claims) => addChunk(addition, rows, claims),
  };
}

/** What chunks of additions work with. */
export function additionOf(setup: ChangeSetup, options: CreationOptions & PeopleCommandOptions): AddContext {
  const { session, userNames, exclusions, connection, opened } = setup;
  const rules = rulesOf(options, connection);
  const creations = creationPlanner(session, rules);
  const lists = rememberListIds(opened.facts, (judged) => judged.all.map((list) => list.id));
  return { session, rules, creations, userNames, exclusions, ...lists };
}

/**
 * The organization's own columns that input may name: only for people who may have to be created. --set is held against them even where
 * no input names columns: a mistake in it shows before somebody is created, not some day.
 */
export async function columnsOf(
  { rules, creations }: AddContext,
  { set }: Pick<CreationOptions, 'set'>,
  namesColumns: boolean,
): Promise<ReadonlySet<string> | undefined> {
  const isNeeded = namesColumns || set !== undefined;
  return rules.mayCreate && isNeeded ? settableColumns(await creations.metadata()) : undefined;
}

function rulesOf(options: CreationOptions & PeopleCommandOptions, connection: Connection): AddRules {
  return {
    matchBy: options.matchBy,
    onAmbiguous: options.onAmbiguous,
    onInactive: options.inactive,
    mayCreate: options.create,
    createAs: options.createAs,
    sourceCampaign: options.sourceCampaign,
    defaults: { ...connection.set, ...options.set },
    duplicateRules: options.duplicateRules,
    maxCreates: options.maxCreates ?? Number.POSITIVE_INFINITY,
    skipOptedOut: options.skipOptedOut === true,
    allowSharedList: options.allowSharedList === true,
    isDryRun: options.dryRun === true,
  };
}
