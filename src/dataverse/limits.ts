/** Limits of the service that callers split by, or have to allow for ("Compose HTTP requests", "Execute batch operations using the Web API"). */
import { DataverseError } from '../errors.ts';

/** Characters of a GET's URL. */
export const MAX_URL = 32_768;
/** Characters of a GET's URL inside a $batch. */
export const MAX_BATCHED_URL = 65_536;
/** Requests in a $batch. Those in change sets count too. */
export const MAX_BATCH_PARTS = 1_000;

/** Dynamics keeps whole seconds, and the clocks of its servers may differ by some. */
export const SERVER_CLOCKS_DIFFER_MS = 5_000;

export const API_ROOT = '/api/data/v9.2/';

/** `https://`, the longest possible host name (RFC 1035: 253) and a port, so that measuring does not need the organization. */
const LONGEST_ORIGIN = 8 + 253 + 6;

/** An upper bound of the URL's length as the service counts it. Compare with MAX_URL or MAX_BATCHED_URL. */
export function encodedLength(path: string): number {
  return LONGEST_ORIGIN + API_ROOT.length + path.length;
}

export function refuseTooLong(path: string): void {
  const length = encodedLength(path);
  if (length <= MAX_BATCHED_URL) return;
  throw new DataverseError(
    'URL_TOO_LONG',
    `A query of ${length} characters is longer than the ${MAX_BATCHED_URL} that Dataverse takes.`,
    { hint: 'Ask for less at a time with --batch-size.' },
  );
}
