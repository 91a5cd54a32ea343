/**
 * Opens a campaign for a command in two requests: user and organization, which campaign is meant,
 * its lists, and whether the user sees all rows.
 */

import { trackCapabilities } from '../dataverse/capabilities.ts';
import { call, odataEnum, query, row } from '../dataverse/odata-query.ts';
import type { Dataverse, OperationResult, Read } from '../dataverse/operation.ts';
import { readObject, readRows, rowsOf } from '../dataverse/reads.ts';
import { TURKISH } from '../dataverse/wire.ts';
import { SettingsError } from '../errors.ts';
import { parseGuid } from '../guid.ts';
import { isJsonObject, type JsonObject, textOf } from '../json.ts';
import type { Clock } from '../transport/http.ts';
import type { CampaignAccess } from './access.ts';
import { factsRead } from './facts.ts';
import { campaignSearch, chooseCampaign, parseCampaignRef } from './find.ts';
import type { CampaignFacts } from './own-lists.ts';
import { type HeldPrivileges, heldPrivileges, NEEDED_NAMES, privilegesOperation } from './privileges.ts';

export type Identity = {
  readonly organizationId: string;
  readonly organizationName: string;
  readonly userId: string;
};

export type OpenedCampaign = {
  readonly access: CampaignAccess;
  readonly identity: Identity & { readonly userName: string };
  /** CAMPAIGN as the user wrote it. */
  readonly asked: string;
  readonly facts: CampaignFacts;
  /** Undefined when the organization does not say. */
  readonly privileges: HeldPrivileges | undefined;
  readonly otherResults: readonly OperationResult[];
};

type OpenCampaignOptions = {
  readonly dataverse: Dataverse;
  readonly clock: Clock;
  /** CAMPAIGN as the user wrote it. */
  readonly campaign: string;
  /** Read along with the first reads of the campaign. */
  readonly otherReads?: readonly Read[];
  /** Throws when another organization answers than the one of the profile. */
  readonly confirmOrganization: (organizationId: string) => void;
};

export async function openCampaign(options: OpenCampaignOptions): Promise<OpenedCampaign> {
  const { dataverse, otherReads = [] } = options;
  const ref = parseCampaignRef(options.campaign);
  const [whoAmI, organization, found] = await dataverse.batch([WHO_AM_I, ORGANIZATION, campaignSearch(ref)]);
  const identity = identityOf(whoAmI, organization);
  options.confirmOrganization(identity.organizationId);
  const campaign = await chooseCampaign(dataverse, ref, rowsOf(found));
  const access = accessOf(options, identity, campaign.id);
  const read = factsRead(access, []);
  const [privileges, user, language, ...results] = await dataverse.batch([
    privilegesOperation(identity.userId, NEEDED_NAMES),
    userOperation(identity.userId),
    LANGUAGE,
    ...otherReads,
    ...read.operations,
  ]);
  access.capabilities.learn({ turkishCase: isTurkish(language) });
  return {
    access,
    asked: options.campaign,
    identity: { ...identity, userName: userNameOf(user) ?? identity.userId },
    facts: await read.read(results.slice(otherReads.length)),
    privileges: await heldPrivileges(dataverse, NEEDED_NAMES, privileges),
    otherResults: results.slice(0, otherReads.length),
  };
}

/** For a command that is about no one campaign: the user and the organization, in one request. */
export async function openOrganization(options: Omit<OpenCampaignOptions, 'campaign'>): Promise<CampaignAccess> {
  const [whoAmI, language] = await options.dataverse.batch([WHO_AM_I, LANGUAGE]);
  const identity = identityOf(whoAmI, undefined);
  options.confirmOrganization(identity.organizationId);
  const access = accessOf(options, identity, '');
  access.capabilities.learn({ turkishCase: isTurkish(language) });
  return access;
}

const accessOf = (
  { dataverse, clock }: Pick<OpenCampaignOptions, 'dataverse' | 'clock'>,
  { organizationId, userId }: Identity,
  campaignId: string,
): CampaignAccess => ({
  dataverse,
  clock,
  organizationId,
  userId,
  campaignId,
  capabilities: trackCapabilities(),
  knownCampaignIds: new Map(),
  refusedValues: new Map(),
});

export const WHO_AM_I = readObject(call('WhoAmI'), 'OrganizationId', 'UserId');
export const ORGANIZATION = readObject(
  call('RetrieveCurrentOrganization', { AccessType: odataEnum('EndpointAccessType', 'Default') }),
  'Detail',
);

/** The base language of the organization, which decides how texts are compared (U39). */
export const LANGUAGE = readRows(query('organizations', { select: ['languagecode'] }), 'languagecode');

/** Where it cannot be read, it may be. */
const isTurkish = (language: OperationResult | undefined): boolean =>
  language?.kind !== 'ok' || rowsOf(language).some(({ languagecode }) => languagecode === TURKISH);

const userOperation = (userId: string) =>
  readObject(query(row('systemusers', userId), { select: ['fullname', 'domainname'] }), 'systemuserid');

/** Throws the refusal, and SettingsError NOT_DATAVERSE for an answer without ids. */
export function identityOf(whoAmI: OperationResult | undefined, organization: OperationResult | undefined): Identity {
  const [who = {}] = rowsOf(whoAmI);
  const organizationId = guidOf(who, 'OrganizationId');
  const detail = organization?.kind === 'ok' ? organization.body?.Detail : undefined;
  const name = isJsonObject(detail) ? textOf(detail.FriendlyName) : '';
  return {
    organizationId,
    organizationName: name || organizationId,
    userId: guidOf(who, 'UserId'),
  };
}

/** Must be GUIDs: they name the journal's file and go into derived ids. */
function guidOf(row: JsonObject, name: string): string {
  const id = parseGuid(textOf(row[name]));
  if (id !== undefined) return id;
  throw new SettingsError(
    'NOT_DATAVERSE',
    `The server is not a Dynamics organization: its WhoAmI answer has no ${name}.`,
    { hint: 'Check the organization URL (Power Platform admin center > Environments > Environment URL).' },
  );
}

function userNameOf(user: OperationResult | undefined): string | undefined {
  const { fullname, domainname } = (user?.kind === 'ok' ? user.body : undefined) ?? {};
  return textOf(fullname ?? domainname) || undefined;
}
