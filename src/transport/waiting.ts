/**
 * Waits for the server: between attempts, and where it forbids everything for a while (Retry-After). Concurrent waits count once and are
 * reported for the progress line. All end at once when the run is stopped.
 */
import { TemporaryError } from '../errors.ts';
import type { Clock } from './http.ts';

export type WaitReason = 'throttled' | 'busy' | 'unreachable';

/** A wait until `untilMs` (epoch). */
export type Wait = { readonly untilMs: number; readonly reason: WaitReason };

export type WaitingOptions = {
  /** Called when a wait begins or gets longer. */
  readonly onWait?: ((wait: Wait) => void) | undefined;
  /** Aborted to end all waits: what waits was not sent, or was certainly not done. Default: never. */
  readonly stop?: AbortSignal | undefined;
};

export type Waiting = ReturnType<typeof createWaiting>;

export function createWaiting(clock: Clock, { onWait, stop }: WaitingOptions = {}) {
  let coveredUntil = 0;
  let waited = 0;
  let closed = { since: 0, until: 0 };
  /** Rejects with `stopped()` when the run is stopped. */
  async function sleep(ms: number, reason: WaitReason): Promise<void> {
    if (stop?.aborted) throw stopped();
    const now = clock.now();
    const untilMs = now + ms;
    // Waits start in order of time, so only what is not covered yet is new.
    if (untilMs > coveredUntil) {
      waited += untilMs - Math.max(now, coveredUntil);
      coveredUntil = untilMs;
      onWait?.({ untilMs, reason });
    }
    try {
      await clock.sleep(ms, stop);
    } catch (error) {
      throw stop?.aborted ? stopped() : error;
    }
  }
  return {
    sleep,
    /** Nothing may be sent for so long. Never shortens what another answer asked for. */
    closeFor(ms: number): void {
      const now = clock.now();
      const since = now < closed.until ? closed.since : now;
      closed = { since, until: Math.max(closed.until, now + ms) };
    },
    /** Until something may be sent. Rejects where the server has asked for more than `maxWaitMs` without a break. */
    async untilOpen(maxWaitMs: number): Promise<void> {
      for (;;) {
        const leftMs = closed.until - clock.now();
        if (leftMs <= 0) return;
        if (closed.until - closed.since > maxWaitMs) throw closedTooLong(closed.until);
        await sleep(leftMs, 'throttled');
      }
    },
    /** Time in which at least one request waited: until now, for a wait may be ended before its time. */
    waitedMs: (): number => waited - Math.max(0, coveredUntil - clock.now()),
  };
}

function closedTooLong(untilMs: number): TemporaryError {
  const until = new Date(untilMs).toISOString();
  return new TemporaryError('THROTTLED', `Dataverse throttles and asks to wait until ${until}.`, {
    hint: 'Run the same command again later, or allow more time with --max-wait.',
  });
}

/** The error for waits that a stop ended. */
export function stopped(): TemporaryError {
  return new TemporaryError('STOPPED', 'Stopped while waiting for the server; the request was not sent.', {
    hint: 'Run the same command again.',
  });
}

export const isStopped = (error: unknown): boolean => error instanceof TemporaryError && error.code === 'STOPPED';
