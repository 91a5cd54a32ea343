/** Rows into batches that wait neither for more input than there is nor for longer than a reader of events should. */
import type { Clock } from '../../transport/http.ts';

export type ChunkOptions = {
  /** Rows of a full chunk, asked for each row. */
  readonly size: () => number;
  /** How long input may pause before a half-filled chunk is given. Default 200 ms. */
  readonly pauseMs?: number;
  /** How old the first row of a chunk may become while rows keep trickling in. Default 500 ms. */
  readonly maxAgeMs?: number;
  readonly clock: Clock;
};

const PAUSE_MS = 200;
/** "A line that arrives on an open pipe is acted on within a second" (design): half of it is left for the server. */
const MAX_AGE_MS = 500;

type Arrival<T> =
  | { readonly kind: 'row'; readonly row: T }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'tick' };

/**
 * Full chunks, or what there is when input pauses. An error of the source is thrown after its last chunk was given. Reads ahead one row.
 * When the caller stops, the source is closed; a source that is waiting for input then has to be ended by its own signal.
 */
export async function* chunkRows<T>(source: AsyncIterable<T>, options: ChunkOptions): AsyncGenerator<readonly T[]> {
  const { size, clock } = options;
  const rows = new Arrivals(source[Symbol.asyncIterator](), clock);
  let chunk = new OpenChunk<T>(options);
  try {
    for (;;) {
      const arrival = await rows.next(chunk.dueAt());
      if (arrival.kind === 'row') chunk.add(arrival.row, clock.now());
      const isOver = arrival.kind === 'end' || arrival.kind === 'error';
      if (chunk.hasToGo(clock.now(), { size: size(), isOver })) {
        yield chunk.rows;
        chunk = new OpenChunk<T>(options);
      }
      if (arrival.kind === 'error') throw arrival.error;
      if (isOver) return;
    }
  } finally {
    await rows.close();
  }
}

/** The chunk that is being filled, and when it has to go. */
class OpenChunk<T> {
  readonly rows: T[] = [];
  readonly #pauseMs: number;
  readonly #maxAgeMs: number;
  #firstAt = 0;
  #lastAt = 0;

  constructor({ pauseMs = PAUSE_MS, maxAgeMs = MAX_AGE_MS }: ChunkOptions) {
    this.#pauseMs = pauseMs;
    this.#maxAgeMs = maxAgeMs;
  }

  add(row: T, now: number): void {
    if (this.rows.length === 0) this.#firstAt = now;
    this.#lastAt = now;
    this.rows.push(row);
  }

  hasToGo(now: number, { size, isOver }: { readonly size: number; readonly isOver: boolean }): boolean {
    return this.rows.length > 0 && (isOver || this.rows.length >= size || this.isDue(now));
  }

  /** Epoch ms; undefined while it is empty. */
  dueAt(): number | undefined {
    if (this.rows.length === 0) return undefined;
    return Math.min(this.#lastAt + this.#pauseMs, this.#firstAt + this.#maxAgeMs);
  }

  isDue(now: number): boolean {
    const dueAt = this.dueAt();
    return dueAt !== undefined && now >= dueAt;
  }
}

/** The next row or the next tick, whichever comes first. One timer runs at a time, so that a fast source costs no timer per row. */
class Arrivals<T> {
  readonly #iterator: AsyncIterator<T>;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  #asked = false;
  #ticking = false;
  #arrived: Arrival<T> | undefined;
  #ticked = false;
  #wake: () => void = () => undefined;

  constructor(iterator: AsyncIterator<T>, clock: Clock) {
    this.#iterator = iterator;
    this.#clock = clock;
  }

  /** `tickAt` (epoch ms): when to come back without a row. A tick may come earlier; the caller looks at the clock. */
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
    // A generator that waits for input answers `return` only after it: nobody should wait for that.
    if (this.#asked && this.#arrived === undefined) closing?.catch(() => undefined);
    else await closing;
  }

  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#iterator.next().then(
      (result) => this.#arrive(result.done ? { kind: 'end' } : { kind: 'row', row: result.value }),
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
