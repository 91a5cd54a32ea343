/** Works on several things at once and yields their results in the order of the input. Pulls the next one only when there is room. */
export type InOrderOptions<Thing, Result> = {
  readonly work: (thing: Thing) => Promise<Result>;
  /** Asked before each pull: how many may be in flight (at least 1). */
  readonly limit: () => number;
  /** Asked before each pull: true ends the pulling; what is in flight is still yielded. */
  readonly isStopped: () => boolean;
  /** Ends the wait for the next thing, as when a signal comes while the input is silent. */
  readonly stop: AbortSignal;
};

type Pulled<Thing> =
  | { readonly kind: 'thing'; readonly thing: Thing }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** A failure of the input ends it, and is thrown when everything before it is done. */
export async function* inOrder<Thing, Result>(
  things: AsyncIterable<Thing>,
  { work, limit, isStopped, stop }: InOrderOptions<Thing, Result>,
): AsyncGenerator<Result, void> {
  const iterator = things[Symbol.asyncIterator]();
  const working: Promise<Result>[] = [];
  let outstanding: Promise<Pulled<Thing>> | undefined;
  let hasEnded = false;
  let failure: { readonly error: unknown } | undefined;
  let giveUp: () => void = () => undefined;
  const onAbort = (): void => giveUp();
  stop.addEventListener('abort', onAbort);
  // Not a race with one promise for the abort: that promise would keep everything ever pulled in memory until the run ends.
  const pull = (): Promise<Pulled<Thing>> =>
    new Promise((resolve) => {
      giveUp = () => resolve({ kind: 'end' });
      if (stop.aborted) giveUp();
      iterator.next().then(
        ({ done, value }) => resolve(done === true ? { kind: 'end' } : { kind: 'thing', thing: value }),
        (error: unknown) => resolve({ kind: 'failed', error }),
      );
    });
  try {
    for (;;) {
      hasEnded ||= isStopped();
      const mayPull = !hasEnded && working.length < Math.max(1, limit());
      if (mayPull) outstanding ??= pull();
      const [oldest] = working;
      if (oldest === undefined && !mayPull) break;
      // The loser of the race is not lost: the oldest result stays first in line, the pull stays outstanding.
      const step = await Promise.race([
        ...(oldest === undefined ? [] : [oldest.then((result) => ({ kind: 'result', result }) as const)]),
        ...(mayPull && outstanding !== undefined ? [outstanding] : []),
      ]);
      if (step.kind === 'result') {
        void working.shift();
        yield step.result;
        continue;
      }
      outstanding = undefined;
      if (step.kind === 'thing') working.push(thrownLater(work(step.thing)));
      else hasEnded = true;
      if (step.kind === 'failed') failure = step;
    }
  } finally {
    stop.removeEventListener('abort', onAbort);
    // Not awaited: a generator that waits for a silent pipe never returns.
    iterator.return?.()?.catch(() => undefined);
  }
  if (failure !== undefined) throw failure.error;
}

/** A failure is thrown when its turn comes; until then it must not count as an unhandled rejection. */
function thrownLater<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined);
  return promise;
}
