/** The answer around the parts of a batch. */
import { randomUUID } from 'node:crypto';
import type { WireAnswer } from '../wire.ts';
import { newBoundary } from './part-requests.ts';
import { type AnsweredItem, type AnsweredPart, writeBatch } from './write-batch.ts';

export function multipartAnswer(items: readonly AnsweredItem[], status: number): WireAnswer {
  const boundary = newBoundary('batchresponse');
  return {
    status,
    headers: { 'Content-Type': `multipart/mixed; boundary=${boundary}`, 'OData-Version': '4.0' },
    body: writeBatch(items.map(numbered), boundary),
  };
}

/** Every part has a request id of its own. */
function numbered(item: AnsweredItem): AnsweredItem {
  if (item.kind === 'answer') return { kind: 'answer', part: withRequestId(item.part) };
  return { ...item, parts: item.parts.map(withRequestId) };
}

function withRequestId({ answer, ...part }: AnsweredPart): AnsweredPart {
  return { ...part, answer: { ...answer, headers: { REQ_ID: randomUUID(), ...answer.headers } } };
}

export function partsOf(item: AnsweredItem): readonly AnsweredPart[] {
  return item.kind === 'answer' ? [item.part] : item.parts;
}
