/** U21 (batchLineEnds): the docs demand CRLF throughout, also after the last boundary; a widely used client sends bare LF. */

import { payloadError } from '../errors/path-errors.ts';
import type { ODataError } from '../errors.ts';

export function requireCrlf(body: string): void {
  if (/[^\r]\n/.test(body) || !body.endsWith('\r\n')) throw streamNotReadable();
}

function streamNotReadable(): ODataError {
  return payloadError('', 'System.ArgumentException: Stream was not readable.');
}
