/** A change set: one transaction, all or nothing, and one error when it fails. Its requests may refer to one another by Content-ID. */

import { refuse } from '../errors/errors.ts';
import type { Instance } from '../instance.ts';
import { type Execution, execute, MAX_BATCHED_URL } from '../requests/execute.ts';
import type { WireRequest } from '../requests/wire.ts';
import type { BatchRequest } from './read-batch.ts';
import type { AnsweredPart } from './write-batch.ts';

export class ChangeSetFailure extends Error {
  readonly request: BatchRequest;

  constructor(request: BatchRequest, cause: unknown) {
    super('change set failed', { cause });
    this.request = request;
  }
}

export function runChangeSet(
  instance: Instance,
  { outer, requests, execution }: { outer: WireRequest; requests: readonly BatchRequest[]; execution: Execution },
): AnsweredPart[] {
  const references = new Map<string, string>();
  return instance.store.transaction(() =>
    requests.map((request) => {
      const { method, contentId } = request;
      try {
        if (method === 'GET')
          throw refuse.odataException(
            "An invalid HTTP method 'GET' was detected for a request in a change set. Requests in change sets only support the HTTP methods 'POST', 'PUT', 'DELETE', and 'PATCH'.",
          );
        if (contentId !== undefined && references.has(contentId))
          throw refuse.odataException(`The content ID '${contentId}' was used twice.`);
        const part = partRequest(outer, request, references);
        const answer = execute(instance, part, { ...execution, isInChangeSet: true, maxUrl: MAX_BATCHED_URL });
        if (contentId !== undefined) references.set(contentId, answer.headers['OData-EntityId'] ?? '');
        return { contentId, answer };
      } catch (error) {
        throw new ChangeSetFailure(request, error);
      }
    }),
  );
}

/** Content-ID → the URL of the row that its request made or changed: `$1` at the start of a URL, or the value of a bind in a body. */
type References = ReadonlyMap<string, string>;

export function resolveUrl(url: string, references: References): string {
  const [, name, rest = ''] = /^\/?\$([\w.-]+)(.*)$/s.exec(url) ?? [];
  // `$batch` and `$metadata` are paths of their own right.
  if (name === undefined || name === 'batch' || name === 'metadata') return url;
  return `${lookUp(name, references)}${rest}`;
}

/** Replaces `"…@odata.bind": "$1"` and `"@odata.id": "$1"` anywhere in a JSON body. */
export function resolveBody(body: string, references: References): string {
  return body.replace(/("[^"]*@odata\.(?:bind|id)"\s*:\s*")\/?\$([\w.-]+)(?=")/g, (_all, before, name) => {
    return `${before}${lookUp(String(name), references)}`;
  });
}

function lookUp(name: string, references: References): string {
  const url = references.get(name);
  if (url !== undefined && url !== '') return url;
  throw refuse.noContentId(`$${name}`);
}

/** Parts inherit who calls and how plug-ins are treated; preferences and conditions are their own. [inferred] */
const INHERITED = /^(?:mscrm|callerobjectid$)/;

/** A batch part as a request of its own: full path, and the outer headers that hold for every part. */
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
  if (host !== undefined && host.toLowerCase() !== new URL(outer.origin).host) throw refuse.noHttpResource(url);
  const rooted = url.slice(origin.length);
  if (rooted.startsWith('/')) return rooted;
  return `${outer.target.replace(/\/\$batch.*$/s, '')}/${rooted}`;
}
