/** Which events nobody has taken: a row per batch that has such, kept apart so that the batch itself is written once. */
import type { Sqlite } from '../sqlite.ts';
import { byBatch, type Numbered } from './by-batch.ts';
import { placesOf } from './event-batch.ts';
import { integer, optionalText } from './rows.ts';

export type UntoldEvents = {
  /** A batch is stored: nobody has taken any of its events. */
  store(last: number, runKey: number, events: number): void;
  /** These were taken, or (false) were not after all. */
  mark(sequences: readonly number[], told: boolean): void;
};

type Batch = Numbered & { readonly runKey: number; readonly untold: ReadonlySet<number> };

export function untoldEvents(database: Sqlite): UntoldEvents {
  const covering = database.prepare(
    `SELECT batch.first, batch.last, batch.run_key, untold.places
     FROM event_batches AS batch LEFT JOIN event_untold AS untold ON untold.last = batch.last
     WHERE batch.last >= ? ORDER BY batch.last LIMIT 1`,
  );
  const set = database.prepare(
    `INSERT INTO event_untold (last, run_key, places) VALUES (?, ?, ?)
     ON CONFLICT (last) DO UPDATE SET places = excluded.places`,
  );
  const clear = database.prepare(`DELETE FROM event_untold WHERE last = ?`);
  const coveringBatch = (sequence: number): Batch | undefined => {
    const row = covering.get([sequence]);
    if (row === undefined) return undefined;
    const [first, last, runKey] = [integer(row, 'first'), integer(row, 'last'), integer(row, 'run_key')];
    return { first, last, runKey, untold: placesOf(optionalText(row, 'places')) };
  };

  return {
    store: (last, runKey, events) => void set.run([last, runKey, JSON.stringify([...Array(events).keys()])]),
    mark: (sequences, told) => {
      for (const { batch, numbers } of byBatch(sequences, coveringBatch)) {
        const places = untoldPlaces(batch, numbers, told);
        if (places.length === 0) clear.run([batch.last]);
        else set.run([batch.last, batch.runKey, JSON.stringify(places)]);
      }
    },
  };
}

function untoldPlaces({ first, untold }: Batch, sequences: readonly number[], told: boolean): readonly number[] {
  const places = new Set(untold);
  for (const sequence of sequences) {
    if (told) places.delete(sequence - first);
    else places.add(sequence - first);
  }
  return [...places];
}
