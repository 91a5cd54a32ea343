/** Waiting that ends early when the server closes. */
import { setTimeout as wait } from 'node:timers/promises';

export type Sleep = (ms: number) => Promise<void>;

export function sleepUntilClosed(signal: AbortSignal): Sleep {
  return async (ms) => {
    if (ms <= 0 || signal.aborted) return;
    await wait(ms, undefined, { signal }).catch(() => undefined);
  };
}
