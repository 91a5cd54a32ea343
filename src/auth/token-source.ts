/** Tokens that somebody else made, and the rules by which made tokens are kept: this layer knows nothing of settings and HTTP requests. */

/** Where access tokens come from. Throws AuthenticationError when there is none to be had. */
export type TokenSource = {
  /** A token that is valid now; with `renew` another one, because `refused` was refused. */
  token(options?: { readonly renew?: boolean; readonly refused?: string }, signal?: AbortSignal): Promise<string>;
};

/** A ready token. It is read anew each time, so that whoever keeps its file fresh keeps a long run going. */
export function fixedToken(read: () => string): TokenSource {
  return { token: async () => read() };
}

/** A token and when it ends, in epoch ms. */
export type AccessToken = { readonly token: string; readonly expiresAt: number };

/** `fresh`: the last token was refused or ends soon, so one from a cache is not wanted. */
export type TokenRequest = { readonly fresh: boolean };

/** A token is renewed this long before its end, so that none ends while a request is on its way. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** A token with a life so short that it would always be renewed is used for this part of it. */
const SHORTEST_USE = 0.5;

/**
 * Keeps the token of `request` until shortly before its end. Callers who come while one is being fetched share that one.
 * If renewing early fails, the old token serves until its end.
 */
export function cachedTokens(
  clock: { now(): number },
  request: (options: TokenRequest) => Promise<AccessToken>,
): TokenSource {
  let current: (AccessToken & { readonly renewAt: number }) | undefined;
  let pending: Promise<string> | undefined;

  const fetchToken = async (isRefused: boolean): Promise<string> => {
    try {
      const { token, expiresAt } = await request({ fresh: isRefused || current !== undefined });
      const now = clock.now();
      current = {
        token,
        expiresAt,
        renewAt: Math.max(expiresAt - RENEW_BEFORE_MS, now + (expiresAt - now) * SHORTEST_USE),
      };
      return token;
    } catch (error) {
      if (!isRefused && current !== undefined && clock.now() < current.expiresAt) return current.token;
      throw error;
    }
  };

  const isRenewed = ({ token, expiresAt }: AccessToken, refused: string): boolean =>
    token !== refused && clock.now() < expiresAt;

  return {
    async token({ renew = false, refused } = {}, signal) {
      if (!renew && current !== undefined && clock.now() < current.renewAt) return current.token;
      // Of many requests that were refused at once, the first has renewed it for all.
      if (refused !== undefined && current !== undefined && isRenewed(current, refused)) return current.token;
      // It gets no signal of one caller's: the others who wait for it would lose it.
      pending ??= fetchToken(renew).finally(() => {
        pending = undefined;
      });
      return signal === undefined ? pending : untilAborted(pending, signal);
    },
  };
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
