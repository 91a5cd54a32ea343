/** Writes batch answers byte for byte as recorded ones are (fixtures of the contract tests). */

import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { WireAnswer } from '../requests/wire.ts';

export type AnsweredPart = { contentId?: string | undefined; answer: WireAnswer };

/** With a boundary a change set, without one a part on its own. */
export type AnsweredItem = { boundary?: string; parts: readonly AnsweredPart[] };

export function writeBatch(items: readonly AnsweredItem[], boundary: string): string {
  const written = items.map((item) => {
    if (item.boundary === undefined) return item.parts.map(writePart).join('');
    return `Content-Type: multipart/mixed; boundary=${item.boundary}\r\n\r\n${delimited(item.parts.map(writePart), item.boundary)}`;
  });
  return delimited(written, boundary);
}

function delimited(pieces: readonly string[], boundary: string): string {
  return `${pieces.map((piece) => `--${boundary}\r\n${piece}`).join('')}--${boundary}--\r\n`;
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

/** The answer around the parts of a batch. Every part has a request id of its own. */
export function multipartAnswer(items: readonly AnsweredItem[], status: number): WireAnswer {
  const boundary = newBoundary('batchresponse');
  const withRequestId = ({ contentId, answer }: AnsweredPart): AnsweredPart => ({
    contentId,
    answer: { ...answer, headers: { REQ_ID: randomUUID(), ...answer.headers } },
  });
  return {
    status,
    headers: { 'Content-Type': `multipart/mixed; boundary=${boundary}`, 'OData-Version': '4.0' },
    body: writeBatch(
      items.map((item) => ({ ...item, parts: item.parts.map(withRequestId) })),
      boundary,
    ),
  };
}

export function newBoundary(kind: 'batchresponse' | 'changesetresponse'): string {
  return `${kind}_${randomUUID()}`;
}
