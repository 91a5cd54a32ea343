/** What the additions of `add` and `apply` share. */

import type { Adding } from '../change/add-batch.ts';
import { DataverseError, UsageError } from '../errors.ts';
import { ownColumnsOf } from '../input/headers.ts';
import type { PeopleOptions } from '../input/open-people.ts';
import type { AddRules } from '../people/add-rules.ts';
import { checkMapped, settableColumns } from '../people/attributes/convert-attributes.ts';
import { creationPlanner } from '../people/creation-planner.ts';
import type { CreationOptions, PeopleCommandOptions } from './request.ts';
import type { RunSetup } from './strategy.ts';

/** Throws UsageError SET_SOURCE_CAMPAIGN. */
export function addingOf({ session, connection }: RunSetup, options: CreationOptions & PeopleCommandOptions): Adding {
  refuseOtherSource(options);
  const rules: AddRules = {
    organizationId: session.organizationId,
    campaignId: session.campaignId,
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
  return { session, rules, creations: creationPlanner(session, rules) };
}

/** Checks --set and --map before anybody is changed. Without them the table is described only when a file names columns, or for a creation. */
export async function columnsOf(
  { rules, creations }: Adding,
  { set, map, matchBy }: Pick<CreationOptions, 'set'> & Pick<PeopleCommandOptions, 'map' | 'matchBy'>,
): Promise<PeopleOptions['askDynamicsColumns']> {
  if (!rules.mayCreate) return undefined;
  const mapped = ownColumnsOf({ map, matchBy });
  if (set !== undefined || mapped.length > 0) {
    const table = await creations.metadata();
    if (!(table instanceof DataverseError)) checkMapped(table, mapped);
  }
  return async () => {
    const table = await creations.metadata();
    return table instanceof DataverseError ? undefined : settableColumns(table);
  };
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
