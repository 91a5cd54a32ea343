/** Writes batch answers byte for byte as recorded ones are (fixtures of the contract tests). */

import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { WireAnswer } from '../wire.ts';

export type AnsweredPart = { contentId?: string; answer: WireAnswer };

export type AnsweredItem =
  | { kind: 'answer'; part: AnsweredPart }
  | { kind: 'change-set'; boundary: string; parts: readonly AnsweredPart[] };

export function writeBatch(items: readonly AnsweredItem[], boundary: string): string {
  const lines = items.map((item) => `--${boundary}\r\n${writeItem(item)}`);
  return `${lines.join('')}--${boundary}--\r\n`;
}

function writeItem(item: AnsweredItem): string {
  if (item.kind === 'answer') return writePart(item.part);
  const parts = item.parts.map((part) => `--${item.boundary}\r\n${writePart(part)}`);
  return `Content-Type: multipart/mixed; boundary=${item.boundary}\r\n\r\n${parts.join('')}--${item.boundary}--\r\n`;
}

/** The order in which recorded parts carry their headers. */
const HEADER_ORDER = ['REQ_ID', 'Content-Type', 'OData-Version', 'Location', 'OData-EntityId', 'Preference-Applied'];

function writePart({ contentId, answer }: AnsweredPart): string {
  const head = ['Content-Type: application/http', 'Content-Transfer-Encoding: binary'];
  if (contentId !== undefined) head.push(`Content-ID: ${contentId}`);
  const status = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'Unknown'}`;
  const names = [...HEADER_ORDER, ...Object.keys(answer.headers).filter((name) => !HEADER_ORDER.includes(name))];
  const headers = names.flatMap((name) => {
    const value = answer.headers[name];
    return value === undefined ? [] : [`${name}: ${value}`];
  });
  return `${head.join('\r\n')}\r\n\r\n${[status, ...headers].join('\r\n')}\r\n\r\n${answer.body}\r\n`;
}

/** The answer around the parts of a batch. */
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

export function newBoundary(kind: 'batchresponse' | 'changesetresponse'): string {
  return `${kind}_${randomUUID()}`;
}
