/** A change set: one transaction, all or nothing, and one error when it fails. */
import { payloadError } from '../errors/path-errors.ts';
import { type Execution, execute, MAX_BATCHED_URL } from '../execute.ts';
import type { Instance } from '../instance.ts';
import type { WireAnswer, WireRequest } from '../wire.ts';
import { partRequest } from './part-requests.ts';
import type { BatchRequest } from './read-batch.ts';
import type { AnsweredPart } from './write-batch.ts';

export type ChangeSetRun = { outer: WireRequest; requests: readonly BatchRequest[]; execution: Execution };

/** Says which request of the set failed, and with what. */
export class ChangeSetFailure extends Error {
  readonly request: BatchRequest;

  constructor(request: BatchRequest, cause: unknown) {
    super('change set failed', { cause });
    this.request = request;
  }
}

export function runChangeSet(instance: Instance, { outer, requests, execution }: ChangeSetRun): AnsweredPart[] {
  const references = new Map<string, string>();
  return instance.store.transaction(() =>
    requests.map((request) => {
      try {
        const answer = runOne(instance, { outer, request, references, execution });
        noteReference(references, request, answer);
        return { ...(request.contentId === undefined ? {} : { contentId: request.contentId }), answer };
      } catch (error) {
        throw new ChangeSetFailure(request, error);
      }
    }),
  );
}

type One = { outer: WireRequest; request: BatchRequest; references: Map<string, string>; execution: Execution };

function runOne(instance: Instance, { outer, request, references, execution }: One): WireAnswer {
  if (request.method === 'GET') throw getInChangeSet();
  const isDoubled = request.contentId !== undefined && references.has(request.contentId);
  if (isDoubled)
    throw payloadError('', `Microsoft.OData.ODataException: The content ID '${request.contentId}' was used twice.`);
  const wire = partRequest(outer, request, references);
  return execute(instance, wire, { ...execution, isInChangeSet: true, maxUrl: MAX_BATCHED_URL });
}

function getInChangeSet() {
  return payloadError(
    '',
    "Microsoft.OData.ODataException: An invalid HTTP method 'GET' was detected for a request in a change set. Requests in change sets only support the HTTP methods 'POST', 'PUT', 'DELETE', and 'PATCH'.",
  );
}

function noteReference(references: Map<string, string>, { contentId }: BatchRequest, answer: WireAnswer): void {
  if (contentId === undefined) return;
  references.set(contentId, answer.headers['OData-EntityId'] ?? '');
}
