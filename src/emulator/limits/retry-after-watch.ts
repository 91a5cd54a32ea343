/**
 * Who pushes on although a Retry-After says wait. A request counts only if it must have been sent after its sender was told: on a
 * connection that carried the refusal, or a moment later on any other. What was on the wire already is nobody's fault.
 */

export type Arrival = {
  /** The connection, known by identity only. */
  connection: object;
  /** When the headers came, on the monotonic clock. */
  atMs: number;
};

export type RetryAfterWatch = {
  /** Notes that a user was told to wait until then (on the organization's clock), and on which connection. */
  told(userId: string, wait: { untilMs: number; arrival: Arrival | undefined; nowMs: number }): void;
  isIgnored(userId: string, request: { arrival: Arrival | undefined; organizationMs: number }): boolean;
};

/** Longer than an answer takes over loopback to a busy process, shorter than any Retry-After. */
const IN_FLIGHT_MS = 500;

type Told = { untilMs: number; saidAtMs: number; connections: WeakSet<object> };

export function openRetryAfterWatch(): RetryAfterWatch {
  const users = new Map<string, Told>();
  return {
    told(userId, { untilMs, arrival, nowMs }) {
      const told = users.get(userId) ?? { untilMs: 0, saidAtMs: nowMs, connections: new WeakSet<object>() };
      if (arrival !== undefined) told.connections.add(arrival.connection);
      users.set(userId, { ...told, untilMs: Math.max(told.untilMs, untilMs) });
    },
    isIgnored(userId, { arrival, organizationMs }) {
      const told = users.get(userId);
      if (told === undefined) return false;
      if (organizationMs >= told.untilMs) {
        users.delete(userId);
        return false;
      }
      if (arrival === undefined || told.connections.has(arrival.connection)) return true;
      return arrival.atMs > told.saidAtMs + IN_FLIGHT_MS;
    },
  };
}
