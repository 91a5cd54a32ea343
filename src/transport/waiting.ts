/** Waits for the server. Concurrent waits count once and are reported for the progress line. All end at once when the run is stopped. */
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

export type Waiting = {
  /** Sleeps; rejects with the signal's reason when aborted, with `stopped()` when the run is stopped. */
  sleep(ms: number, reason: WaitReason, signal?: AbortSignal): Promise<void>;
  /** Time in which at least one request waited: until now, for a wait may be ended before its time. */
  waitedMs(): number;
  readonly stop: AbortSignal | undefined;
};

export function createWaiting(clock: Clock, { onWait, stop }: WaitingOptions = {}): Waiting {
  let coveredUntil = 0;
  let waited = 0;
  return {
    async sleep(ms, reason, signal) {
      if (stop?.aborted) throw stopped();
      const now = clock.now();
      const untilMs = now + ms;
      // Waits start in order of time, so only what is not covered yet is new.
      if (untilMs > coveredUntil) {
        waited += untilMs - Math.max(now, coveredUntil);
        coveredUntil = untilMs;
        onWait?.({ untilMs, reason });
      }
      await sleepUntilStopped(clock, ms, { signal, stop });
    },
    waitedMs: () => waited - Math.max(0, coveredUntil - clock.now()),
    stop,
  };
}

/** The error for waits that a stop ended. */
export function stopped(): TemporaryError {
  return new TemporaryError('STOPPED', 'Stopped while waiting for the server; the request was not sent.', {
    hint: 'Run the same command again.',
  });
}

export const isStopped = (error: unknown): boolean => error instanceof TemporaryError && error.code === 'STOPPED';

/** With listeners that are removed: AbortSignal.any would keep every wait of a long run in memory until the run ends. */
async function sleepUntilStopped(
  clock: Clock,
  ms: number,
  { signal, stop }: { readonly signal: AbortSignal | undefined; readonly stop: AbortSignal | undefined },
): Promise<void> {
  if (stop === undefined) return clock.sleep(ms, signal);
  const ending = new AbortController();
  const end = (): void => ending.abort();
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end);
  stop.addEventListener('abort', end);
  try {
    await clock.sleep(ms, ending.signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw stop.aborted ? stopped() : error;
  } finally {
    signal?.removeEventListener('abort', end);
    stop.removeEventListener('abort', end);
  }
}
