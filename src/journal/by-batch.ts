/** A row that stands for the numbers from `first` to `last`. */
export type Numbered = { readonly first: number; readonly last: number };

/**
 * The rows that hold these numbers, each once, with those of the numbers that it holds; in their order. `covering` gives the row with the
 * smallest `last` that is not below a number.
 */
export function* byBatch<Batch extends Numbered>(
  numbers: readonly number[],
  covering: (number: number) => Batch | undefined,
): IterableIterator<{ readonly batch: Batch; readonly numbers: readonly number[] }> {
  const sorted = numbers.toSorted(ascending);
  for (let from = 0; from < sorted.length; ) {
    const batch = covering(sorted[from] ?? 0);
    if (batch === undefined) return;
    const start = placeAbove(batch.first - 1, sorted, from);
    from = placeAbove(batch.last, sorted, start);
    if (from > start) yield { batch, numbers: sorted.slice(start, from) };
  }
}

const ascending = (a: number, b: number): number => a - b;

/** The place of the first number above `bound`, from `from` on. */
function placeAbove(bound: number, sorted: readonly number[], from: number): number {
  let place = from;
  while (place < sorted.length && (sorted[place] ?? 0) <= bound) place += 1;
  return place;
}
