/**
 * Service protection as documented: per user and per server, over a sliding window. Pure bookkeeping; the clocks are given.
 * A client that goes on sending before its Retry-After has passed gets longer ones.
 */
import { type ODataError, refuse, type ServiceProtection, type ThrottleKind } from '../errors/errors.ts';

export const DOCUMENTED_LIMITS: ServiceProtection = {
  requests: 6000,
  executionTimeMs: 1_200_000,
  concurrency: 52,
  windowSeconds: 300,
};

export type Arrival = {
  /** The connection, known by identity only. */
  connection: object;
  /** When the headers came, on the monotonic clock. */
  atMs: number;
};

type Usage = {
  started: { at: number; ms: number }[];
  active: number;
  /** On the organization's clock: when the last Retry-After has passed. */
  waitUntil: number;
  /** Refusals in a row before that. */
  ignored: number;
  /** When the user got the first Retry-After that has not passed, on the monotonic clock, and on which connections. */
  notice?: { atMs: number; connections: WeakSet<object> };
};

export type Gate = {
  /** Admits a request, or gives the 429. `leave` is to be called when the request is done. */
  enter(userId: string, nowMs: number): { leave: (nowMs: number) => void } | { refusal: ODataError };
  /** Records that an answer with a Retry-After was given, until when (on the organization's clock) and on which connection. */
  recordRetryAfter(userId: string, wait: { untilMs: number; arrival: Arrival | undefined; nowMs: number }): void;
  /**
   * Whether a request ignores a Retry-After: only if it must have been sent after its sender had received it, on a connection that carried
   * the refusal, or a moment later on any other. A request that was on the wire already does not count.
   */
  ignoresRetryAfter(userId: string, request: { arrival: Arrival | undefined; organizationMs: number }): boolean;
  remaining(userId: string, nowMs: number): { requests: number; seconds: number };
};

/** Longer than an answer takes over loopback to a busy process, shorter than any Retry-After. */
const IN_FLIGHT_MS = 500;

export function openGate(limits: () => ServiceProtection | undefined): Gate {
  const users = new Map<string, Usage>();
  const usageOf = (userId: string): Usage => {
    const usage = users.get(userId) ?? { started: [], active: 0, waitUntil: 0, ignored: 0 };
    users.set(userId, usage);
    return usage;
  };
  return {
    enter(userId, nowMs) {
      const usage = usageOf(userId);
      const current = limits();
      const refusal = current === undefined ? undefined : refusalFor(usage, current, nowMs);
      if (refusal !== undefined) return { refusal };
      const entry = { at: nowMs, ms: 0 };
      if (current !== undefined) usage.started.push(entry);
      usage.active += 1;
      const leave = (endMs: number): void => {
        entry.ms = endMs - nowMs;
        usage.active -= 1;
      };
      return { leave };
    },
    recordRetryAfter(userId, { untilMs, arrival, nowMs }) {
      const usage = usageOf(userId);
      usage.waitUntil = Math.max(usage.waitUntil, untilMs);
      usage.notice ??= { atMs: nowMs, connections: new WeakSet() };
      if (arrival !== undefined) usage.notice.connections.add(arrival.connection);
    },
    ignoresRetryAfter(userId, { arrival, organizationMs }) {
      const usage = usageOf(userId);
      if (organizationMs >= usage.waitUntil) delete usage.notice;
      const { notice } = usage;
      if (notice === undefined) return false;
      if (arrival === undefined || notice.connections.has(arrival.connection)) return true;
      return arrival.atMs > notice.atMs + IN_FLIGHT_MS;
    },
    remaining(userId, nowMs) {
      const [usage, { requests, executionTimeMs, ...window }] = [usageOf(userId), limits() ?? DOCUMENTED_LIMITS];
      forget(usage, window, nowMs);
      return {
        requests: Math.max(0, requests - usage.started.length),
        seconds: Math.max(0, (executionTimeMs - totalMs(usage)) / 1000),
      };
    },
  };
}

function refusalFor(usage: Usage, limits: ServiceProtection, nowMs: number): ODataError | undefined {
  forget(usage, limits, nowMs);
  const exceeded = exceededLimit(usage, limits);
  if (exceeded === undefined) {
    if (nowMs >= usage.waitUntil) usage.ignored = 0;
    return undefined;
  }
  usage.ignored = nowMs < usage.waitUntil ? usage.ignored + 1 : 0;
  // Until the oldest request leaves the window; too many at the same time are done sooner.
  const oldest = usage.started[0]?.at;
  const roomMs = exceeded === 'concurrency' || oldest === undefined ? 0 : oldest + limits.windowSeconds * 1000 - nowMs;
  return refuse.throttled(exceeded, limits, Math.max(1, Math.ceil(roomMs / 1000)) + usage.ignored);
}

function forget(usage: Usage, { windowSeconds }: Pick<ServiceProtection, 'windowSeconds'>, nowMs: number): void {
  const oldest = nowMs - windowSeconds * 1000;
  const firstKept = usage.started.findIndex((entry) => entry.at > oldest);
  usage.started.splice(0, firstKept < 0 ? usage.started.length : firstKept);
}

function exceededLimit(usage: Usage, limits: ServiceProtection): ThrottleKind | undefined {
  if (usage.active >= limits.concurrency) return 'concurrency';
  if (usage.started.length >= limits.requests) return 'requests';
  return totalMs(usage) >= limits.executionTimeMs ? 'time' : undefined;
}

function totalMs(usage: Usage): number {
  return usage.started.reduce((sum, entry) => sum + entry.ms, 0);
}
