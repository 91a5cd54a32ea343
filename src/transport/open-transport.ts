/** All policies around the network, in the order in which a request passes through them. */
import type { TokenSource } from '../auth/token-source.ts';
import { authenticate } from './authenticate.ts';
import { createGate, type Gate } from './gate.ts';
import { type Clock, compose, type HttpResponse, type Policy, type Send } from './http.ts';
import { type LogRecord, logRequests } from './log.ts';
import { retry, startAttempts, type WaitForRetry } from './retry.ts';
import { readServerTime } from './server-time.ts';
import { responseTrouble, type Trouble } from './trouble.ts';
import { identify } from './user-agent.ts';
import { createWaiting, type WaitingOptions } from './waiting.ts';

type TransportOptions = WaitingOptions & {
  /** From parseOrganizationUrl; the only origin that is sent tokens. */
  readonly origin: string;
  readonly send: Send;
  readonly tokens: TokenSource;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly uuid: () => string;
  /** From userAgent(version). */
  readonly userAgent: string;
  /** How long one request may wait for the server in all, in milliseconds. */
  readonly maxWaitMs: number;
  /** Most requests in flight; default: what the server recommends. */
  readonly concurrency?: number | undefined;
  /** Processes that share this identity (--shard i/n); default 1. */
  readonly shards?: number | undefined;
  readonly log?: ((record: LogRecord) => void) | undefined;
};

export type Traffic = {
  readonly requests: number;
  readonly waitedMs: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
};

export type Transport = {
  /**
   * Signs in, paces and repeats. Returns the answer, whatever its status. Throws UnknownResultError when a write may have been done,
   * TemporaryError when it was not done and the wait budget is used up, AuthenticationError, SettingsError.
   */
  readonly send: Send;
  /** Temporary trouble reported by an answer or by a part of a batch; undefined when the answer is final. */
  trouble(response: HttpResponse): Trouble | undefined;
  /** For a batch whose answer leaves parts to be sent again: reads without an answer, or writes that were put off. */
  startAttempts(operation: string): WaitForRetry;
  /** For temporary trouble with a part of a batch. */
  readonly slowDownFor: Gate['slowDownFor'];
  readonly writeTurn: Gate['writeTurn'];
  readonly traffic: () => Traffic;
  /** Epoch ms of the server's clock; undefined until an answer has named a time. */
  readonly serverNow: () => number | undefined;
  readonly allowed: Gate['allowed'];
};

export function openTransport(options: TransportOptions): Transport {
  const { clock, random, maxWaitMs } = options;
  const waiting = createWaiting(clock, options);
  const retryOptions = { clock, waiting, random, maxWaitMs };
  const gate = createGate({ ...retryOptions, concurrency: options.concurrency, shards: options.shards ?? 1 });
  const traffic = countTraffic();
  const serverTime = readServerTime(clock);
  const policies = [
    retry(retryOptions),
    gate.policy,
    authenticate(options.origin, options.tokens),
    identify(options),
    serverTime.policy,
    ...(options.log === undefined ? [] : [logRequests(clock, options.log)]),
    traffic.policy,
  ];
  return {
    send: compose(policies, options.send),
    trouble: (response) => responseTrouble(response, clock.now()),
    startAttempts: (operation) => startAttempts({ operation, repeatable: true }, retryOptions),
    slowDownFor: gate.slowDownFor,
    writeTurn: gate.writeTurn,
    traffic: () => ({ ...traffic.count(), waitedMs: waiting.waitedMs() }),
    serverNow: serverTime.now,
    allowed: gate.allowed,
  };
}

/** Counts every attempt. Bytes are those of URLs and bodies before compression, without headers. */
function countTraffic(): { policy: Policy; count(): Omit<Traffic, 'waitedMs'> } {
  let requests = 0;
  let bytesSent = 0;
  let bytesReceived = 0;
  const policy: Policy = (next: Send) => async (request) => {
    requests += 1;
    bytesSent += request.url.length + Buffer.byteLength(request.body ?? '');
    const response = await next(request);
    bytesReceived += Buffer.byteLength(response.body);
    return response;
  };
  return { policy, count: () => ({ requests, bytesSent, bytesReceived }) };
}
