/** Groups rows into batches without waiting long for more input, so that events come out soon. */
import type { Clock } from '../transport/http.ts';

type BatchOptions = {
  /** Rows of a full batch; asked for anew with each read and each batch. */
  readonly size: () => number;
  readonly clock: Clock;
};

/** How long input may pause before a partial batch is yielded. */
const PAUSE_MS = 200;
/** How long the first row of a batch may wait: a line on an open pipe is acted on within a second, and half of that is the server's. */
const MAX_AGE_MS = 500;

/**
 * Yields full batches, or what there is when input pauses. Throws an error of the source after its last batch.
 * Closes the source when the caller stops; a source that is waiting for input must then be ended by its own signal.
 */
export async function* batchRows<T>(
  source: AsyncIterable<readonly T[]>,
  { size, clock }: BatchOptions,
): AsyncGenerator<readonly T[]> {
  const iterator = source[Symbol.asyncIterator]();
  const closed = new AbortController();
  let coming: Promise<IteratorResult<readonly T[]>> | undefined;
  /** One timer at a time, so that a fast source does not start one per read: it may end before its batch is due. */
  let tick: Promise<undefined> | undefined;
  let rows: T[] = [];
  let [firstAt, lastAt] = [0, 0];
  const dueInMs = (): number => Math.max(0, Math.min(lastAt + PAUSE_MS, firstAt + MAX_AGE_MS) - clock.now());
  const nothing = (): undefined => undefined;
  function* batch(): Iterable<readonly T[]> {
    const whole = rows;
    rows = [];
    if (whole.length > 0) yield whole;
  }
  /** The batches that these rows complete. */
  function* filledWith(more: readonly T[]): Iterable<readonly T[]> {
    lastAt = clock.now();
    let most = size();
    for (const row of more) {
      if (rows.length === 0) firstAt = lastAt;
      rows.push(row);
      if (rows.length < most) continue;
      yield* batch();
      // The caller may have worked on that batch for long: only now the others begin to wait.
      lastAt = clock.now();
      most = size();
    }
  }
  try {
    for (;;) {
      coming ??= iterator.next();
      if (rows.length > 0) tick ??= clock.sleep(dueInMs(), closed.signal).then(nothing, nothing);
      const arrived = await (rows.length === 0 ? coming : Promise.race([coming, tick]));
      if (arrived === undefined) tick = undefined;
      else {
        coming = undefined;
        if (arrived.done === true) break;
        yield* filledWith(arrived.value);
      }
      if (dueInMs() === 0) yield* batch();
    }
    yield* batch();
  } catch (error) {
    yield* batch();
    throw error;
  } finally {
    closed.abort();
    const closing = iterator.return?.();
    // A generator that waits for input handles `return` only afterwards: do not wait for that.
    if (coming === undefined) await closing;
    else closing?.catch(nothing);
  }
}
