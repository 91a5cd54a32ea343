import { every } from '../../../src/run/progress.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('every', () => {
  it('acts after each second, and no more once it is stopped', async () => {
    const sleeps: { readonly ms: number; readonly wake: () => void }[] = [];
    const clock = {
      sleep: (ms: number, signal?: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          sleeps.push({ ms, wake: resolve });
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
    };
    let acts = 0;
    const stop = every(1_000, clock, () => {
      acts += 1;
    });
    expect(acts).toBe(0);
    sleeps[0]?.wake();
    await turn();
    sleeps[1]?.wake();
    await turn();
    expect({ acts, waits: sleeps.map(({ ms }) => ms) }).toEqual({ acts: 2, waits: [1_000, 1_000, 1_000] });
    await stop();
    expect(acts).toBe(2);
  });
});
