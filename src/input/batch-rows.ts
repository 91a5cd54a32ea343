/** Groups rows into batches without waiting long for more input, so that events come out soon. */
import type { Clock } from '../transport/http.ts';

type BatchOptions = {
  /** Rows of a full batch; called whenever rows come. */
  readonly size: () => number;
  /** How long input may pause before a partial batch is yielded. Default 200 ms. */
  readonly pauseMs?: number;
  /** How long the first row of a batch may wait while more rows trickle in. Default 500 ms. */
  readonly maxAgeMs?: number;
  readonly clock: Clock;
};

const PAUSE_MS = 200;
/** A line on an open pipe is acted on within a second: half of that is left for the server. */
const MAX_AGE_MS = 500;

type Arrival<T> =
  | { readonly kind: 'rows'; readonly rows: readonly T[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'tick' };

/**
 * Yields full batches, or what there is when input pauses. Throws an error of the source after its last batch. Reads ahead once.
 * Closes the source when the caller stops; a source that is waiting for input must then be ended by its own signal.
 */
export async function* batchRows<T>(
  source: AsyncIterable<readonly T[]>,
  options: BatchOptions,
): AsyncGenerator<readonly T[]> {
  const { clock } = options;
  const arrivals = new Arrivals(source[Symbol.asyncIterator](), clock);
  const batch = new OpenBatch<T>(options);
  try {
    for (;;) {
      const arrival = await arrivals.next(batch.dueAt());
      if (arrival.kind === 'rows') yield* batch.fill(arrival.rows);
      const isOver = arrival.kind === 'end' || arrival.kind === 'error';
      if (isOver || batch.isDue(clock.now())) yield* batch.empty();
      if (arrival.kind === 'error') throw arrival.error;
      if (isOver) return;
    }
  } finally {
    await arrivals.close();
  }
}

/** The batch being filled, and when it is due. */
class OpenBatch<T> {
  readonly #options: Required<BatchOptions>;
  #rows: T[] = [];
  #firstAt = 0;
  #lastAt = 0;

  constructor(options: BatchOptions) {
    this.#options = { pauseMs: PAUSE_MS, maxAgeMs: MAX_AGE_MS, ...options };
  }

  /** Yields the batches that these rows complete and keeps the rest. */
  *fill(rows: readonly T[]): IterableIterator<readonly T[]> {
    for (let from = 0; from < rows.length; ) {
      const size = Math.max(1, this.#options.size());
      const taken = rows.slice(from, from + Math.max(1, size - this.#rows.length));
      from += taken.length;
      this.#add(taken);
      if (this.#rows.length >= size) yield* this.empty();
    }
  }

  *empty(): IterableIterator<readonly T[]> {
    const rows = this.#rows;
    this.#rows = [];
    if (rows.length > 0) yield rows;
  }

  /** Epoch ms; undefined while it is empty. */
  dueAt(): number | undefined {
    if (this.#rows.length === 0) return undefined;
    return Math.min(this.#lastAt + this.#options.pauseMs, this.#firstAt + this.#options.maxAgeMs);
  }

  isDue(now: number): boolean {
    const dueAt = this.dueAt();
    return dueAt !== undefined && now >= dueAt;
  }

  #add(rows: readonly T[]): void {
    this.#lastAt = this.#options.clock.now();
    if (this.#rows.length === 0) this.#firstAt = this.#lastAt;
    for (const row of rows) this.#rows.push(row);
  }
}

/** The next rows or the next tick, whichever comes first. Only one timer runs at a time, so that a fast source does not start one per read. */
class Arrivals<T> {
  readonly #iterator: AsyncIterator<readonly T[]>;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  #asked = false;
  #ticking = false;
  #arrived: Arrival<T> | undefined;
  #ticked = false;
  #wake: () => void = () => undefined;

  constructor(iterator: AsyncIterator<readonly T[]>, clock: Clock) {
    this.#iterator = iterator;
    this.#clock = clock;
  }

  /** `tickAt` (epoch ms): when to return without rows. A tick may come earlier; the caller checks the clock. */
  async next(tickAt: number | undefined): Promise<Arrival<T>> {
    this.#ask();
    if (this.#arrived === undefined && tickAt !== undefined) this.#startTick(tickAt);
    while (this.#arrived === undefined && !(this.#ticked && tickAt !== undefined)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#ticked = false;
    const arrived = this.#arrived;
    if (arrived === undefined) return { kind: 'tick' };
    this.#arrived = undefined;
    this.#asked = false;
    return arrived;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    const closing = this.#iterator.return?.();
    // A generator that waits for input handles `return` only afterwards: do not wait for that.
    if (this.#asked && this.#arrived === undefined) closing?.catch(() => undefined);
    else await closing;
  }

  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#iterator.next().then(
      (result) => this.#arrive(result.done ? { kind: 'end' } : { kind: 'rows', rows: result.value }),
      (error: unknown) => this.#arrive({ kind: 'error', error }),
    );
  }

  #arrive(arrival: Arrival<T>): void {
    this.#arrived = arrival;
    this.#wake();
  }

  #startTick(tickAt: number): void {
    if (this.#ticking) return;
    this.#ticking = true;
    const tick = () => {
      this.#ticking = false;
      this.#ticked = true;
      this.#wake();
    };
    this.#clock.sleep(Math.max(0, tickAt - this.#clock.now()), this.#closed.signal).then(tick, tick);
  }
}
