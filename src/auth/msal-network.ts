/** msal's network interface over the caller's exchange, so that our proxies and limits apply. */
import { setTimeout } from 'node:timers/promises';
import { AuthError, type INetworkModule, type NetworkRequestOptions } from '@azure/msal-node';

/** One HTTP request to a token endpoint; rejects when no answer came. */
export type Exchange = (request: {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}) => Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }>;

type NetworkOptions = {
  /** Waits before the next poll for a device code after a `slow_down`. Default: a timer. */
  readonly sleep?: (ms: number) => Promise<void>;
};

/** RFC 8628 §3.5: `slow_down` makes the interval five seconds longer. */
const SLOW_DOWN_MS = 5_000;

export function msalNetwork(exchange: Exchange, { sleep = setTimeout }: NetworkOptions = {}): INetworkModule {
  const send = async (method: 'GET' | 'POST', url: string, options: NetworkRequestOptions | undefined) => {
    const answer = await exchange({ method, url, headers: options?.headers ?? {}, body: options?.body });
    const body = parseBody(answer.body);
    if (answer.status >= 400 && isDeviceCodeRequest(url, options?.body)) {
      // msal does not know slow_down and would give up.
      if (body.error === 'slow_down') {
        await sleep(SLOW_DOWN_MS);
        body.error = 'authorization_pending';
      }
      // msal takes a refused device code for a granted one without a code, and drops the reason of a refused poll.
      if (body.error !== 'authorization_pending')
        throw new AuthError(String(body.error), '', String(body.error_description));
    }
    return { status: answer.status, headers: { ...answer.headers }, body };
  };
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  };
}

/** msal turns every network failure into a "network_error" without a reason; this rethrows the original. */
export async function throughExchange<T>(exchange: Exchange, use: (network: INetworkModule) => Promise<T>): Promise<T> {
  let lost: unknown;
  const network = msalNetwork(async (request) => {
    lost = undefined;
    try {
      return await exchange(request);
    } catch (error) {
      lost = error;
      throw error;
    }
  });
  try {
    return await use(network);
  } catch (error) {
    throw lost ?? error;
  }
}

function isDeviceCodeRequest(url: string, body: string | undefined): boolean {
  return new URL(url).pathname.endsWith('/devicecode') || new URLSearchParams(body).has('device_code');
}

/** msal takes a proxy's HTML page as a refusal without details. */
function parseBody(body: string) {
  try {
    return JSON.parse(body);
  } catch {
    return {
      error: 'invalid_answer',
      error_description: 'The answer is not JSON: a proxy or a sign-in page may be in between',
    };
  }
}
