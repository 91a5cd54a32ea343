/** The addresses of Entra ID that a client asks: they sign applications and people in. OAuth and the wording of Entra ID, nothing of Dataverse. */
import type { WireAnswer, WireRequest } from '../../../src/emulator/requests/wire.ts';
import {
  type Application,
  type Directory,
  findApplication,
  findPerson,
  grantedScope,
  type Person,
} from './directory.ts';
import { clientInfo, type Grants, idToken } from './grants.ts';
import { checkProof, type Proof } from './proofs.ts';
import { EntraRefusal, json, type RefusalFacts, refusal } from './refusal.ts';

/** One sign-in, as the log keeps it: no secret, no token. */
export type SignInEntry = {
  grantType: string;
  /** Absent when it did not come to that. */
  proof?: Proof;
  /** `granted` or `AADSTS…`. */
  outcome: string;
};

/** What one running identity provider knows, and what tests asked of it. */
export type SignInState = {
  nowMs: () => number;
  lifetimeSeconds: number;
  /** What clients are told to wait between two polls for a device code. Differs: nobody minds who does not. */
  deviceCodeIntervalSeconds: number;
  directory: Directory;
  grants: Grants;
  /** Refusals that a test orders for the requests to come. */
  ordered: (RefusalFacts & { times: number })[];
  entries: SignInEntry[];
};

/** `authority`: `https://login…/<tenant>`, as the caller addressed it. */
type Asked = { form: URLSearchParams; query: URLSearchParams; authority: string };

const ROUTES: Readonly<Record<string, (state: SignInState, asked: Asked) => WireAnswer>> = {
  'POST oauth2/v2.0/token': answerTokenRequest,
  'POST oauth2/v2.0/devicecode': answerDeviceCode,
  'GET oauth2/v2.0/authorize': (state, { query }) => answerAuthorize(state, query),
  'GET v2.0/.well-known/openid-configuration': (_state, { authority }) => json(200, configuration(authority)),
};

/** Undefined for what is not of an identity provider. */
export function answerSignIn(state: SignInState, request: WireRequest): WireAnswer | undefined {
  const { directory } = state;
  const { pathname, searchParams } = new URL(request.target, request.origin);
  const [, tenant = '', path] = /^\/([^/]+)\/((?:oauth2\/)?v2\.0\/[\w./-]+)$/.exec(pathname) ?? [];
  const route = ROUTES[`${request.method} ${path}`];
  if (route === undefined) return undefined;
  // The name by which the caller knows this server: behind a test's proxy it is that of the real one.
  const { host } = new URL(request.origin);
  const outer = directory.origins.find((known) => new URL(known).host === host) ?? request.origin;
  try {
    if (!directory.tenants.includes(tenant.toLowerCase()))
      throw refusal('invalid_request', 90002, `Tenant '${tenant}' not found.`);
    const form = new URLSearchParams(request.body);
    return route(state, { form, query: searchParams, authority: `${outer}/${tenant}` });
  } catch (error) {
    if (error instanceof EntraRefusal) return error.toWire(new Date(state.nowMs()));
    throw error;
  }
}

/** What a client reads to find the endpoints of an identity provider that it does not know. */
function configuration(authority: string): unknown {
  return {
    issuer: `${authority}/v2.0`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
  };
}

function refuseAsOrdered({ ordered }: SignInState): void {
  const [next] = ordered;
  if (next === undefined) return;
  next.times -= 1;
  if (next.times <= 0) ordered.shift();
  throw new EntraRefusal(next);
}

type Granting = { application: Application; asked: Asked };
type Grant = (state: SignInState, granting: Granting) => unknown;

/** msal sends the short name of the device code grant, RFC 8628 has the long one; Entra ID takes both. [field] */
const GRANTS: Readonly<Record<string, Grant>> = {
  client_credentials: (state, { application, asked }) => {
    grantedScope(state.directory, asked.form);
    return accessToken(state, application.id);
  },
  authorization_code: (state, granting) =>
    grantToPerson(state, granting, state.grants.redeemAuthorization(granting.asked.form, granting.application.id)),
  device_code: (state, granting) =>
    grantToPerson(state, granting, state.grants.redeemDeviceCode(granting.asked.form, granting.application.id)),
  refresh_token: (state, granting) => grantToPerson(state, granting, refreshed(state, granting)),
};

function answerTokenRequest(state: SignInState, asked: Asked): WireAnswer {
  const { form, authority } = asked;
  const grantType = (form.get('grant_type') ?? '').replace('urn:ietf:params:oauth:grant-type:', '');
  const entry: SignInEntry = { grantType, outcome: 'fault' };
  state.entries.push(entry);
  try {
    refuseAsOrdered(state);
    const application = findApplication(state.directory, form);
    const audiences = [`${authority}/oauth2/v2.0/token`, `${authority}/v2.0`];
    entry.proof = checkProof({ application, form, nowMs: state.nowMs(), audiences });
    const grant = GRANTS[grantType];
    if (grant === undefined) throw refusal('unsupported_grant_type', 70003, `Unsupported grant type '${grantType}'.`);
    const body = grant(state, { application, asked });
    entry.outcome = 'granted';
    return json(200, body);
  } catch (error) {
    if (error instanceof EntraRefusal) entry.outcome = `AADSTS${error.facts.code}`;
    throw error;
  }
}

function refreshed({ grants }: SignInState, { application, asked }: Granting): Person {
  const token = grants.readToken(asked.form.get('refresh_token') ?? '', 'refresh');
  if (token?.isRevoked)
    throw refusal('invalid_grant', 50173, 'The provided grant has expired due to it being revoked.');
  if (token?.applicationId === application.id && token.person !== undefined) return token.person;
  throw refusal('invalid_grant', 700082, 'The refresh token has expired due to inactivity.');
}

/** Refresh tokens live for 90 days. [documented] */
const REFRESH_LIFETIME_MS = 90 * 24 * 60 * 60 * 1000;

function grantToPerson(state: SignInState, { application, asked }: Granting, person: Person): unknown {
  const applicationId = application.id;
  const nowMs = state.nowMs();
  const expiresAtMs = nowMs + REFRESH_LIFETIME_MS;
  return {
    ...accessToken(state, applicationId, person),
    scope: grantedScope(state.directory, asked.form),
    refresh_token: state.grants.issueToken({ use: 'refresh', applicationId, person, expiresAtMs }),
    id_token: idToken(person, { applicationId, issuer: `${asked.authority}/v2.0`, nowMs }),
    client_info: clientInfo(person),
  };
}

function accessToken({ grants, lifetimeSeconds, nowMs }: SignInState, applicationId: string, person?: Person) {
  const expiresAtMs = nowMs() + lifetimeSeconds * 1000;
  return {
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    access_token: grants.issueToken({ use: 'access', applicationId, expiresAtMs, ...(person && { person }) }),
  };
}

function answerDeviceCode(state: SignInState, { form, authority }: Asked): WireAnswer {
  refuseAsOrdered(state);
  const application = findApplication(state.directory, form);
  if (!application.isPublic) checkProof({ application, form, nowMs: state.nowMs(), audiences: [] });
  grantedScope(state.directory, form);
  const { deviceCode, userCode } = state.grants.issueDeviceCode(application.id);
  // Nobody opens it: tests enter codes by decideDeviceCode.
  const address = `${new URL(authority).origin}/devicelogin`;
  return json(200, {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: address,
    // [documented: "OAuth 2.0 device authorization grant"]
    expires_in: 900,
    interval: state.deviceCodeIntervalSeconds,
    message: `To sign in, use a web browser to open the page ${address} and enter the code ${userCode} to authenticate.`,
  });
}

/** A native client's redirect address: any port of this machine, as at Entra ID. [documented: "Redirect URI … Localhost exceptions"] */
const LOOPBACK_REDIRECT = /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$)/;

/** Signs the person in and sends the browser back with a code. Without a place to go back to the refusal is a page; otherwise it travels. */
function answerAuthorize(state: SignInState, query: URLSearchParams): WireAnswer {
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!LOOPBACK_REDIRECT.test(redirectUri))
    return page(400, 'AADSTS50011: The redirect URI is not one of the application.');
  const echoed = { state: query.get('state') ?? '' };
  try {
    return formPost(redirectUri, { ...authorize(state, query, redirectUri), ...echoed });
  } catch (error) {
    if (!(error instanceof EntraRefusal)) throw error;
    state.entries.push({ grantType: 'authorize', outcome: `AADSTS${error.facts.code}` });
    return formPost(redirectUri, { error: error.facts.error, error_description: error.message, ...echoed });
  }
}

/** Differs: only the one form that msal sends is known. */
const FORM_OF_MSAL = { response_type: 'code', response_mode: 'form_post', code_challenge_method: 'S256' };

function authorize(state: SignInState, query: URLSearchParams, redirectUri: string): Readonly<Record<string, string>> {
  refuseAsOrdered(state);
  const { directory, grants } = state;
  const { id: applicationId } = findApplication(directory, query);
  for (const [name, value] of Object.entries(FORM_OF_MSAL))
    if (query.get(name) !== value)
      throw refusal('invalid_request', 900144, `The request must contain the parameter '${name}' with '${value}'.`);
  grantedScope(directory, query);
  const person = findPerson(directory, query.get('login_hint'));
  const codeChallenge = query.get('code_challenge') ?? '';
  const code = grants.issueAuthorization({ applicationId, redirectUri, codeChallenge, person });
  return { code, client_info: clientInfo(person) };
}

function page(status: number, body: string): WireAnswer {
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' }, body };
}

/** `response_mode=form_post`: a form that the browser sends on by itself. */
function formPost(action: string, fields: Readonly<Record<string, string>>): WireAnswer {
  const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  return page(200, `<form method="post" action="${escaped(action)}">${inputs.join('')}</form>`);
}
