/** The run of `dyncamp add`. */
import type { Connection, Context } from '../context.ts';
import { addChunk } from '../membership/add-chunk.ts';
import type { AddRules } from '../membership/add-rules.ts';
import { settableColumns } from '../membership/attributes/convert-attributes.ts';
import { planCreations } from '../membership/creation-planner.ts';
import type { AddOptions, AddRequest } from './add.ts';
import { type ChangeSetup, type Prepared, performChange } from './perform-change.ts';
import { rememberListIds } from './remember-lists.ts';

export function addPeople(context: Context, request: AddRequest): Promise<number> {
  return performChange(context, { ...request, command: 'add' }, { prepare: (setup) => prepare(setup, request) });
}

async function prepare(setup: ChangeSetup, { options, people }: AddRequest): Promise<Prepared> {
  const { session, userNames, exclusions } = setup;
  const rules = rulesOf(options, setup.connection);
  const creations = planCreations(session, rules);
  const lists = rememberListIds(setup.opened.facts, (judged) => judged.all.map((list) => list.id));
  const context = { session, rules, creations, userNames, exclusions, ...lists };
  // Only a file or a pipe names columns, and only for people who may have to be created.
  const namesColumns = options.file !== undefined || people.length === 0 || people.includes('-');
  return {
    dynamicsColumns: options.create && namesColumns ? settableColumns(await creations.metadata()) : undefined,
    work: (rows, claims) => addChunk(context, rows, claims),
  };
}

function rulesOf(options: AddOptions, connection: Connection): AddRules {
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
