/** Many reads as a few requests, one after the other. */
import type { Dataverse, OperationResult, Read } from './operation.ts';

/** Some seconds of the server's time, and some MB at most. */
const READS_PER_REQUEST = 40;

/** Results in the order of the reads. */
export async function readInTurn(dataverse: Dataverse, reads: readonly Read[]): Promise<readonly OperationResult[]> {
  const results: OperationResult[] = [];
  for (const some of slicesOf(reads, READS_PER_REQUEST)) results.push(...(await dataverse.batch(some)));
  return results;
}

export function slicesOf<T>(things: readonly T[], length: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(things.length / length) }, (_, place) =>
    things.slice(place * length, (place + 1) * length),
  );
}
