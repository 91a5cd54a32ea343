/** The identity that Azure gives to the machine this runs on. Loaded only with msal. */
import { AuthenticationError } from '../errors.ts';
import { ManagedIdentityApplication } from './msal.ts';
import { type Exchange, throughExchange } from './msal-network.ts';
import { accessToken, type SignInTarget } from './msal-token-source.ts';
import { type SignInAttempt, signInFailure } from './sign-in-failure.ts';
import { cachedTokens, type TokenSource } from './token-source.ts';

export type ManagedIdentity = {
  /** User-assigned identity; without it the system-assigned one. */
  readonly clientId?: string | undefined;
};

export type IdentityEndpoint = Pick<SignInTarget, 'origin' | 'clock'> & {
  /** The endpoint is link-local or loopback: never to be reached through a proxy. */
  readonly exchange: Exchange;
};

export function managedIdentityTokens({ clientId }: ManagedIdentity, endpoint: IdentityEndpoint): TokenSource {
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

/** The identity endpoint's own troubles; those of Entra ID behind it are as everywhere. */
function identityFailure(error: unknown, attempt: SignInAttempt): Error {
  const what = `Could not sign in to ${attempt.origin} as ${attempt.who}`;
  if (error instanceof Error && Reflect.get(error, 'notSent') === true) {
    return new AuthenticationError('NO_MANAGED_IDENTITY', `${what}: nothing here gives out such identities.`, {
      hint: 'Managed identities exist on Azure machines and services only. Elsewhere choose another way of signing in: `dyncamp profiles add`.',
    });
  }
  const failure = signInFailure(error, attempt);
  if (failure.code !== 'SIGN_IN_REFUSED') return failure;
  return new AuthenticationError(failure.code, failure.message, { hint: IDENTITY_HINT });
}

const IDENTITY_HINT =
  'Check that the identity is turned on or assigned (Azure portal > the machine or app > Identity), and its client id if it is a user-assigned one.';
