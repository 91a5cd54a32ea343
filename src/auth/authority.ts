/** Which Entra ID signs in for an organization: follows from its host, or from AZURE_AUTHORITY_HOST. */
import { SettingsError } from '../errors.ts';
import { isLoopback } from '../settings/organization-url.ts';

/** Dataverse's clouds (Microsoft Learn: "Dataverse discovery", national clouds) and their login hosts. */
const CLOUDS: readonly { readonly suffix: string; readonly loginHost: string }[] = [
  // GCC High and DoD.
  { suffix: '.microsoftdynamics.us', loginHost: 'https://login.microsoftonline.us' },
  { suffix: '.appsplatform.us', loginHost: 'https://login.microsoftonline.us' },
  { suffix: '.dynamics.cn', loginHost: 'https://login.partner.microsoftonline.cn' },
];
const PUBLIC_LOGIN_HOST = 'https://login.microsoftonline.com';

/**
 * An origin such as `https://login.microsoftonline.com`. `authorityHost` (AZURE_AUTHORITY_HOST) wins. An organization on loopback is a
 * test server with its own sign-in. Throws SettingsError AUTHORITY_INVALID.
 */
export function loginHost(organizationOrigin: string, authorityHost: string | undefined): string {
  if (authorityHost !== undefined) return checkedHost(authorityHost);
  const { hostname } = new URL(organizationOrigin);
  if (isLoopback(hostname)) return organizationOrigin;
  return CLOUDS.find(({ suffix }) => hostname.endsWith(suffix))?.loginHost ?? PUBLIC_LOGIN_HOST;
}

/** Secrets are sent there, so the rules of organization URLs apply. Errors leave the text out: it may hold a password. */
function checkedHost(text: string): string {
  const withScheme = text.includes('://') ? text : `https://${text}`;
  if (!URL.canParse(withScheme)) throw invalid('it is not a URL');
  const url = new URL(withScheme);
  if (url.username !== '' || url.password !== '') throw invalid('it contains a user name or password');
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return url.origin;
  if (url.protocol === 'https:') return url.origin;
  throw invalid('it is not https, and secrets would travel unprotected');
}

function invalid(why: string): SettingsError {
  return new SettingsError('AUTHORITY_INVALID', `AZURE_AUTHORITY_HOST cannot be used: ${why}.`, {
    hint: 'Give the sign-in address of your cloud, e.g. https://login.microsoftonline.us, or unset it: dyncamp then derives it from the organization’s address.',
  });
}

/** msal's `auth` fields that say where to sign in. */
type Authority = {
  readonly authority: string;
  readonly knownAuthorities?: string[];
  readonly authorityMetadata?: string;
};

/** A name that never resolves (RFC 2606): msal requires https in the authority's name, but not in its endpoints. */
const LOOPBACK_NAME = 'login.dyncamp.invalid';

/**
 * Where to sign in for a tenant. For a loopback http host (in tests) msal gets ready-made metadata, because
 * it refuses an http authority but follows given endpoints.
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

/** msal knows Microsoft's own hosts; without this it asks the public cloud about any other. */
function known(url: URL): { knownAuthorities?: string[] } {
  const isMicrosoft = /(^|\.)(microsoftonline\.(com|us)|partner\.microsoftonline\.cn)$/.test(url.hostname);
  return isMicrosoft ? {} : { knownAuthorities: [url.host] };
}
