/** The items of a batch request, or why it cannot be read. */

import { type ODataError, refuse } from '../errors/errors.ts';
import type { Instance } from '../instance.ts';
import { answerError, type WireAnswer, type WireRequest } from '../requests/wire.ts';
import { multipartAnswer } from './write-batch.ts';

/** [documented] */
const MAX_PARTS = 1000;

export function readItems(
  { conditions }: Instance,
  wire: WireRequest,
): { items: readonly BatchItem[] } | { unreadable: WireAnswer } {
  const boundary = boundaryOf(wire.headers['content-type']);
  if (boundary === undefined) throw refuse.odataException('The batch request needs a boundary.');
  let items: BatchItem[];
  try {
    // U21 (batchLineEnds): the docs demand CRLF throughout, also after the last boundary; a widely used client sends bare LF.
    const hasOtherEnds = /[^\r]\n/.test(wire.body) || !wire.body.endsWith('\r\n');
    if (conditions.switches.batchLineEnds === 'strict' && hasOtherEnds) throw refuse.unreadableBatch();
    items = readBatch(wire.body, boundary);
  } catch (error) {
    // An unreadable stream is answered as 400 with one part that names the failure. [documented]
    return { unreadable: multipartAnswer([{ parts: [{ answer: answerError(error, wire).answer }] }], 400) };
  }
  // U35 (batchParts): in the words of Microsoft.OData's reader.
  if (items.length > Number(conditions.switches.batchParts))
    throw refuse.odataException(
      `The current batch message contains too many parts. Only batch messages with a maximum number of '${conditions.switches.batchParts}' query operations and change sets are allowed.`,
    );
  if (items.flatMap(({ requests }) => requests).length > MAX_PARTS)
    throw refuse.odataException(`The current batch exceeds the maximum of ${MAX_PARTS} operations.`);
  return { items };
}

// Multipart batch bodies as existing clients send them: CRLF or LF, with or without a blank line before a boundary or after the last,
// boundaries quoted or not, a preamble or none. Knows the form only; what a part asks for is the router's.

export type BatchRequest = {
  contentId: string | undefined;
  method: string;
  /** As written: absolute, rooted, or starting with a reference such as `$1`. */
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
};

/** A request on its own, or a change set. */
export type BatchItem = { isChangeSet: boolean; requests: readonly BatchRequest[] };

export function boundaryOf(contentType: string | undefined): string | undefined {
  return /boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))/i
    .exec(contentType ?? '')
    ?.slice(1)
    .find(Boolean);
}

export function readBatch(body: string, boundary: string): BatchItem[] {
  return multipart(body, boundary).map((part) => {
    const type = part.headers['content-type'] ?? '';
    if (!/^multipart\/mixed/i.test(type)) return { isChangeSet: false, requests: [readRequest(part)] };
    const inner = boundaryOf(type);
    if (inner === undefined) throw malformed('A change set needs a boundary.');
    return { isChangeSet: true, requests: multipart(part.content, inner).map(readRequest) };
  });
}

type MimePart = { headers: Record<string, string>; content: string };

function multipart(body: string, boundary: string): MimePart[] {
  const delimiter = `--${boundary}`;
  const parts: MimePart[] = [];
  let start = findDelimiter(body, delimiter, 0);
  if (start < 0) throw malformed(`The boundary '${boundary}' was not found in the body.`);
  for (;;) {
    const contentStart = start + delimiter.length;
    if (body.startsWith('--', contentStart)) return parts;
    const end = findDelimiter(body, delimiter, contentStart);
    // Without the closing boundary the stream ends too early; the service reads it as unreadable.
    if (end < 0) throw refuse.unreadableBatch();
    const { head, rest } = cutAtBlankLine(body.slice(contentStart, end).replace(/^[ \t]*\r?\n/, ''));
    parts.push({ headers: readHeaders(head), content: rest });
    start = end;
  }
}

/** A delimiter counts only at the start of a line and when the boundary ends there. */
function findDelimiter(body: string, delimiter: string, from: number): number {
  for (let index = body.indexOf(delimiter, from); index >= 0; index = body.indexOf(delimiter, index + 1)) {
    const isLineStart = index === 0 || body.charAt(index - 1) === '\n';
    const next = body.charAt(index + delimiter.length);
    if (isLineStart && (next === '' || '\r\n- \t'.includes(next))) return index;
  }
  return -1;
}

function readRequest(part: MimePart): BatchRequest {
  const [firstLine = ''] = part.content.split(/\r?\n/, 1);
  const [, method, url] = /^\s*([A-Za-z]+)\s+(\S.*?)\s+HTTP\/\d(?:\.\d)?\s*$/.exec(firstLine) ?? [];
  if (method === undefined || url === undefined) throw malformed(`The request line '${firstLine}' is invalid.`);
  const { head, rest } = cutAtBlankLine(part.content.slice(firstLine.length).replace(/^\r?\n/, ''));
  const headers = readHeaders(head);
  return {
    contentId: part.headers['content-id'] ?? headers['content-id'],
    method: method.toUpperCase(),
    url,
    headers,
    body: rest.trim(),
  };
}

function cutAtBlankLine(text: string): { head: string; rest: string } {
  // A part without headers starts with the blank line itself.
  const leading = /^\r?\n/.exec(text);
  if (leading) return { head: '', rest: text.slice(leading[0].length) };
  const match = /\r?\n[ \t]*\r?\n/.exec(text);
  if (!match) return { head: text, rest: '' };
  return { head: text.slice(0, match.index), rest: text.slice(match.index + match[0].length) };
}

function readHeaders(head: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

function malformed(detail: string): ODataError {
  return refuse.payloadError('', `System.ArgumentException: ${detail}`);
}
