/** Signs people in once by browser or device code, then silently from the cache. */
import { type AuthenticationResult, type INetworkModule, PublicClientApplication } from '@azure/msal-node';
import { AuthenticationError } from '../errors.ts';
import { authorityFor } from './authority.ts';
import { adviceFor, entraCode } from './entra-errors.ts';
import { throughExchange } from './msal-network.ts';
import { accessToken, type SignInTarget } from './msal-token-source.ts';
import { signInFailure } from './sign-in-failure.ts';
import { tokenCacheFile } from './token-cache-file.ts';
import { cachedTokens, type TokenSource } from './token-source.ts';

/** Microsoft's public client for Dynamics 365 tools ("Use OAuth authentication with Microsoft Dataverse", sample app id). */
const DEFAULT_CLIENT_ID = '51f81489-12ee-4a9e-aaae-a2591f45987d';
/** Any work account. */
const ANY_TENANT = 'organizations';

export type PersonSignIn = {
  readonly tenantId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly cacheFile: string;
  /** The command that signs in, for the hint, e.g. `dyncamp login --profile prod`. */
  readonly loginCommand: string;
};

/** Tokens from the cache, renewed silently. Throws AuthenticationError SIGN_IN_NEEDED when the person must sign in (again). */
export function personTokens(person: PersonSignIn, target: SignInTarget): TokenSource {
  return cachedTokens(target.clock, async ({ fresh }) => {
    try {
      return await throughExchange(target.exchange, async (network) => {
        const application = openApplication(person, target, { network });
        const [account] = await application.getTokenCache().getAllAccounts();
        if (account === undefined) throw signInNeeded(person, target, 'no one is signed in');
        return accessToken(
          await application.acquireTokenSilent({ account, scopes: scopesOf(target), forceRefresh: fresh }),
        );
      });
    } catch (error) {
      throw needsPerson(error) ? signInNeeded(person, target, whyEnded(error)) : failure(error, target);
    }
  });
}

/** Gives the user's name. `showCode` gets the address and the code to enter there. */
export function loginByDeviceCode(
  person: PersonSignIn,
  target: SignInTarget,
  showCode: (prompt: { readonly url: string; readonly code: string }) => void,
): Promise<string> {
  return login(person, target, (application) =>
    application.acquireTokenByDeviceCode({
      scopes: scopesOf(target),
      deviceCodeCallback: ({ verificationUri, userCode }) => showCode({ url: verificationUri, code: userCode }),
    }),
  );
}

/** Authorization code with PKCE: the browser comes back to a port on loopback. */
export function loginByBrowser(
  person: PersonSignIn,
  target: SignInTarget,
  openBrowser: (url: string) => Promise<void>,
): Promise<string> {
  return login(person, target, (application) =>
    application.acquireTokenInteractive({
      scopes: scopesOf(target),
      // Browsers are often signed in with another account.
      prompt: 'select_account',
      openBrowser,
      successTemplate: PAGE('You are signed in', 'You can close this window and return to the terminal.'),
      errorTemplate: PAGE('You are not signed in', 'See the terminal for the reason. You can close this window.'),
    }),
  );
}

/** The cache then holds only this account: with two it would not be clear which is meant. */
async function login(
  person: PersonSignIn,
  target: SignInTarget,
  acquire: (application: PublicClientApplication) => Promise<AuthenticationResult | null>,
): Promise<string> {
  try {
    const result = await throughExchange(target.exchange, (network) =>
      acquire(openApplication(person, target, { network, startEmpty: true })),
    );
    return result?.account?.username ?? '';
  } catch (error) {
    throw failure(error, target);
  }
}

const PAGE = (title: string, text: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${title}</title><body style="font:1.1rem system-ui;margin:4rem auto;max-width:32rem"><h1>${title}</h1><p>${text}</p></body></html>`;

function openApplication(
  { tenantId, clientId, cacheFile }: PersonSignIn,
  target: SignInTarget,
  { network, startEmpty = false }: { readonly network: INetworkModule; readonly startEmpty?: boolean },
): PublicClientApplication {
  return new PublicClientApplication({
    auth: { clientId: clientId ?? DEFAULT_CLIENT_ID, ...authorityFor(target.loginHost, tenantId ?? ANY_TENANT) },
    cache: { cachePlugin: tokenCacheFile(cacheFile, { startEmpty }) },
    system: { networkClient: network },
  });
}

function scopesOf({ origin }: SignInTarget): string[] {
  return [`${origin}/user_impersonation`];
}

/** msal's InteractionRequiredAuthError, and its codes when there is no refresh token. */
function needsPerson(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'errorCode' in error ? String(error.errorCode) : '';
  return (
    error.name === 'InteractionRequiredAuthError' ||
    ['no_tokens_found', 'invalid_grant', 'interaction_required'].includes(code)
  );
}

/** Entra ID's reason, e.g. a changed password or a new demand for multi-factor authentication. */
function whyEnded(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  const advice = adviceFor(text);
  return advice === undefined ? 'the sign-in has ended' : `${advice.message} (AADSTS${entraCode(text)})`;
}

function signInNeeded({ loginCommand }: PersonSignIn, { origin }: SignInTarget, why: string): AuthenticationError {
  return new AuthenticationError('SIGN_IN_NEEDED', `Could not sign in to ${origin}: ${why}.`, {
    hint: `Run \`${loginCommand}\`.`,
  });
}

function failure(error: unknown, target: SignInTarget): Error {
  return signInFailure(error, { who: 'a person', origin: target.origin });
}
