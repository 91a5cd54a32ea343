/** A batch part as a request of its own: full path, and the outer headers that hold for every part. */
import { randomUUID } from 'node:crypto';
import { noHttpResource } from '../errors/path-errors.ts';
import type { WireRequest } from '../wire.ts';
import type { BatchRequest } from './read-batch.ts';
import { type References, resolveBody, resolveUrl } from './references.ts';

/** Parts inherit who calls and how plug-ins are treated; preferences and conditions are their own. [inferred] */
const INHERITED = /^(?:mscrm|callerobjectid$)/;

export function partRequest(outer: WireRequest, request: BatchRequest, references: References): WireRequest {
  const inherited = Object.entries(outer.headers).filter(([name]) => INHERITED.test(name));
  return {
    method: request.method,
    target: partTarget(outer, resolveUrl(request.url, references)),
    origin: outer.origin,
    headers: { ...Object.fromEntries(inherited), ...request.headers },
    body: request.body.includes('$') ? resolveBody(request.body, references) : request.body,
  };
}

/** Absolute, rooted, or relative to the service root; of this service only. */
function partTarget(outer: WireRequest, url: string): string {
  const [origin = '', host] = /^https?:\/\/([^/]+)/i.exec(url) ?? [];
  if (host !== undefined && host.toLowerCase() !== new URL(outer.origin).host) throw noHttpResource(url);
  const rooted = url.slice(origin.length);
  if (rooted.startsWith('/')) return rooted;
  return `${outer.target.replace(/\/\$batch.*$/s, '')}/${rooted}`;
}

export function newBoundary(kind: 'batchresponse' | 'changesetresponse'): string {
  return `${kind}_${randomUUID()}`;
}
