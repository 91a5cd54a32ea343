/** The identity that Azure gives to the machine this runs on. Loaded only with msal. */
import { ManagedIdentityApplication } from './msal.ts';
import { accessToken, type SignInTarget } from './msal-token-source.ts';
import { signInFailure } from './sign-in-failure.ts';
import { cachedTokens, type TokenSource } from './token-source.ts';

export type ManagedIdentity = {
  /** User-assigned identity; without it the system-assigned one. */ readonly clientId?: string | undefined;
};

/** msal's own network client is used: the identity endpoint is link-local or loopback and must never be reached through a proxy. */
export function managedIdentityTokens(
  { clientId }: ManagedIdentity,
  target: Pick<SignInTarget, 'origin' | 'clock'>,
): TokenSource {
  const who = clientId === undefined ? "this machine's managed identity" : `managed identity ${clientId}`;
  return cachedTokens(target.clock, async ({ fresh }) => {
    try {
      const application = new ManagedIdentityApplication(
        clientId === undefined ? {} : { managedIdentityIdParams: { userAssignedClientId: clientId } },
      );
      return accessToken(await application.acquireToken({ resource: target.origin, forceRefresh: fresh }));
    } catch (error) {
      throw signInFailure(error, { who, origin: target.origin });
    }
  });
}
