/** For what changes by itself, such as the seconds that are left of a wait. */
import type { Clock } from '../transport/http.ts';

const SECOND_MS = 1_000;

/** Acts every second until the function that it gives is called. */
export function everySecond(clock: Pick<Clock, 'sleep'>, act: () => void): () => Promise<void> {
  return every(SECOND_MS, clock, act);
}

/** As everySecond, at another interval (ms). */
export function every(ms: number, clock: Pick<Clock, 'sleep'>, act: () => void): () => Promise<void> {
  const ending = new AbortController();
  const ticking = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await clock.sleep(ms, ending.signal);
      act();
    }
  };
  // Stopping aborts the sleep, which rejects: that is its end.
  const ended = ticking().catch(() => undefined);
  return () => {
    ending.abort();
    return ended;
  };
}
