/**
 * Is campaign sync working? Yields the result of every check in the tables exactly once: a refused read is a problem,
 * a check after a failure is `not-checked`. Reads only.
 */

import { campaignSearch, chooseCampaign, parseCampaignRef } from '../campaign/find.ts';
import { parseOwnListName } from '../campaign/list-name.ts';
import { type Identity, identityOf, ORGANIZATION, WHO_AM_I } from '../campaign/open-campaign.ts';
import { type OverviewOfCampaign, readOverview } from '../campaign/overview.ts';
import { heldPrivileges, NEEDED_NAMES } from '../campaign/privileges.ts';
import { userNames } from '../campaign/user-names.ts';
import { trackCreators } from '../change/creators.ts';
import { groupBy } from '../dataverse/groups.ts';
import { eq, query } from '../dataverse/odata-query.ts';
import type { Dataverse, OperationResult } from '../dataverse/operation.ts';
import { readRows, rowsOf } from '../dataverse/reads.ts';
import { isAboutUser } from '../dataverse/refusals.ts';
import { CAMPAIGN_COLUMNS, campaignFromRow } from '../dataverse/wire.ts';
import { AuthenticationError, DyncampError, SettingsError, TemporaryError } from '../errors.ts';
import { keyColumnReads, keyColumnsOf, refuseHiddenColumns } from '../people/key-columns.ts';
import type { Clock } from '../transport/http.ts';
import { CAMPAIGN_CHECKS } from './campaign-checks.ts';
import { type Check, detailsOf, notChecked, ok, problem, unread, warning } from './check.ts';
import { OPTIONAL_NAMES } from './needed-privileges.ts';
import {
  type Answers,
  CONNECTION_CHECKS,
  type EmailColumns,
  ORGANIZATION_CHECKS,
  ORGANIZATION_READS,
  type OrganizationFacts,
  type OrganizationReadName,
  offeredMessages,
} from './organization-checks.ts';
import { checkUnsettled, UNSETTLED_CHECK_IDS } from './unsettled.ts';

export type SyncCheckOptions = {
  readonly dataverse: Dataverse;
  readonly clock: Clock;
  /** How the sign-in is set up: `profile "prod", by client secret`. */
  readonly signIn: string;
  readonly pinnedOrganizationId: string | undefined;
  /** Throws a DyncampError when another organization answers than the pinned one. */
  readonly confirmOrganization: (organizationId: string) => void;
  /** Users whose additions count as a flow action's, besides the user's own. */
  readonly flowUsers: readonly string[];
  /** CAMPAIGN as the user wrote it; undefined: all active ones that have own lists. */
  readonly campaign: string | undefined;
  readonly deep: boolean;
};

/**
 * Throws CampaignError when `campaign` matches none or several, after the checks that need none; SettingsError;
 * TemporaryError when the server goes away.
 */
export async function* checkSync(options: SyncCheckOptions): AsyncGenerator<Check> {
  const { dataverse, campaign } = options;
  let identity: Identity;
  try {
    const [whoAmI, organization] = await dataverse.batch([WHO_AM_I, ORGANIZATION]);
    identity = identityOf(whoAmI, organization);
  } catch (error) {
    yield* stoppedBy(options, error, failedIdOf(error));
    return;
  }
  const otherOrganization = otherOrganizationIn(options, identity);
  if (otherOrganization !== undefined) {
    yield* stoppedBy(options, otherOrganization, 'organization');
    return;
  }
  const { answers, email } = await readOrganization(dataverse, identity.userId);
  const facts: OrganizationFacts = {
    ...{ origin: dataverse.origin, signIn: options.signIn, identity, answers, email },
    isPinned: options.pinnedOrganizationId !== undefined,
    privileges: await heldPrivileges(dataverse, NEEDED_NAMES, answers.get('privileges')),
    optional: await heldPrivileges(dataverse, OPTIONAL_NAMES, answers.get('optionalPrivileges')),
  };
  for (const { id, check } of [...CONNECTION_CHECKS, ...ORGANIZATION_CHECKS]) yield { id, ...check(facts) };
  if (options.deep) yield* await checkUnsettled(dataverse, offeredMessages(answers));
  yield* campaign === undefined
    ? checkAllCampaigns(options, identity)
    : checkNamedCampaign(options, identity, campaign);
}

async function readOrganization(
  dataverse: Dataverse,
  userId: string,
): Promise<{ readonly answers: Answers; readonly email: EmailColumns }> {
  const names = Object.keys(ORGANIZATION_READS).filter(isReadName);
  const reads = names.map((name) => ORGANIZATION_READS[name](userId));
  const results = await dataverse.batch([...reads, ...keyColumnReads(undefined)]);
  const answers = names.flatMap((name, place): readonly [OrganizationReadName, OperationResult][] => {
    const result = results[place];
    return result === undefined ? [] : [[name, result]];
  });
  return { answers: new Map(answers), email: await seeEmails(dataverse, results.slice(reads.length)) };
}

async function seeEmails(dataverse: Dataverse, results: readonly OperationResult[]): Promise<EmailColumns> {
  const columns = keyColumnsOf(undefined, results);
  try {
    await refuseHiddenColumns(dataverse, columns);
    return { ...columns, trouble: undefined };
  } catch (error) {
    if (!(error instanceof DyncampError) || error instanceof TemporaryError) throw error;
    return { ...columns, trouble: error };
  }
}

const isReadName = (name: string): name is OrganizationReadName => Object.hasOwn(ORGANIZATION_READS, name);

function otherOrganizationIn(options: SyncCheckOptions, { organizationId }: Identity): DyncampError | undefined {
  try {
    options.confirmOrganization(organizationId);
    return undefined;
  } catch (error) {
    if (error instanceof DyncampError) return error;
    throw error;
  }
}

/** Settings errors that come from the server's answers. */
const NO_ANSWER: ReadonlySet<string> = new Set(['CERTIFICATE_NOT_TRUSTED', 'NOT_DATAVERSE', 'ON_PREMISES']);

/** The check that an error of the first request belongs to. The codes are those of transport, auth and dataverse. */
function failedIdOf(error: unknown): string | undefined {
  if (!(error instanceof DyncampError)) return undefined;
  if (isAboutUser(error)) return 'user';
  if (error instanceof AuthenticationError) return 'sign-in';
  if (error instanceof TemporaryError) return error.code === 'SIGN_IN_UNREACHABLE' ? 'sign-in' : 'connection';
  // Contradictory or incomplete settings are an error of the command, not a finding.
  if (error instanceof SettingsError && !NO_ANSWER.has(error.code)) return undefined;
  return 'connection';
}

/** All checks when nothing more can be read: those done before, the failed one, and the rest as `not-checked`. */
function stoppedBy(options: SyncCheckOptions, error: unknown, failedId: string | undefined): readonly Check[] {
  if (!(error instanceof DyncampError) || failedId === undefined) throw error;
  // The token is fetched before the first request to the organization.
  const isAsked = failedId !== 'sign-in' || error.code === 'TOKEN_REFUSED';
  const facts = { origin: options.dataverse.origin, signIn: options.signIn };
  const ids = idsOf(options);
  return ids.map((id, place): Check => {
    if (id === failedId) return { id, ...problem(`${error.message}${detailsOf(error)}`, error.hint) };
    const passed = place < ids.indexOf(failedId) ? CONNECTION_CHECKS.find((row) => row.id === id) : undefined;
    if (passed === undefined) return { id, ...notChecked(`Skipped, because "${failedId}" failed.`) };
    return { id, ...(isAsked ? passed.check(facts) : notChecked('Not possible without a sign-in.')) };
  });
}

function idsOf({ campaign, deep }: SyncCheckOptions): readonly string[] {
  return [
    ...[...CONNECTION_CHECKS, ...ORGANIZATION_CHECKS].map(({ id }) => id),
    ...(deep ? UNSETTLED_CHECK_IDS : []),
    ...(campaign === undefined ? ['campaigns'] : CAMPAIGN_CHECKS.map(({ id }) => id)),
  ];
}

async function* checkNamedCampaign(options: SyncCheckOptions, identity: Identity, text: string): AsyncGenerator<Check> {
  const ref = parseCampaignRef(text);
  const [found] = await options.dataverse.batch([campaignSearch(ref)]);
  if (found?.kind === 'refused') {
    for (const { id } of CAMPAIGN_CHECKS) yield { id, ...unread('Campaigns', found.error) };
    return;
  }
  const campaign = await chooseCampaign(options.dataverse, ref, rowsOf(found));
  const overview = await readOverview({ ...options, organizationId: identity.organizationId, campaigns: [campaign] });
  yield* await campaignChecks(options, identity, overview);
}

/** In detail those that have own lists, or a list with such a name. */
async function* checkAllCampaigns(options: SyncCheckOptions, identity: Identity): AsyncGenerator<Check> {
  const id = 'campaigns';
  const [found] = await options.dataverse.batch([ACTIVE_CAMPAIGNS]);
  if (found?.kind === 'refused') {
    yield { id, ...unread('Campaigns', found.error) };
    return;
  }
  const campaigns = rowsOf(found)
    .map(campaignFromRow)
    .filter((campaign) => !campaign.isTemplate);
  const overview = await readOverview({ ...options, organizationId: identity.organizationId, campaigns });
  const withLists = overview.filter(
    ({ facts }) => facts.ours.length > 0 || facts.linked.some(({ name }) => parseOwnListName(name) !== undefined),
  );
  yield* await campaignChecks(options, identity, withLists);
  const unreadable = overview.filter((each) => each.unreadLists !== undefined && !withLists.includes(each));
  const refusal = unreadable[0]?.unreadLists;
  if (refusal !== undefined) yield { id, ...unread(`The lists of ${unreadable.length} campaigns`, refusal) };
  else if (campaigns.length > 0) {
    yield { id, ...ok(`${campaigns.length} active, ${withLists.length} of them with own lists.`) };
  } else {
    yield {
      id,
      ...warning(
        'There is no active campaign, or this user may not read any.',
        'Create one in Dynamics (Marketing > Campaigns), or give the user prvReadCampaign at Global.',
      ),
    };
  }
}

const ACTIVE_CAMPAIGNS = readRows(
  query('campaigns', { select: CAMPAIGN_COLUMNS, filter: eq('statecode', 0), orderby: ['name'] }),
  'campaignid',
);

async function campaignChecks(
  options: SyncCheckOptions,
  identity: Identity,
  overview: readonly OverviewOfCampaign[],
): Promise<readonly Check[]> {
  const creators = overview.flatMap(({ members }) =>
    [...members.values()].flatMap((each) => (each instanceof DyncampError ? [] : [...each.keys()])),
  );
  const usersNamed = userNames(options.dataverse);
  const { userId } = identity;
  const tracker = trackCreators({ ...options, userId, userNames: usersNamed });
  const rows = [...new Set(creators)].map((id) => ({ createdBy: id === '' ? undefined : id }));
  await tracker.learn(rows);
  const silent = rows.filter((row) => tracker.says(row) === 'nothing').map(({ createdBy = '' }) => createdBy);
  const names = await usersNamed(creators.filter((id) => id !== ''));
  const flowUsers = new Set([identity.userId, ...options.flowUsers.map((id) => id.toLowerCase())]);
  const codes = codesIn(overview);
  return overview.flatMap((read) => {
    const { id: campaignId, name, code } = read.facts.campaign;
    return CAMPAIGN_CHECKS.map(({ id, check }): Check => {
      const finding = check({ ...read, names, flowUsers, silentCreators: new Set(silent) });
      // With the campaign's id in them, remedies can be pasted.
      const remedy = finding.remedy?.replaceAll('CAMPAIGN', `id:${campaignId}`);
      return { id, ...finding, remedy, campaign: { id: campaignId, name, code }, codes };
    });
  });
}

function codesIn(overview: readonly OverviewOfCampaign[]): ReadonlyMap<string, string> {
  const linked = overview.slice(0, 1).flatMap(({ facts }) => [...facts.campaignsOfList.values()].flat());
  const all = new Map([...overview.map(({ facts }) => facts.campaign), ...linked].map(({ id, code }) => [id, code]));
  const owners = groupBy([...all.keys()], (id) => (all.get(id) ?? '').toLowerCase());
  return new Map([...all].filter(([, code]) => code.trim() !== '' && owners.get(code.toLowerCase())?.length === 1));
}
