/** `GET /<tenant>/oauth2/v2.0/authorize`: signs the person in and sends the browser back with a code. */
import type { WireAnswer } from '../../../src/emulator/wire.ts';
import { firstPerson } from './directory.ts';
import { clientInfo } from './id-token.ts';
import { escapeHtml, formPost, page } from './pages.ts';
import { EntraRefusal, refusal } from './refusal.ts';
import { checkPersonScope } from './scope.ts';
import type { SignInState } from './sign-in-state.ts';
import { findApplication, refuseAsOrdered } from './token-endpoint.ts';

/** A native client's redirect address: any port of this machine, as at Entra ID. [documented: "Redirect URI … Localhost exceptions"] */
const LOOPBACK_REDIRECT = /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$)/;

/** Without a place to go back to the refusal is a page; otherwise it travels to the client. */
export function answerAuthorize(state: SignInState, query: URLSearchParams): WireAnswer {
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!LOOPBACK_REDIRECT.test(redirectUri)) {
    const wrong = refusal('invalid_client', 50011, 'The redirect URI is not one of the application.');
    return page(400, 'Sorry, but we’re having trouble signing you in.', `<p>${escapeHtml(wrong.description)}</p>`);
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
