/**
 * Works on several things at once and yields their results in the order of the input. Pulls the next one only when there is room, so
 * memory does not grow with the input.
 */
export type InOrderOptions<Thing, Result> = {
  readonly work: (thing: Thing) => Promise<Result>;
  /** Asked before each pull: how many may be in flight now (at least 1). */
  readonly limit: () => number;
  /** Asked before each pull: true ends the pulling; what is in flight is still yielded. */
  readonly isStopped: () => boolean;
  /** Aborted when no further thing shall be waited for (a signal came while the input is silent). */
  readonly stop: AbortSignal;
};

export async function* inOrder<Thing, Result>(
  things: AsyncIterable<Thing>,
  options: InOrderOptions<Thing, Result>,
): AsyncGenerator<Result, void> {
  const puller = pullFrom(things, options.stop);
  const waiting: Promise<Result>[] = [];
  try {
    while (true) {
      const pull = pullIfRoom(puller, waiting.length, options);
      if (pull === undefined && waiting.length === 0) break;
      const step = await firstOf(waiting[0], pull);
      if (step.kind === 'pulled') {
        const thing = puller.take(step.pulled);
        if (thing !== undefined) waiting.push(handleLater(options.work(thing.value)));
      } else {
        void waiting.shift();
        yield step.result;
      }
    }
  } finally {
    puller.close();
  }
  puller.rethrow();
}

function pullIfRoom<Thing, Result>(
  puller: Puller<Thing>,
  waiting: number,
  options: InOrderOptions<Thing, Result>,
): Promise<Pulled<Thing>> | undefined {
  if (options.isStopped()) puller.end();
  return waiting < Math.max(1, options.limit()) ? puller.pull() : undefined;
}

type Puller<Thing> = ReturnType<typeof pullFrom<Thing>>;

type Pulled<Thing> =
  | { readonly kind: 'thing'; readonly value: Thing }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** The input, one outstanding pull at a time; a failure of the input ends it and is thrown when everything before it is done. */
function pullFrom<Thing>(things: AsyncIterable<Thing>, stop: AbortSignal) {
  const iterator = things[Symbol.asyncIterator]();
  let outstanding: Promise<Pulled<Thing>> | undefined;
  let hasEnded = false;
  let failure: { readonly error: unknown } | undefined;
  let giveUp: () => void = () => undefined;
  const onAbort = (): void => giveUp();
  stop.addEventListener('abort', onAbort);
  // Not a race with one promise for the abort: that would keep every thing that was ever pulled until the end of the run.
  const pullOne = (): Promise<Pulled<Thing>> =>
    new Promise((resolve) => {
      giveUp = () => resolve({ kind: 'end' });
      if (stop.aborted) giveUp();
      void pullNext(iterator).then(resolve);
    });
  return {
    pull(): Promise<Pulled<Thing>> | undefined {
      if (hasEnded) return undefined;
      outstanding ??= pullOne();
      return outstanding;
    },
    take(pulled: Pulled<Thing>): { readonly value: Thing } | undefined {
      outstanding = undefined;
      if (pulled.kind === 'failed') failure = pulled;
      hasEnded ||= pulled.kind !== 'thing';
      return pulled.kind === 'thing' ? pulled : undefined;
    },
    end(): void {
      hasEnded = true;
    },
    close(): void {
      stop.removeEventListener('abort', onAbort);
      // A generator that waits for a silent pipe never returns: asking it to is enough, waiting for it is not possible.
      iterator.return?.()?.catch(() => undefined);
    },
    rethrow(): void {
      if (failure !== undefined) throw failure.error;
    },
  };
}

async function pullNext<Thing>(iterator: AsyncIterator<Thing>): Promise<Pulled<Thing>> {
  try {
    const pulled = await iterator.next();
    return pulled.done === true ? { kind: 'end' } : { kind: 'thing', value: pulled.value };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

type Step<Thing, Result> =
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'pulled'; readonly pulled: Pulled<Thing> };

/** The loser of the race is not lost: the oldest result stays first in line, the pull stays outstanding. */
function firstOf<Thing, Result>(
  oldest: Promise<Result> | undefined,
  pull: Promise<Pulled<Thing>> | undefined,
): Promise<Step<Thing, Result>> {
  const contenders: Promise<Step<Thing, Result>>[] = [];
  if (oldest !== undefined) contenders.push(oldest.then((result) => ({ kind: 'result', result })));
  if (pull !== undefined) contenders.push(pull.then((pulled) => ({ kind: 'pulled', pulled })));
  return Promise.race(contenders);
}

/** A failure is thrown when its turn comes; until then it must not count as an unhandled rejection. */
function handleLater<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined);
  return promise;
}
