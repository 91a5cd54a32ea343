/** The first request: does the URL answer, does the sign-in hold, whose organization is it and of which version. */
import { call } from '../dataverse/odata-query.ts';
import type { Dataverse, OperationResult } from '../dataverse/operation.ts';
import { readObject } from '../dataverse/reads.ts';
import { AuthenticationError, DyncampError, PrivilegeError, SettingsError, TemporaryError } from '../errors.ts';
import { type Identity, identityOf, ORGANIZATION, WHO_AM_I } from '../membership/open-session.ts';
import { type Check, notChecked, notReached, ok, problem, warning } from './check.ts';

export type ConnectionOptions = {
  readonly dataverse: Dataverse;
  /** How the sign-in is set up, in words: `profile "prod", by client secret`. */
  readonly signIn: string;
  /** The organization id that the profile was added for. */
  readonly pinnedOrganizationId: string | undefined;
  /** Throws a DyncampError when another organization answers than the pinned one. */
  readonly confirmOrganization: (organizationId: string) => void;
};

export type ConnectionChecked = {
  readonly checks: readonly Check[];
  /** Undefined when nothing further can be asked; `failedId` is then the check that failed. */
  readonly identity: Identity | undefined;
  readonly failedId: string;
};

const VERSION = readObject(call('RetrieveVersion'), 'Version');
const ORDER = ['connection', 'sign-in', 'user', 'organization', 'version'] as const;
type ConnectionId = (typeof ORDER)[number];

/** `user` is among the checks only when it failed here: otherwise its name is still to be read. Throws SettingsError and faults. */
export async function checkConnection(options: ConnectionOptions): Promise<ConnectionChecked> {
  const { dataverse, signIn } = options;
  const answered = [ok('connection', `${dataverse.origin} answers.`), ok('sign-in', `Signed in: ${signIn}.`)];
  let results: readonly OperationResult[];
  let identity: Identity;
  try {
    results = await dataverse.batch([WHO_AM_I, ORGANIZATION, VERSION]);
    identity = identityOf(results[0], results[1]);
  } catch (error) {
    return failed(error, answered);
  }
  const organization = checkOrganization(options, identity);
  if (organization.status === 'problem') {
    const rest = notReached(['user', 'version'], 'organization');
    return { checks: [...answered, organization, ...rest], identity: undefined, failedId: 'organization' };
  }
  return { checks: [...answered, organization, checkVersion(results[2])], identity, failedId: '' };
}

function checkOrganization(options: ConnectionOptions, identity: Identity): Check {
  const { organizationId, organizationName } = identity;
  try {
    options.confirmOrganization(organizationId);
  } catch (error) {
    if (error instanceof DyncampError) return problem('organization', error.message, error.hint);
    throw error;
  }
  const pinned = options.pinnedOrganizationId === undefined ? '' : ', as pinned in the profile';
  const name = organizationName === organizationId ? '' : `"${organizationName}", `;
  return ok('organization', `${name}id ${organizationId}${pinned}.`);
}

/** The Web API version in our paths came with 9.2; 9.0 and 9.1 answer to it on current servers. */
const LEAST_MAJOR = 9;

function checkVersion(result: OperationResult | undefined): Check {
  const version = result?.kind === 'ok' ? result.body?.Version : undefined;
  if (typeof version !== 'string') return notChecked('version', 'The organization did not tell its version.');
  if (Number.parseInt(version, 10) >= LEAST_MAJOR) return ok('version', `Dataverse ${version}.`);
  return warning(
    'version',
    `Dataverse ${version}; dyncamp is made for ${LEAST_MAJOR}.x.`,
    'Ask your administrator for an update; until then try with --dry-run first.',
  );
}

/** Settings errors that the server's side of the line shows. */
const NO_ANSWER: ReadonlySet<string> = new Set(['CERTIFICATE_NOT_TRUSTED', 'NOT_DATAVERSE']);

/** Which of the first checks an error is about. The codes are those of transport, auth and dataverse. */
function failedIdOf(error: DyncampError): ConnectionId | undefined {
  const isUser = error.code === 'USER_NOT_IN_ORGANIZATION' || error.code === 'USER_DISABLED';
  if (error instanceof PrivilegeError || isUser) return 'user';
  if (error instanceof AuthenticationError) return 'sign-in';
  if (error instanceof TemporaryError) return error.code === 'SIGN_IN_UNREACHABLE' ? 'sign-in' : 'connection';
  // Settings that contradict each other or are incomplete are for the user of the command, not a finding.
  if (error instanceof SettingsError && !NO_ANSWER.has(error.code)) return undefined;
  return 'connection';
}

function failed(error: unknown, answered: readonly Check[]): ConnectionChecked {
  const id = error instanceof DyncampError ? failedIdOf(error) : undefined;
  if (!(error instanceof DyncampError) || id === undefined) throw error;
  const place = ORDER.indexOf(id);
  // A token is fetched before the organization is asked anything, unless it was the organization that refused it.
  const before =
    id === 'sign-in' && error.code !== 'TOKEN_REFUSED' ? [notChecked('connection', BEFORE_SIGN_IN)] : answered;
  const checks = [
    ...before.slice(0, place),
    problem(id, error.message, error.hint),
    ...notReached(ORDER.slice(place + 1), id),
  ];
  return { checks, identity: undefined, failedId: id };
}

const BEFORE_SIGN_IN = 'The organization is asked only with a token, and there is none.';
