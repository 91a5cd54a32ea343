/** Puts the bearer token on requests to the organization, and on no others. */
import type { TokenSource } from '../auth/token-source.ts';
import { AuthenticationError, SettingsError } from '../errors.ts';
import { ONLINE_ONLY } from '../settings/organization-url.ts';
import { errorAnswer } from './error-answer.ts';
import type { HttpRequest, HttpResponse, Policy, Send } from './http.ts';
import { isMultipart } from './trouble.ts';

function withToken(request: HttpRequest, token: string): HttpRequest {
  // The message leaves the value out: it may be a secret in the wrong variable.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new AuthenticationError(
      'TOKEN_INVALID',
      'The access token is empty or has characters that are not allowed.',
      { hint: 'Check where the token comes from (DYNCAMP_ACCESS_TOKEN, or run `dyncamp login`).' },
    );
  }
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

function refused(request: HttpRequest, response: HttpResponse, isRenewed: boolean): AuthenticationError {
  const { message, ...answer } = errorAnswer(response);
  const words = message === undefined ? '' : ` ${message}`;
  return new AuthenticationError(
    'TOKEN_REFUSED',
    `${new URL(request.url).origin} refused the access token for ${request.operation}${isRenewed ? ', also after it was renewed' : ''}.${words}`,
    {
      ...answer,
      hint: isRenewed
        ? 'Check that the token is for this organization’s URL; sign in again with `dyncamp login`, or renew the secret. `dyncamp sync check` shows what is used.'
        : 'Check that the token is for this organization’s URL and has not expired; get a new one where this one came from.',
    },
  );
}

/** Windows sign-in is what a server of one's own asks for; Dataverse online asks for a bearer token. */
function refuseOnPremises(request: HttpRequest, { status, headers }: HttpResponse): void {
  if (!/\b(?:NTLM|Negotiate)\b/i.test(headers['www-authenticate'] ?? '')) return;
  throw new SettingsError(
    'ON_PREMISES',
    `${new URL(request.url).origin} asks for a Windows sign-in: it is an on-premises organization, which dyncamp cannot use.`,
    { status, hint: ONLINE_ONLY },
  );
}

/** Renews the token at most once per request. Throws FOREIGN_ORIGIN, without sending the token, for a request to another origin. */
export function authenticate(origin: string, tokens: TokenSource): Policy {
  return (next: Send) => async (request) => {
    const target = new URL(request.url).origin;
    if (target !== origin) {
      throw new SettingsError(
        'FOREIGN_ORIGIN',
        `${request.operation} would have gone to ${target}, which is not the organization ${origin}.`,
        { hint: 'The token was not sent. Check the organization URL and any proxy in between.' },
      );
    }
    const token = await tokens.token();
    const response = await next(withToken(request, token));
    if (response.status !== 401 || isMultipart(response)) return response;
    refuseOnPremises(request, response);
    const renewed = await tokens.token({ renew: true, refused: token });
    const again = await next(withToken(request, renewed));
    if (again.status === 401 && !isMultipart(again)) throw refused(request, again, renewed !== token);
    return again;
  };
}
