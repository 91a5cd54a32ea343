/** What `add` and `apply` give the batches of their additions. */

import type { Adding } from '../change/add-batch.ts';
import { DataverseError, UsageError } from '../errors.ts';
import { ownColumnsOf } from '../input/headers.ts';
import type { AddRules } from '../people/add-rules.ts';
import { checkMapped, settableColumns } from '../people/attributes/convert-attributes.ts';
import { creationPlanner } from '../people/creation-planner.ts';
import type { Connection } from './connect.ts';
import type { RunSetup } from './plan.ts';
import type { CreationOptions, PeopleCommandOptions } from './request.ts';

/** What batches of additions work with. */
export function addingOf(setup: RunSetup, options: CreationOptions & PeopleCommandOptions): Adding {
  refuseOtherSource(options);
  const { session, connection } = setup;
  const { organizationId, campaignId } = session;
  const rules = { organizationId, campaignId, ...rulesOf(options, connection) };
  return { session, rules, creations: creationPlanner(session, rules) };
}

/**
 * The organization's own columns that input may name: only for people who may have to be created. --set is checked against them even
 * where no input names columns: a mistake in it shows before anybody is created.
 */
export async function columnsOf(
  { rules, creations }: Adding,
  { set, map, matchBy }: Pick<CreationOptions, 'set'> & Pick<PeopleCommandOptions, 'map' | 'matchBy'>,
  namesColumns: boolean,
): Promise<ReadonlySet<string> | undefined> {
  const isNeeded = namesColumns || set !== undefined;
  const table = rules.mayCreate && isNeeded ? await creations.metadata() : undefined;
  if (table === undefined || table instanceof DataverseError) return undefined;
  checkMapped(table, ownColumnsOf({ map, matchBy }));
  return settableColumns(table);
}

/** A created lead has one source campaign. Throws UsageError SET_SOURCE_CAMPAIGN when --set names another one without effect. */
function refuseOtherSource({ set = {}, createAs, sourceCampaign }: CreationOptions): void {
  if (createAs !== 'lead' || !sourceCampaign || set.campaignid === undefined) return;
  throw new UsageError(
    'SET_SOURCE_CAMPAIGN',
    '--set campaignid would have no effect: created leads get the campaign of the command as their source campaign.',
    { hint: 'Add --no-source-campaign, or leave --set campaignid out.' },
  );
}

function rulesOf(
  options: CreationOptions & PeopleCommandOptions,
  connection: Connection,
): Omit<AddRules, 'organizationId' | 'campaignId'> {
  return {
    matchBy: options.matchBy,
    onAmbiguous: options.onAmbiguous,
    onInactive: options.inactive,
    mayCreate: options.create,
    createAs: options.createAs,
    sourceCampaign: options.sourceCampaign,
    defaults: { ...connection.set, ...options.set },
    set: options.set,
    duplicateRules: options.duplicateRules,
    maxCreates: options.maxCreates ?? Number.POSITIVE_INFINITY,
    skipOptedOut: options.skipOptedOut === true,
    allowSharedList: options.allowSharedList === true,
    isDryRun: options.dryRun === true,
  };
}
