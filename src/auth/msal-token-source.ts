/** Applications sign in through Microsoft's library. Load it with `await import()`. */

import { AuthenticationError } from '../errors.ts';
import { authorityFor } from './authority.ts';
import { ConfidentialClientApplication } from './msal.ts';
import { type Exchange, throughExchange } from './msal-network.ts';
import { signInFailure } from './sign-in-failure.ts';
import { type AccessToken, cachedTokens, type TokenSource } from './token-source.ts';

export type SignInTarget = {
  /** The organization's origin: the token's audience. */
  readonly origin: string;
  /** From loginHost(). */
  readonly loginHost: string;
  readonly clock: { now(): number };
  readonly exchange: Exchange;
};

/** How an application proves itself: read anew for each token, so that a rotated secret is picked up in a long run. */
export type ApplicationProof =
  | { readonly clientSecret: string }
  | { readonly clientAssertion: string }
  | {
      readonly clientCertificate: {
        readonly thumbprintSha256: string;
        readonly privateKey: string;
        readonly x5c: string;
      };
    };

export type ApplicationSignIn = {
  readonly tenantId: string;
  readonly clientId: string;
  readonly proof: () => ApplicationProof | Promise<ApplicationProof>;
};

/** Tokens for an application: client secret, certificate or federated token. */
export function applicationTokens(signIn: ApplicationSignIn, target: SignInTarget): TokenSource {
  const attempt = { who: `app ${signIn.clientId}`, origin: target.origin };
  return cachedTokens(target.clock, async () => {
    const proof = await signIn.proof();
    try {
      // A new application object for each token holds no cache: keeping tokens is token-source.ts's part.
      const result = await throughExchange(target.exchange, (networkClient) =>
        new ConfidentialClientApplication({
          auth: { clientId: signIn.clientId, ...proof, ...authorityFor(target.loginHost, signIn.tenantId) },
          system: { networkClient },
        }).acquireTokenByClientCredential({ scopes: [`${target.origin}/.default`] }),
      );
      return accessToken(result);
    } catch (error) {
      throw signInFailure(error, attempt);
    }
  });
}

/** msal's answer as ours. */
export function accessToken(result: { accessToken: string; expiresOn: Date | null } | null): AccessToken {
  if (result === null || result.accessToken === '' || result.expiresOn === null) {
    throw new AuthenticationError('SIGN_IN_REFUSED', 'Microsoft Entra ID answered without an access token.');
  }
  return { token: result.accessToken, expiresAt: result.expiresOn.getTime() };
}
