/** All policies around a network, in the order in which a request meets them. */
import type { TokenSource } from '../auth/token-source.ts';
import { authenticate } from './authenticate.ts';
import { createGate } from './gate.ts';
import { type Clock, compose, type HttpResponse, type Send } from './http.ts';
import { type LogRecord, logRequests } from './log.ts';
import { type Attempts, retry, startAttempts } from './retry.ts';
import { responseTrouble, type Trouble } from './retry-decision.ts';
import { readServerTime } from './server-time.ts';
import { countTraffic, type TrafficCount } from './traffic.ts';
import { identify } from './user-agent.ts';
import { createWaiting, type WaitingOptions } from './waiting.ts';

export type TransportOptions = WaitingOptions & {
  /** Of parseOrigin; the only origin that is given tokens. */
  readonly origin: string;
  /** The network, from openSend. */
  readonly send: Send;
  readonly tokens: TokenSource;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly uuid: () => string;
  /** Of userAgent(version). */
  readonly userAgent: string;
  /** How long one request may wait for the server in all, in milliseconds. */
  readonly maxWaitMs: number;
  /** Most requests in flight; default: what the server recommends. */
  readonly concurrency?: number | undefined;
  /** Processes that share this identity (--shard i/n); default 1. */
  readonly shards?: number | undefined;
  readonly log?: ((record: LogRecord) => void) | undefined;
};

/** What a client of the service needs of HTTP. */
export type Transport = {
  /**
   * Signs in, paces and repeats. Gives the answer, whatever its status, and throws UnknownResultError when a write may have been done,
   * TemporaryError when it was not done and the waiting is over, AuthenticationError, SettingsError.
   */
  readonly send: Send;
  /** What an answer (also a part of a batch) says about trouble that may pass; undefined when it is final. */
  trouble(response: HttpResponse): Trouble | undefined;
  /** For a read whose answer came but holds parts that must be read again. */
  startAttempts(operation: string): Attempts;
  /** Closes the gate after a throttled part of a batch, with the part's headers. */
  throttled(headers: Readonly<Record<string, string>>): void;
  traffic(): TrafficCount & { readonly waitedMs: number };
  /** Epoch ms by the server's clock; undefined while no answer has named a time. */
  serverNow(): number | undefined;
  /** Requests that may be in flight now. */
  limit(): number;
  /** How much of the usual batch should go into one request now: 1, less after time-outs. */
  batchShare(): number;
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
    throttled: gate.throttled,
    traffic: () => ({ ...traffic.count(), waitedMs: waiting.waitedMs() }),
    serverNow: serverTime.now,
    limit: gate.limit,
    batchShare: gate.batchShare,
  };
}
