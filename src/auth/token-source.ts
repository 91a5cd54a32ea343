/** Ready-made tokens, and the rules for caching tokens. This layer knows nothing of settings and HTTP requests. */

/** Throws AuthenticationError when there is no token. */
export type TokenSource = {
  /** A valid token; with `renew` another one than `refused`. */
  token(options?: { readonly renew?: boolean; readonly refused?: string }): Promise<string>;
};

/** Read anew each time: a long run goes on as long as the file is kept fresh. */
export function fixedToken(read: () => string): TokenSource {
  return { token: async () => read() };
}

/** A token and when it ends, in epoch ms. */
export type AccessToken = { readonly token: string; readonly expiresAt: number };

/** Tokens are renewed this long before they expire, so that none expires while a request is on its way. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** A token with a very short life is used for at least this part of it. */
const SHORTEST_USE = 0.5;

/**
 * Caches the token of `request` until shortly before it expires. Concurrent callers share one fetch. `fresh`: without a cached token, because
 * the last one was refused or expires soon.
 * If an early renewal fails, the old token serves until it expires.
 */
export function cachedTokens(
  clock: { now(): number },
  request: (options: { readonly fresh: boolean }) => Promise<AccessToken>,
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

  return {
    async token({ renew = false, refused } = {}) {
      if (!renew && current !== undefined && clock.now() < current.renewAt) return current.token;
      // When many requests are refused at once, the first renews the token for all.
      const known = refused !== undefined && current?.token !== refused ? current : undefined;
      if (known !== undefined && clock.now() < known.expiresAt) return known.token;
      pending ??= fetchToken(renew).finally(() => {
        pending = undefined;
      });
      return pending;
    },
  };
}
