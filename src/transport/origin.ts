/** Organization URLs: whatever a user copies from a browser or an app registration, reduced to the origin that may be given a token. */
import { SettingsError } from '../errors.ts';

/** 127.0.0.0/8, ::1 and localhost, as URL.hostname writes them. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

function parseUrl(text: string): URL {
  const trimmed = text.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  try {
    return new URL(withScheme);
  } catch {
    // The cause would repeat the text, which may hold a password.
    throw new SettingsError('ORGANIZATION_URL_INVALID', 'The organization URL is no URL.', {
      hint: 'Give it as in the browser, e.g. https://contoso.crm4.dynamics.com.',
    });
  }
}

/**
 * The origin of an organization URL: `https://contoso.crm4.dynamics.com/api/data/v9.2/`, `…/XRMServices/2011/Organization.svc` and
 * `contoso.crm4.dynamics.com` all give `https://contoso.crm4.dynamics.com`.
 * @throws SettingsError for anything that is no http(s) URL, holds a user name, or is plain http beyond loopback.
 */
export function parseOrigin(text: string): string {
  const url = parseUrl(text);
  if (url.username !== '' || url.password !== '') {
    throw new SettingsError(
      'ORGANIZATION_URL_INVALID',
      `The organization URL for ${url.host} holds a user name or password.`,
      {
        hint: 'Leave them out; sign-in is set up apart from the URL.',
      },
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new SettingsError('ORGANIZATION_URL_INVALID', `The organization URL begins with "${url.protocol}".`, {
      hint: 'Give it as in the browser, e.g. https://contoso.crm4.dynamics.com.',
    });
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new SettingsError(
      'ORGANIZATION_URL_INSECURE',
      `Plain http is not accepted for ${url.host}: tokens would be readable on the way.`,
      {
        hint: `Use https://${url.host}.`,
      },
    );
  }
  return url.origin;
}
