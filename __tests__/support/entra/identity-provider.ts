/**
 * A fake Entra ID on the port of an emulator: signs applications and people in and issues the tokens that its Web API accepts. Knows OAuth and the
 * wording of Entra ID, nothing of Dataverse. Codes live in this process, tokens prove themselves.
 */
import type { WireAnswer, WireRequest } from '../../../src/emulator/wire.ts';
import { firstPerson } from './directory.ts';
import { EntraRefusal, json, refusal } from './refusal.ts';
import { openSignInState, type SignInOptions, type SignInState } from './sign-in-state.ts';
import { answerTokenRequest, checkPersonScope, findApplication, refuseAsOrdered } from './token-endpoint.ts';
import { clientInfo } from './tokens.ts';

type IdentityProvider = {
  state: SignInState;
  /** Undefined for what is not of an identity provider. */
  answer(request: WireRequest): WireAnswer | undefined;
};

export function openIdentityProvider(options: SignInOptions): IdentityProvider {
  const state = openSignInState(options);
  return {
    state,
    answer(request) {
      const { pathname, searchParams } = new URL(request.target, request.origin);
      const [, tenant, path] =
        /^\/([^/]+)\/(oauth2\/v2\.0\/\w+|v2\.0\/\.well-known\/openid-configuration)$/.exec(pathname) ?? [];
      const route = ROUTES[`${request.method} ${path}`];
      if (tenant === undefined || route === undefined) return undefined;
      const authority = `${outerOrigin(state, request)}/${tenant}`;
      return refusing(state, () => {
        requireTenant(state, tenant);
        return route(state, { form: new URLSearchParams(request.body), query: searchParams, authority });
      });
    },
  };
}

type Asked = { form: URLSearchParams; query: URLSearchParams; authority: string };

const ROUTES: Readonly<Record<string, (state: SignInState, asked: Asked) => WireAnswer>> = {
  'POST oauth2/v2.0/token': answerTokenRequest,
  'POST oauth2/v2.0/devicecode': answerDeviceCode,
  'GET oauth2/v2.0/authorize': (state, { query }) => answerAuthorize(state, query),
  'GET v2.0/.well-known/openid-configuration': (_state, { authority }) => json(200, configuration(authority)),
};

function refusing(state: SignInState, answer: () => WireAnswer): WireAnswer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof EntraRefusal) return error.toWire(new Date(state.nowMs()));
    throw error;
  }
}

/** The name by which the caller knows this server: behind a test's proxy it is that of the real one. */
function outerOrigin({ directory }: SignInState, { origin }: WireRequest): string {
  const { host } = new URL(origin);
  return directory.origins.find((known) => new URL(known).host === host) ?? origin;
}

function requireTenant({ directory }: SignInState, tenant: string): void {
  if (directory.tenants.includes(tenant.toLowerCase())) return;
  if (!/^[a-z0-9.-]+$/i.test(tenant) || !/[.-]/.test(tenant)) {
    throw refusal(
      'invalid_request',
      900023,
      `Specified tenant identifier '${tenant}' is neither a valid DNS name, nor a valid external domain.`,
    );
  }
  throw refusal(
    'invalid_request',
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  );
}

function answerDeviceCode(state: SignInState, { form, authority }: Asked): WireAnswer {
  refuseAsOrdered(state);
  const application = findApplication(state, form);
  if (!application.isPublic) {
    throw refusal(
      'invalid_client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }
  checkPersonScope(form.get('scope') ?? '', state.directory);
  const { deviceCode, userCode, expiresInSeconds } = state.deviceCodes.issue(application.id);
  // Nobody opens it: tests enter codes by decideDeviceCode.
  const address = `${new URL(authority).origin}/devicelogin`;
  return json(200, {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: address,
    expires_in: expiresInSeconds,
    interval: state.deviceCodeIntervalSeconds,
    message: `To sign in, use a web browser to open the page ${address} and enter the code ${userCode} to authenticate.`,
  });
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

// `GET /<tenant>/oauth2/v2.0/authorize`: signs the person in and sends the browser back with a code.

/** A native client's redirect address: any port of this machine, as at Entra ID. [documented: "Redirect URI … Localhost exceptions"] */
const LOOPBACK_REDIRECT = /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$)/;

/** Without a place to go back to the refusal is a page; otherwise it travels to the client. */
function answerAuthorize(state: SignInState, query: URLSearchParams): WireAnswer {
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!LOOPBACK_REDIRECT.test(redirectUri)) {
    return page(400, 'AADSTS50011: The redirect URI is not one of the application.');
  }
  const echoed = { state: query.get('state') ?? '' };
  try {
    return formPost(redirectUri, { ...authorize(state, query, redirectUri), ...echoed });
  } catch (error) {
    if (!(error instanceof EntraRefusal)) throw error;
    state.entries.push({ grantType: 'authorize', applicationId: query.get('client_id') ?? '', outcome: error.label });
    return formPost(redirectUri, { error: error.facts.error, error_description: error.description, ...echoed });
  }
}

function authorize(state: SignInState, query: URLSearchParams, redirectUri: string): Readonly<Record<string, string>> {
  refuseAsOrdered(state);
  const application = findApplication(state, query);
  requireParameter(query, 'response_type', 'code');
  requireParameter(query, 'response_mode', 'form_post');
  requireParameter(query, 'code_challenge_method', 'S256');
  checkPersonScope(query.get('scope') ?? '', state.directory);
  const named = state.directory.people.get(query.get('login_hint') ?? '');
  const person = named ?? firstPerson(state.directory);
  const codeChallenge = query.get('code_challenge') ?? '';
  const code = state.authorizationCodes.issue({ applicationId: application.id, redirectUri, codeChallenge, person });
  return { code, client_info: clientInfo(person) };
}

/** Differs: only the one form that msal sends is known. */
function requireParameter(query: URLSearchParams, name: string, value: string): void {
  if (query.get(name) === value) return;
  throw refusal('invalid_request', 900144, `The request must contain the parameter '${name}' with '${value}'.`);
}

function page(status: number, body: string): WireAnswer {
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' }, body };
}

/** `response_mode=form_post`: a form that the browser sends on by itself. */
function formPost(action: string, fields: Readonly<Record<string, string>>): WireAnswer {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return page(200, `<form method="post" action="${escapeHtml(action)}">${inputs.join('')}</form>`);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
