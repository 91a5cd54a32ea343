/** Who signs in without a person, through Microsoft's library: applications, and Azure machines. Load it with `await import()`. */
import { ConfidentialClientApplication, ManagedIdentityApplication } from '@azure/msal-node';
import { AuthenticationError } from '../errors.ts';
import { authorityFor } from './authority.ts';
import { type Exchange, throughExchange } from './msal-network.ts';
import { type SignInAttempt, signInFailure } from './sign-in-failure.ts';
import { type AccessToken, cachedTokens, type TokenSource } from './token-source.ts';

export type SignInTarget = {
  /** The organization's origin: the token's audience. */
  readonly origin: string;
  readonly loginHost: string;
  readonly clock: { now(): number };
  readonly exchange: Exchange;
};

/** Read anew for each token, so that a long run picks up a rotated secret. */
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

type ApplicationSignIn = {
  readonly tenantId: string;
  readonly clientId: string;
  readonly proof: () => ApplicationProof | Promise<ApplicationProof>;
};

export function applicationTokens(signIn: ApplicationSignIn, target: SignInTarget): TokenSource {
  const attempt = { who: `app ${signIn.clientId}`, origin: target.origin };
  return cachedTokens(target.clock, async () => {
    const proof = await signIn.proof();
    try {
      // A new application object per token has no cache: token-source.ts keeps tokens.
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

type IdentityEndpoint = Pick<SignInTarget, 'origin' | 'clock'> & {
  /** The endpoint is link-local or loopback: never to be reached through a proxy. */
  readonly exchange: Exchange;
};

/** Tokens for the managed identity of this Azure machine: the user-assigned one of this id, else the system-assigned one. */
export function managedIdentityTokens(clientId: string | undefined, endpoint: IdentityEndpoint): TokenSource {
  const attempt = {
    who: clientId === undefined ? "this machine's managed identity" : `managed identity ${clientId}`,
    origin: endpoint.origin,
  };
  return cachedTokens(endpoint.clock, async ({ fresh }) => {
    try {
      const result = await throughExchange(endpoint.exchange, (networkClient) =>
        new ManagedIdentityApplication({
          ...(clientId === undefined ? {} : { managedIdentityIdParams: { userAssignedClientId: clientId } }),
          system: { networkClient },
        }).acquireToken({ resource: endpoint.origin, forceRefresh: fresh }),
      );
      return accessToken(result);
    } catch (error) {
      throw identityFailure(error, attempt);
    }
  });
}

/** Errors of the identity endpoint itself; those of Entra ID behind it are handled as everywhere. */
function identityFailure(error: unknown, attempt: SignInAttempt): Error {
  const what = `Could not sign in to ${attempt.origin} as ${attempt.who}`;
  if (error instanceof Error && Reflect.get(error, 'notSent') === true) {
    return new AuthenticationError('NO_MANAGED_IDENTITY', `${what}: this machine does not offer one.`, {
      hint: 'Only Azure machines and services have managed identities. Elsewhere, choose another way to sign in: `dyncamp profiles add`.',
    });
  }
  const failure = signInFailure(error, attempt);
  if (failure.code !== 'SIGN_IN_REFUSED') return failure;
  return new AuthenticationError(failure.code, failure.message, { hint: IDENTITY_HINT });
}

const IDENTITY_HINT =
  'Check that the identity is turned on or assigned (Azure portal > the machine or app > Identity), and its client id if it is a user-assigned one.';

export function accessToken(result: { accessToken: string; expiresOn: Date | null } | null): AccessToken {
  if (result === null || result.accessToken === '' || result.expiresOn === null) {
    throw new AuthenticationError('SIGN_IN_REFUSED', 'Microsoft Entra ID answered without an access token.');
  }
  return { token: result.accessToken, expiresAt: result.expiresOn.getTime() };
}
