/**
 * HTTP as values: requests, responses and the policies between them (sign-in, retry, pace, log). Knows nothing of OData.
 */

export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Absolute. Only the organization's own origin is ever given a token (authenticate.ts refuses others). */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes where it may be long: it is kept until the answer comes, and off V8's heap. */
  readonly body?: string | Buffer | undefined;
  /** May be sent again when the outcome is unknown: reads only. A 429 was never done and is always repeated. */
  readonly repeatable: boolean;
  /** For messages and the log, e.g. `AddListMembersList`. */
  readonly operation: string;
};

export type HttpResponse = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What was sent is never given up: its answer is waited for, even when the run is stopped. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

/** Wraps a Send. Policies are listed in the order in which a request passes through them. */
export type Policy = (next: Send) => Send;

export function compose(policies: readonly Policy[], send: Send): Send {
  return policies.reduceRight((next, policy) => policy(next), send);
}

/**
 * Why no answer came. `unreachable`: no connection (refused, no route, name server or connect time-out); `unknown-host`: the name does not
 * exist; `proxy`: the proxy refused; `certificate`: the server's certificate was not accepted; `timeout`: sent, but no full answer in time;
 * `lost`: the connection broke, or the answer cannot be read; `too-large`: the answer is larger than this client takes.
 */
export type LossReason = 'unreachable' | 'unknown-host' | 'proxy' | 'certificate' | 'timeout' | 'lost' | 'too-large';

const NOT_SENT: ReadonlySet<LossReason> = new Set(['unreachable', 'unknown-host', 'proxy', 'certificate']);

/** No answer came. Unless `notSent`, the server may have done what was asked. */
export class UnknownResultError extends Error {
  readonly reason: LossReason;
  constructor(message: string, reason: LossReason, cause?: unknown) {
    super(message, { cause });
    this.name = 'UnknownResultError';
    this.reason = reason;
  }

  /** No connection to the server was made, so nothing can have been done. */
  get notSent(): boolean {
    return NOT_SENT.has(this.reason);
  }
}

export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};
