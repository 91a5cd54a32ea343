import type { Clock } from '../../../src/transport/http.ts';

/** Time that passes only when something sleeps: every sleep ends at once and moves the clock, and is written down. */
export function manualClock(start = 1_000_000): Clock & { readonly slept: number[]; advance(ms: number): void } {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      now += ms;
    },
    advance(ms) {
      now += ms;
    },
  };
}

type Sleeper = { readonly until: number; readonly wake: () => void };

/** Time that passes only by `advance`, which wakes sleepers in order and lets what they start run. */
export function steppedClock(start = 1_000_000): Clock & { advance(ms: number): Promise<void> } {
  let now = start;
  const sleepers = new Set<Sleeper>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stop = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', stop);
          resolve();
        };
        const sleeper = { until: now + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', stop);
      }),
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        await settle();
        const due = [...sleepers].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0];
        if (due === undefined) break;
        now = due.until;
        due.wake();
      }
      now = end;
      await settle();
    },
  };
}

/** Lets everything go on that needs no time. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
