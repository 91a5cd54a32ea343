/** msal's network interface over an exchange that is given: so that proxies, limits and tests are the caller's. */
import { AuthError, type INetworkModule, type NetworkRequestOptions } from './msal.ts';

/** One HTTP request to a token endpoint; rejects when no answer came. */
export type Exchange = (request: {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}) => Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }>;

export function msalNetwork(exchange: Exchange): INetworkModule {
  const send = async (method: 'GET' | 'POST', url: string, options: NetworkRequestOptions | undefined) => {
    const answer = await exchange({ method, url, headers: options?.headers ?? {}, body: options?.body });
    const body = parseBody(answer.body);
    // msal takes a refused device code for a granted one without a code, and polls for it.
    if (answer.status >= 400 && url.includes('/devicecode'))
      throw new AuthError(String(body.error), '', String(body.error_description));
    return { status: answer.status, headers: { ...answer.headers }, body };
  };
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  };
}

/** A proxy's page of HTML is no JSON: msal takes it as a refusal without details. */
function parseBody(body: string) {
  try {
    return JSON.parse(body);
  } catch {
    return {
      error: 'invalid_answer',
      error_description: 'The answer was no JSON: a proxy or sign-in page may stand in between',
    };
  }
}
