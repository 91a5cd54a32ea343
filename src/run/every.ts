/** For what has to be done again and again while something else goes on. */
import type { Clock } from '../transport/http.ts';

/** Acts every `ms` milliseconds until the function that it gives is called. */
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
