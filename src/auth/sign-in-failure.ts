/** Turns failures at the token endpoint into our errors: refused (exit 4), or not reachable for now (exit 75). */
import { AuthenticationError, DyncampError, messageOf, TemporaryError } from '../errors.ts';
import { adviceFor, correlationId, entraCode } from './entra-errors.ts';

export type SignInAttempt = {
  /** Who signs in, e.g. `app 1234…` or `this person`. */
  readonly who: string;
  readonly origin: string;
};

/** Codes of Entra ID that mean "later" (Microsoft Learn: error codes 90033, 90055, 50196 and 429). */
const PASSING_CODES = new Set(['90033', '90055', '50196', '90006', '90012', '90024']);
/** msal's own codes for a request that got no answer. */
const NETWORK_CODES = new Set([
  'network_error',
  'request_timeout',
  'no_network_connectivity',
  'endpoints_resolution_error',
  'openid_config_error',
]);

/** msal's texts may quote the request, so the message repeats only Entra's first line. */
export function signInFailure(thrown: unknown, attempt: SignInAttempt): DyncampError {
  if (thrown instanceof DyncampError) return thrown;
  const text = messageOf(thrown);
  const what = `Could not sign in to ${attempt.origin} as ${attempt.who}`;
  const advice = adviceFor(text);
  if (advice !== undefined) {
    // What comes after the first sentence is advice, and ours is nearer to dyncamp.
    const [words = ''] = firstLine(text).split(/\.\s/);
    return new AuthenticationError(advice.code, `${what}: ${advice.message} (${words}${reference(text)}).`, {
      hint: advice.hint,
    });
  }
  if (isPassing(thrown, text)) {
    return new TemporaryError(
      'SIGN_IN_UNREACHABLE',
      `${what}: Microsoft Entra ID did not answer (${firstLine(text)}).`,
      {
        hint: 'Run the same command again. Behind a proxy set HTTPS_PROXY; for a private certificate authority NODE_EXTRA_CA_CERTS.',
      },
    );
  }
  return new AuthenticationError('SIGN_IN_REFUSED', `${what}: ${firstLine(text)}${reference(text)}.`, {
    hint: 'Check tenant id, client id and secret or certificate of the app registration (Microsoft Entra admin center > App registrations).',
  });
}

function isPassing(thrown: unknown, text: string): boolean {
  if (PASSING_CODES.has(entraCode(text) ?? '')) return true;
  // transport/http.ts's names for a lost exchange; msal has its codes in `errorCode`.
  if (thrown instanceof Error && (thrown.name === 'UnknownResultError' || thrown.name === 'TimeoutError')) return true;
  const errorCode = thrown instanceof Error && 'errorCode' in thrown ? String(thrown.errorCode) : '';
  return NETWORK_CODES.has(errorCode) || errorCode === 'temporarily_unavailable' || errorCode === 'server_error';
}

/** By it an administrator finds the sign-in, so it is given whole. */
function reference(text: string): string {
  const id = correlationId(text);
  return id === undefined ? '' : `; correlation id ${id}`;
}

const LONGEST_LINE = 300;

/**
 * What Entra says, without what msal puts before it (`invalid_request: Error(s): 900144 - Timestamp: … - Description: `) and behind it
 * (links to its own manual), and without trace and correlation ids.
 */
function firstLine(text: string): string {
  const said = /\bAADSTS\d+:.*/.exec(text)?.[0] ?? text.replace(/^[a-z_]+: /, '');
  const line = said.split(/\r?\n|\.? See https?:| - (?:Correlation|Trace) ID:| Trace ID:/)[0] ?? '';
  return line.trim().replace(/\.$/, '').slice(0, LONGEST_LINE);
}
