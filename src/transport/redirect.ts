import { SettingsError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from './http.ts';

function target(location: string | undefined, base: string): string | undefined {
  try {
    return location === undefined ? undefined : new URL(location, base).origin;
  } catch {
    return undefined;
  }
}

/** The Web API never redirects: a redirect comes from a sign-in page, a moved organization or a wrong URL. Our GETs never get a 304. */
export function redirectError(request: HttpRequest, response: HttpResponse): SettingsError | undefined {
  if (response.status < 300 || response.status > 399) return undefined;
  const origin = new URL(request.url).origin;
  const to = target(response.headers.location, request.url);
  const where = to === undefined || to === origin ? '' : ` to ${to}`;
  return new SettingsError(
    'REDIRECTED',
    `${origin} answered ${request.operation} with a redirect${where}; it was not followed.`,
    {
      status: response.status,
      hint: 'Check the organization URL: it must be the environment’s own, e.g. https://contoso.crm4.dynamics.com.',
    },
  );
}
