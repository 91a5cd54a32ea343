/** Writes `$batch` requests ("Execute batch operations using the Web API"). CRLF throughout, because strict servers take nothing else. */
import { DataverseError } from '../errors.ts';
import type { HttpRequest } from '../transport/http.ts';
import { API_ROOT, MAX_BATCH_PARTS, refuseTooLong } from './limits.ts';
import type { BatchPart, Operation } from './operation.ts';
import { isRead, operationHeaders } from './requests.ts';

const CRLF = '\r\n';

/** A line break in a path or header would smuggle in another request. This layer makes both, so one here is a bug of ours. */
function refuseLineBreaks(operation: Operation): void {
  const isClean = /^[\x21-\x7e]+$/.test(operation.path);
  const headers = Object.entries(operation.headers ?? {});
  if (isClean && headers.every(([name, value]) => /^[\w.-]+$/.test(name) && !/[\r\n\0]/.test(value))) return;
  throw new TypeError(
    `an operation's path or header is not encoded: ${operation.method} ${operation.path.slice(0, 80)}`,
  );
}

/** Without line ends: the body, which may hold a thousand people, is joined once. */
type Lines = readonly string[];

function operationLines(operation: Operation, contentId: number | undefined): Lines {
  refuseLineBreaks(operation);
  const lines = ['Content-Type: application/http', 'Content-Transfer-Encoding: binary'];
  if (contentId !== undefined) lines.push(`Content-ID: ${contentId}`);
  lines.push('', `${operation.method} ${API_ROOT}${operation.path} HTTP/1.1`);
  for (const [name, value] of Object.entries(operationHeaders(operation))) lines.push(`${name}: ${value}`);
  lines.push('', operation.body === undefined ? '' : JSON.stringify(operation.body));
  return lines;
}

function multipart(boundary: string, parts: readonly Lines[]): Lines {
  // The empty last line makes the final CRLF.
  return [...parts.flatMap((part) => [`--${boundary}`, ...part]), `--${boundary}--`, ''];
}

function changeSetLines(operations: readonly Operation[], boundary: string): Lines {
  const parts = operations.map((operation, index) => operationLines(operation, index + 1));
  return [`Content-Type: multipart/mixed; boundary="${boundary}"`, '', ...multipart(boundary, parts)];
}

function refuseTooMany(parts: readonly BatchPart[]): void {
  const count = parts.reduce((sum, part) => sum + ('changeSet' in part ? part.changeSet.length : 1), 0);
  if (count <= MAX_BATCH_PARTS) return;
  throw new DataverseError(
    'BATCH_TOO_LARGE',
    `A batch of ${count} requests is larger than the ${MAX_BATCH_PARTS} that Dataverse takes.`,
    { hint: 'Send less at a time with --batch-size.' },
  );
}

/**
 * Repeatable only if all parts are reads. `uuid` makes the boundaries.
 * @throws DataverseError BATCH_TOO_LARGE or URL_TOO_LONG before anything is sent.
 */
export function batchRequest(origin: string, parts: readonly BatchPart[], uuid: () => string): HttpRequest {
  refuseTooMany(parts);
  const lines = parts.map((part) => {
    if ('changeSet' in part) return changeSetLines(part.changeSet, `changeset_${uuid()}`);
    if (part.method === 'GET') refuseTooLong(part.path);
    return operationLines(part, undefined);
  });
  const boundary = `batch_${uuid()}`;
  const repeatable = parts.every(isRead);
  return {
    method: 'POST',
    url: `${origin}${API_ROOT}$batch`,
    headers: {
      accept: 'application/json',
      'odata-maxversion': '4.0',
      'odata-version': '4.0',
      'content-type': `multipart/mixed; boundary="${boundary}"`,
      // Without it the confirming read after a failed write would not run.
      prefer: 'odata.continue-on-error',
    },
    body: Buffer.from(multipart(boundary, lines).join(CRLF)),
    repeatable,
    operation: repeatable ? '$batch (reads)' : '$batch (writes)',
  };
}
