/** Which Entra ID signs in for an organization: follows from its host, or from AZURE_AUTHORITY_HOST. */

/** Dataverse's clouds (Microsoft Learn: "Dataverse discovery", national clouds) and their login hosts. */
const CLOUDS: readonly { readonly suffix: string; readonly loginHost: string }[] = [
  // GCC High and DoD.
  { suffix: '.microsoftdynamics.us', loginHost: 'https://login.microsoftonline.us' },
  { suffix: '.appsplatform.us', loginHost: 'https://login.microsoftonline.us' },
  { suffix: '.dynamics.cn', loginHost: 'https://login.partner.microsoftonline.cn' },
];
const PUBLIC_LOGIN_HOST = 'https://login.microsoftonline.com';

/** `https://login.microsoftonline.com`, without a path. `authorityHost` (AZURE_AUTHORITY_HOST) wins. */
export function loginHost(organizationOrigin: string, authorityHost: string | undefined): string {
  if (authorityHost !== undefined) return new URL(withScheme(authorityHost)).origin;
  const host = new URL(organizationOrigin).hostname;
  return CLOUDS.find(({ suffix }) => host.endsWith(suffix))?.loginHost ?? PUBLIC_LOGIN_HOST;
}

function withScheme(text: string): string {
  return text.includes('://') ? text : `https://${text}`;
}

/** msal's `auth` fields that say where to sign in. */
export type Authority = {
  readonly authority: string;
  readonly knownAuthorities?: string[];
  readonly authorityMetadata?: string;
};

/** A name that never resolves (RFC 2606): msal wants https in the authority's own name, whatever the endpoints are. */
const LOOPBACK_NAME = 'login.dyncamp.invalid';

/**
 * Where to sign in for a tenant. A loopback http host (the emulator with --sign-in, tests) is given to msal as ready metadata, since
 * msal refuses an http authority but follows the endpoints it is given.
 */
export function authorityFor(host: string, tenantId: string): Authority {
  const url = new URL(host);
  if (url.protocol === 'https:') return { authority: `${host}/${tenantId}`, ...known(url) };
  const base = `${host}/${tenantId}`;
  return {
    authority: `https://${LOOPBACK_NAME}/${tenantId}`,
    knownAuthorities: [LOOPBACK_NAME],
    authorityMetadata: JSON.stringify({
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
      issuer: `https://${LOOPBACK_NAME}/${tenantId}/v2.0`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    }),
  };
}

/** Microsoft's own hosts msal knows; another one must be named or msal asks the public cloud about it. */
function known(url: URL): { knownAuthorities?: string[] } {
  const isMicrosoft = /(^|\.)(microsoftonline\.(com|us)|partner\.microsoftonline\.cn)$/.test(url.hostname);
  return isMicrosoft ? {} : { knownAuthorities: [url.host] };
}
