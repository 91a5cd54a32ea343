/**
 * Organization URLs: reduces what a user copies from a browser or an app registration to the one origin that gets a token.
 */
import { SettingsError } from '../errors.ts';

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** URL has turned letters of other scripts into `xn--…`, but it allows characters (`&`, `$`, `;`) that mean something to a shell. */
const HOST_NAME = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

/** 127.0.0.0/8, ::1 and localhost, as URL.hostname writes them. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/**
 * The origin of an organization's URL: `https://contoso.crm4.dynamics.com`. A path such as /api/data/v9.2 or /main.aspx is dropped,
 * a missing scheme is https. Plain http is for loopback only. Throws SettingsError URL_INVALID; `where` names the setting.
 */
export function parseOrganizationUrl(text: string, where: string): string {
  const trimmed = text.trim();
  const url = parse(withScheme(trimmed));
  if (url === null || url.hostname === '') throw invalid(where, 'it is not a URL');
  // The text is not repeated: it may hold a password.
  if (url.username !== '' || url.password !== '') throw invalid(where, 'it contains a user name or password');
  if (isShortName(url.hostname)) throw invalid(where, `"${url.hostname}" is only the beginning of an address`);
  if (!HOST_NAME.test(url.hostname)) throw invalid(where, 'its host name has characters that are not allowed');
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw invalid(where, 'it is not https, and a token would travel unprotected');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid(where, 'it is not an https URL');
  refuseOnPremises(url, where);
  return url.origin;
}

/** What the address of an organization online goes on with when it is copied from a browser or a sample. */
const PATHS_ONLINE = new Set(['', 'main.aspx', 'default.aspx', 'api', 'apps', 'xrmservices', 'webresources', '_forms']);
/** Hosts of Dataverse online in all clouds ("Discover environments"). */
const ONLINE_HOST = /\.(?:dynamics\.com|microsoftdynamics\.us|appsplatform\.us|dynamics\.cn)$/;

export const ONLINE_ONLY =
  'dyncamp needs Dataverse online: give the URL of its environment (Power Platform admin center > Environments > Environment URL).';

/** On-premises, the organization is the first part of the path; online it is in the host name. */
function refuseOnPremises({ hostname, pathname }: URL, where: string): void {
  const [, first = ''] = pathname.split('/');
  if (ONLINE_HOST.test(hostname) || isLoopback(hostname) || PATHS_ONLINE.has(first.toLowerCase())) return;
  throw new SettingsError(
    'ON_PREMISES',
    `${where} cannot be used: a path in the address is how an on-premises server names its organization.`,
    { hint: ONLINE_ONLY },
  );
}

/** `contoso`: which region it is in remains open. */
export function isShortName(text: string): boolean {
  return /^[a-z0-9-]+$/i.test(text.trim()) && !isLoopback(text.trim());
}

function withScheme(text: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
}

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function invalid(where: string, why: string): SettingsError {
  return new SettingsError('URL_INVALID', `${where} cannot be used: ${why}.`, {
    hint: 'Give the address of the Dynamics 365 environment, e.g. https://contoso.crm4.dynamics.com (Power Platform admin center > Environments > Environment URL).',
  });
}
