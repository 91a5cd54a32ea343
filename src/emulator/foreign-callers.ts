/**
 * Who may talk to the emulator besides programs: pages of its own origin only. Any page in a browser can send requests to loopback, and by
 * rebinding its own name to 127.0.0.1 it can read the answers too; its name then stands in Host.
 */
import type { WireAnswer, WireRequest } from './wire.ts';

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/** `knownOrigins`: names under which whoever started this emulator lets the API be known. Undefined: the caller may be answered. */
export function refuseForeignCaller(request: WireRequest, knownOrigins: readonly string[]): WireAnswer | undefined {
  const { host = '', origin } = request.headers;
  const known = knownOrigins.find((each) => new URL(each).host === host.toLowerCase());
  if (!LOOPBACK_HOST.test(host) && known === undefined)
    return refusal(`the host "${host}" is not this machine: use http://127.0.0.1 or http://localhost`);
  if (origin !== undefined && origin !== `http://${host}` && origin !== known)
    return refusal(`the page at "${origin}" is of another origin`);
  return undefined;
}

/** The admin routes need no token: a page of another origin may not even have them asked (an image, a link). */
export function refuseForeignPage(request: WireRequest): WireAnswer | undefined {
  const { 'sec-fetch-site': site = 'none' } = request.headers;
  const isForeign = site !== 'same-origin' && site !== 'none';
  return refuseForeignCaller(request, []) ?? (isForeign ? refusal('only pages of its own origin may ask') : undefined);
}

/** Differs: Dataverse has no such refusal; its names are its own. */
function refusal(why: string): WireAnswer {
  return {
    status: 403,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ error: { code: '', message: `The emulator does not answer: ${why}.` } }),
  };
}
