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
  let left = [...numbers].sort((a, b) => a - b);
  while (left.length > 0) {
    const batch = covering(left[0] ?? 0);
    if (batch === undefined) return;
    const held = left.filter((number) => number >= batch.first && number <= batch.last);
    if (held.length > 0) yield { batch, numbers: held };
    left = left.filter((number) => number > batch.last);
  }
}
