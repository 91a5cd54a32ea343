/** --debug: one record per HTTP exchange. Never headers, bodies or tokens. */
import { requestIdOf } from './error-answer.ts';
import type { Clock, Policy, Send } from './http.ts';

export type LogRecord = {
  readonly method: string;
  readonly url: string;
  readonly operation: string;
  /** Undefined when no answer came; then `error` says why. */
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly ms: number;
  readonly clientRequestId: string | undefined;
  readonly requestId: string | undefined;
};

const LONGEST_LOGGED_URL = 300;
const SECRET_PARAMETER = /([?&](?:[^=&]*(?:token|secret|password|assertion|signature)[^=&]*|sig|code|key)=)[^&]*/gi;

/** Without a user name, password or secret-looking parameters, and cut to a readable length. */
export function loggedUrl(url: string): string {
  const plain = url.replace(/^(\w+:\/\/)[^/@]*@/, '$1').replace(SECRET_PARAMETER, '$1…');
  if (plain.length <= LONGEST_LOGGED_URL) return plain;
  return `${plain.slice(0, LONGEST_LOGGED_URL)}… (${plain.length} characters)`;
}

export function logRequests(clock: Clock, log: (record: LogRecord) => void): Policy {
  return (next: Send) => async (request) => {
    const start = clock.now();
    const common = {
      method: request.method,
      url: loggedUrl(request.url),
      operation: request.operation,
      clientRequestId: request.headers['x-ms-client-request-id'],
    };
    try {
      const response = await next(request);
      const ms = clock.now() - start;
      log({ ...common, status: response.status, error: undefined, ms, requestId: requestIdOf(response.headers) });
      return response;
    } catch (error) {
      const message = error instanceof Error ? error.message : 'unknown error';
      log({ ...common, status: undefined, error: message, ms: clock.now() - start, requestId: undefined });
      throw error;
    }
  };
}
