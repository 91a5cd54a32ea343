/** The items of a batch request, or why it cannot be read. */
import { answerError } from '../answer-error.ts';
import { payloadError } from '../errors/path-errors.ts';
import type { Instance } from '../instance.ts';
import type { WireAnswer, WireRequest } from '../wire.ts';
import { requireCrlf } from './line-ends.ts';
import { multipartAnswer } from './multipart-answer.ts';
import { type BatchItem, boundaryOf, readBatch } from './read-batch.ts';

/** [documented] */
const MAX_PARTS = 1000;

export type ReadItems = { kind: 'items'; items: readonly BatchItem[] } | { kind: 'unreadable'; answer: WireAnswer };

export function readItems({ conditions }: Instance, wire: WireRequest): ReadItems {
  const boundary = boundaryOf(wire.headers['content-type']);
  if (boundary === undefined) throw odataException('The batch request needs a boundary.');
  let items: BatchItem[];
  try {
    if (conditions.switches.batchLineEnds === 'strict') requireCrlf(wire.body);
    items = readBatch(wire.body, boundary);
  } catch (error) {
    return { kind: 'unreadable', answer: unreadable(error, wire) };
  }
  const count = items.reduce((sum, item) => sum + (item.kind === 'request' ? 1 : item.requests.length), 0);
  if (count > MAX_PARTS) throw odataException(`The current batch exceeds the maximum of ${MAX_PARTS} operations.`);
  return { kind: 'items', items };
}

/** An unreadable stream is answered as 400 with one part that names the failure. [documented] */
function unreadable(error: unknown, wire: WireRequest): WireAnswer {
  const { answer } = answerError(error, wire);
  return multipartAnswer([{ kind: 'answer', part: { answer } }], 400);
}

function odataException(text: string) {
  return payloadError('', `Microsoft.OData.ODataException: ${text}`);
}
