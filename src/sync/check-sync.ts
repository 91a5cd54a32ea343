/**
 * Is campaign sync working? Named checks as they are found out, each only once, and none missing: what could not be looked at because
 * something before it failed is `not-checked`. Reads only.
 */
import { DyncampError } from '../errors.ts';
import { campaignSearch, chooseCampaign, parseCampaignRef } from '../membership/find-campaign.ts';
import type { Identity } from '../membership/open-session.ts';
import { depthsOf, PRIVILEGES, privilegesOperation } from '../membership/privileges.ts';
import { rowsOf } from '../membership/rows-of.ts';
import { campaignsWithOwnLists } from './campaigns-with-own-lists.ts';
import { type Check, notChecked, notReached, ok, warning } from './check.ts';
import { CAMPAIGN_CHECK_IDS, type CampaignCheckOptions, checkCampaigns } from './check-campaigns.ts';
import { CAPABILITY_CHECK_IDS, checkCapabilities, messagesOperation, offeredMessages } from './check-capabilities.ts';
import { type ConnectionOptions, checkConnection } from './check-connection.ts';
import { checkMarketo, MARKETO_CHECK_ID, marketoOperations } from './check-marketo.ts';
import { checkPrivileges } from './check-privileges.ts';
import { checkUnsettled } from './check-unsettled.ts';
import { checkUser, userOperations } from './check-user.ts';
import { PRIVILEGE_CHECK_IDS } from './needed-privileges.ts';
import { UNSETTLED_CHECK_IDS } from './unsettled-questions.ts';

export type SyncCheckOptions = ConnectionOptions &
  Pick<CampaignCheckOptions, 'clock' | 'flowUsers'> & {
    /** CAMPAIGN as the user wrote it; undefined: all active ones that have own lists. */
    readonly campaign: string | undefined;
    /** The unsettled questions too. */
    readonly deep: boolean;
  };

/**
 * Throws CampaignError when no or more than one campaign is meant by `campaign`, after the checks that need none; SettingsError;
 * TemporaryError when the server went away in the middle.
 */
export async function* checkSync(options: SyncCheckOptions): AsyncGenerator<Check> {
  const { checks, identity, failedId } = await checkConnection(options);
  if (identity === undefined) {
    yield* checks;
    yield* notReached(idsAfterConnection(options), failedId);
    return;
  }
  yield* checkOrganization(options, identity, checks);
  yield* options.campaign === undefined
    ? checkAllCampaigns(options, identity)
    : checkNamedCampaign(options, identity, options.campaign);
}

function idsAfterConnection({ campaign, deep }: SyncCheckOptions): readonly string[] {
  return [
    ...PRIVILEGE_CHECK_IDS,
    ...CAPABILITY_CHECK_IDS,
    MARKETO_CHECK_ID,
    ...(deep ? UNSETTLED_CHECK_IDS : []),
    ...(campaign === undefined ? ['campaigns'] : CAMPAIGN_CHECK_IDS),
  ];
}

/** `first`: connection and sign-in, then what is said after the user, whose name takes a second request. */
async function* checkOrganization(
  options: SyncCheckOptions,
  { userId }: Identity,
  first: readonly Check[],
): AsyncGenerator<Check> {
  yield* first.slice(0, 2);
  const names = PRIVILEGES.map((privilege) => privilege.name);
  const [privileges, messages, user, lists, solutions, columns] = await options.dataverse.batch([
    privilegesOperation(userId, names),
    messagesOperation(),
    ...userOperations(userId),
    ...marketoOperations(),
  ]);
  const offered = offeredMessages(messages);
  yield checkUser(userId, user, lists);
  yield* first.slice(2);
  yield* checkPrivileges(depthsOf(privileges));
  yield* checkCapabilities(offered);
  yield checkMarketo(solutions, columns);
  if (options.deep) yield* await checkUnsettled(options.dataverse, offered);
}

async function* checkNamedCampaign(options: SyncCheckOptions, identity: Identity, text: string): AsyncGenerator<Check> {
  const ref = parseCampaignRef(text);
  const [found] = await options.dataverse.batch([campaignSearch(ref)]);
  if (found?.kind === 'refused') {
    const [first = 'campaign', ...rest] = CAMPAIGN_CHECK_IDS;
    yield notChecked(first, `Campaigns could not be read: ${found.error.message}`);
    yield* notReached(rest, first);
    return;
  }
  const campaign = await chooseCampaign(options.dataverse, ref, rowsOf(found));
  yield* await checkCampaigns({ ...options, ...identity }, [campaign]);
}

async function* checkAllCampaigns(options: SyncCheckOptions, identity: Identity): AsyncGenerator<Check> {
  let looked = 0;
  let withLists = 0;
  try {
    for await (const batch of campaignsWithOwnLists(options.dataverse, identity.organizationId)) {
      looked += batch.looked;
      withLists += batch.withLists.length;
      yield* await checkCampaigns({ ...options, ...identity }, batch.withLists);
    }
  } catch (error) {
    const isRefusal =
      error instanceof DyncampError && (error.category === 'privilege' || error.category === 'dataverse');
    if (!isRefusal) throw error;
    yield notChecked('campaigns', `Campaigns and their lists could not be read: ${error.message}`, error.hint);
    return;
  }
  if (looked === 0) {
    yield warning(
      'campaigns',
      'There is no active campaign, or none that the user may read.',
      'Make one in Dynamics (Marketing > Campaigns), or give the user prvReadCampaign at Global.',
    );
    return;
  }
  yield ok('campaigns', `${looked} active, ${withLists} of them with own lists.`);
}
