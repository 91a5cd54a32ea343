/** `POST /<tenant>/oauth2/v2.0/token`: a token for a proof, a code or an earlier token. */
import type { WireAnswer } from '../../../src/emulator/wire.ts';
import { checkProof, type ProofKind } from './client-proof.ts';
import type { Application, Directory, Person } from './directory.ts';
import { EntraRefusal, json, refusal } from './refusal.ts';
import type { SignInState } from './sign-in-state.ts';
import { clientInfo, idToken, issueToken, readToken } from './tokens.ts';

type TokenRequest = {
  form: URLSearchParams;
  /** `https://login…/<tenant>`, as the caller addressed it. */
  authority: string;
};

/** Refresh tokens live for 90 days. [documented] */
const REFRESH_LIFETIME_MS = 90 * 24 * 60 * 60 * 1000;

/** Throws EntraRefusal; either way the log gets an entry. */
export function answerTokenRequest(state: SignInState, request: TokenRequest): WireAnswer {
  const { form } = request;
  const entry = { grantType: form.get('grant_type') ?? '', applicationId: clientId(form) };
  let proof: ProofKind | undefined;
  const note = (outcome: string) => {
    state.entries.push({ ...entry, ...(proof === undefined ? {} : { proof }), outcome });
  };
  try {
    refuseAsOrdered(state);
    const application = findApplication(state, form);
    const grant = findGrant(form);
    proof = proveApplication(state, { application, request, grant });
    const body = grant(state, { application, request });
    note('granted');
    return json(200, body);
  } catch (error) {
    note(error instanceof EntraRefusal ? error.label : 'fault');
    throw error;
  }
}

function clientId(form: URLSearchParams): string {
  return form.get('client_id')?.toLowerCase() ?? '';
}

export function refuseAsOrdered(state: SignInState): void {
  const [next] = state.ordered;
  if (next === undefined) return;
  next.times -= 1;
  if (next.times <= 0) state.ordered.shift();
  throw new EntraRefusal(next);
}

export function findApplication({ directory }: SignInState, form: URLSearchParams): Application {
  const id = clientId(form);
  const application = directory.applications.get(id);
  if (application !== undefined) return application;
  throw refusal(
    'unauthorized_client',
    700016,
    `Application with identifier '${id}' was not found in the directory '${directory.tenants[0]}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  );
}

type Granting = { application: Application; request: TokenRequest };
type Grant = (state: SignInState, granting: Granting) => unknown;

/** msal sends the short name of the device code grant, RFC 8628 has the long one; Entra ID takes both. [field] */
const GRANTS: Readonly<Record<string, Grant>> = {
  client_credentials: grantToApplication,
  authorization_code: (state, granting) =>
    grantToPerson(state, granting, state.authorizationCodes.redeem(granting.request.form, granting.application.id)),
  device_code: grantByDeviceCode,
  'urn:ietf:params:oauth:grant-type:device_code': grantByDeviceCode,
  refresh_token: (state, granting) => grantToPerson(state, granting, refreshed(state, granting)),
};

function findGrant(form: URLSearchParams): Grant {
  const grant = GRANTS[form.get('grant_type') ?? ''];
  if (grant !== undefined) return grant;
  throw refusal(
    'unsupported_grant_type',
    70003,
    `The app requested an unsupported grant type '${form.get('grant_type')}'.`,
  );
}

function proveApplication(state: SignInState, { application, request, grant }: Granting & { grant: Grant }): ProofKind {
  if (application.isPublic && grant === grantToApplication) {
    throw refusal('invalid_client', 700025, 'Client is public and cannot use the client_credentials grant.');
  }
  const audiences = [`${request.authority}/oauth2/v2.0/token`, `${request.authority}/v2.0`];
  return checkProof({ application, form: request.form, nowMs: state.nowMs(), audiences });
}

function grantToApplication(state: SignInState, { application, request }: Granting): unknown {
  checkApplicationScope(request.form.get('scope') ?? '', state.directory);
  return accessToken(state, { applicationId: application.id });
}

function grantByDeviceCode(state: SignInState, granting: Granting): unknown {
  const deviceCode = granting.request.form.get('device_code') ?? '';
  return grantToPerson(state, granting, state.deviceCodes.redeem(deviceCode, granting.application.id));
}

function refreshed(state: SignInState, { application, request }: Granting): Person {
  const content = readToken(request.form.get('refresh_token') ?? '', state.nowMs(), 'refresh');
  if (content === undefined || content.applicationId !== application.id) {
    throw refusal('invalid_grant', 700082, 'The refresh token has expired due to inactivity.');
  }
  if (content.expiresAtMs <= state.refreshTokensEndAfterMs) {
    throw refusal(
      'invalid_grant',
      50173,
      'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
    );
  }
  const person = [...state.directory.people.values()].find(({ objectId }) => objectId === content.objectId);
  if (person !== undefined) return person;
  throw refusal('invalid_grant', 50034, 'The user account does not exist in the directory.');
}

function grantToPerson(state: SignInState, { application, request }: Granting, person: Person): unknown {
  const scope = checkPersonScope(request.form.get('scope') ?? '', state.directory);
  const applicationId = application.id;
  const { objectId } = person;
  const nowMs = state.nowMs();
  return {
    ...accessToken(state, { applicationId, objectId }),
    scope,
    refresh_token: issueToken({ applicationId, objectId, expiresAtMs: nowMs + REFRESH_LIFETIME_MS }, 'refresh'),
    id_token: idToken(person, { applicationId, issuer: `${request.authority}/v2.0`, nowMs }),
    client_info: clientInfo(person),
  };
}

function accessToken(state: SignInState, whom: { applicationId: string; objectId?: string }) {
  const { lifetimeSeconds } = state;
  return {
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    access_token: issueToken({ ...whom, expiresAtMs: state.nowMs() + lifetimeSeconds * 1000 }),
  };
}

// What a token is asked for: the organization, by the one resource that this tenant knows.

/** Scopes of OpenID Connect, which name no resource. */
const IDENTITY_SCOPES = ['openid', 'profile', 'email', 'offline_access'];
const LOOPBACK = /^http:\/\/(localhost|127(?:\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/** `https://contoso.crm4.dynamics.com/.default`, for applications. Throws EntraRefusal. [documented] */
function checkApplicationScope(scope: string, directory: Directory): void {
  const resource = /^(\S+)\/\.default$/.exec(scope)?.[1];
  if (resource === undefined) {
    throw refusal(
      'invalid_scope',
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  }
  checkResource(resource, directory);
}

/** `https://contoso.crm4.dynamics.com/user_impersonation`, for people. Gives it as granted. Throws EntraRefusal. */
export function checkPersonScope(scope: string, directory: Directory): string {
  const asked = scope.split(' ').filter((name) => name !== '' && !IDENTITY_SCOPES.includes(name));
  for (const name of asked) {
    const [, resource, permission] = /^(.+)\/([^/]+)$/.exec(name) ?? [];
    if (resource === undefined || (permission !== 'user_impersonation' && permission !== '.default')) {
      throw refusal(
        'invalid_scope',
        70011,
        `The provided value for the input parameter 'scope' is not valid: ${name}.`,
      );
    }
    checkResource(resource, directory);
  }
  return asked.join(' ');
}

/** Differs: any loopback origin is taken for the organization, since the emulator's port changes. */
function checkResource(resource: string, { origins, tenants }: Directory): void {
  if (LOOPBACK.test(resource) || origins.includes(resource)) return;
  throw refusal(
    'invalid_resource',
    500011,
    `The resource principal named ${resource} was not found in the tenant named ${tenants[0]}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
  );
}
