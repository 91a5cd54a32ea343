/** Waiting for the server, counted once however many requests wait, and reported for the progress line. Ends at once when the run is stopped. */
import { TemporaryError } from '../errors.ts';
import type { Clock } from './http.ts';

export type WaitReason = 'throttled' | 'busy' | 'unreachable';

/** The server is being waited for until `untilMs` (epoch). */
export type Wait = { readonly untilMs: number; readonly reason: WaitReason };

export type WaitingOptions = {
  /** Called when a wait for the server begins or is prolonged. */
  readonly onWait?: ((wait: Wait) => void) | undefined;
  /** Aborted when nothing shall be waited for any more: what waits was not sent, or was surely not done. Default: never. */
  readonly stop?: AbortSignal | undefined;
};

export type Waiting = {
  /** Sleeps; rejects with the signal's reason when aborted, with `stopped()` when the run is stopped. */
  sleep(ms: number, reason: WaitReason, signal?: AbortSignal): Promise<void>;
  /** Time in which at least one request waited. An aborted wait counts in full: the run ends with it. */
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
      // Waits begin in the order of time, so what is not covered yet is new.
      if (untilMs > coveredUntil) {
        waited += untilMs - Math.max(now, coveredUntil);
        coveredUntil = untilMs;
        onWait?.({ untilMs, reason });
      }
      await sleepUntilStopped(clock, ms, { signal, stop });
    },
    waitedMs: () => waited,
    stop,
  };
}

/** What those are told who waited when the run was stopped. */
export function stopped(): TemporaryError {
  return new TemporaryError('STOPPED', 'Stopped while waiting for the server; what was asked for was not done.', {
    hint: 'Run the same command again.',
  });
}

export const isStopped = (error: unknown): boolean => error instanceof TemporaryError && error.code === 'STOPPED';

/** By listeners that are taken off again: AbortSignal.any would keep every wait of a long run until the run ends. */
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
