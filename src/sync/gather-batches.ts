/**
 * Runs many tasks at once and joins their concurrent reads into one `$batch`: the code that reads one campaign then serves
 * fifty without fifty times the requests.
 */
import { MAX_BATCH_PARTS } from '../dataverse/limits.ts';
import type { BatchPart, Dataverse, OperationResult } from '../dataverse/operation.ts';

type Waiting = {
  readonly parts: readonly BatchPart[];
  readonly resolve: (results: readonly OperationResult[]) => void;
  readonly reject: (error: unknown) => void;
};

/** Each task gets a Dataverse whose `batch` waits until every task has called it or is done. Results in the order of the tasks. */
export async function gatherBatches<T>(
  dataverse: Dataverse,
  tasks: readonly ((gathered: Dataverse) => Promise<T>)[],
): Promise<readonly T[]> {
  let running = tasks.length;
  let waiting: Waiting[] = [];
  const sendWhenAllWait = (): void => {
    if (waiting.length < running || waiting.length === 0) return;
    const together = waiting;
    waiting = [];
    void sendTogether(dataverse, together);
  };
  const gathered: Dataverse = {
    ...dataverse,
    batch: (parts) =>
      new Promise((resolve, reject) => {
        waiting.push({ parts, resolve, reject });
        sendWhenAllWait();
      }),
  };
  const done = (): void => {
    running -= 1;
    sendWhenAllWait();
  };
  return Promise.all(tasks.map((task) => task(gathered).finally(done)));
}

async function sendTogether(dataverse: Dataverse, together: readonly Waiting[]): Promise<void> {
  try {
    const results = await sendAll(
      dataverse,
      together.flatMap(({ parts }) => parts),
    );
    let start = 0;
    for (const { parts, resolve } of together) {
      resolve(results.slice(start, start + parts.length));
      start += parts.length;
    }
  } catch (error) {
    for (const { reject } of together) reject(error);
  }
}

async function sendAll(dataverse: Dataverse, parts: readonly BatchPart[]): Promise<readonly OperationResult[]> {
  const results: OperationResult[] = [];
  for (let start = 0; start < parts.length; start += MAX_BATCH_PARTS) {
    results.push(...(await dataverse.batch(parts.slice(start, start + MAX_BATCH_PARTS))));
  }
  return results;
}
