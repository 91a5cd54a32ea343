/** Simulated time of writes: which write to a list waits for which (U33), and when a request times out (U36). */
import { type ODataError, refuse } from '../errors/errors.ts';
import type { Instance } from '../instance.ts';
import type { Work } from '../operations/operation.ts';

/** "Request timeout about 2 minutes." [documented] What takes longer is undone. [inferred] */
const TIME_LIMIT_MS = 120_000;

type Writing = { url: string; body: string };

/** Lists whose members these requests change. */
function listsOf(requests: readonly Writing[]): string[] {
  const ids = requests.flatMap(({ url, body }) => {
    if (/(?:Add|Remove)ListMembersList/.test(url)) return /"listid"\s*:\s*"([0-9a-f-]{36})"/i.exec(body)?.[1] ?? [];
    return /lists\(([0-9a-f-]{36})\)\/Microsoft\.Dynamics\.CRM\.(?:Add|Remove)MemberList/i.exec(url)?.[1] ?? [];
  });
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}

/**
 * U33 (concurrentListWrites): writes to one list run in parallel, wait for each other, or the second fails while the first works. `act` gets
 * the refusal. The list is held for as long as its rows take; the rest of the request's time passes at its end.
 */
export async function inTurn<T>(
  instance: Instance,
  { requests, work }: { requests: readonly Writing[]; work: Work },
  act: (refusal: ODataError | undefined) => T,
): Promise<T> {
  const mode = instance.conditions.switches.concurrentListWrites;
  const lists = mode === 'free' ? [] : listsOf(requests);
  if (lists.length === 0) return act(undefined);
  const { heldLists: held } = instance;
  if (mode !== 'queued' && lists.some((id) => held.has(id)))
    return act(refuse.sqlError(mode === 'deadlock' ? 500 : 400));
  const before = lists.map((id) => held.get(id));
  let release = (): void => undefined;
  const mine = new Promise<void>((resolve) => {
    release = resolve;
  });
  for (const id of lists) held.set(id, mine);
  await Promise.all(before);
  try {
    const [written, startedAt] = [work.rowsWritten, performance.now()];
    const result = act(undefined);
    const ms = (work.rowsWritten - written) * (instance.conditions.latency.perRowWrittenMs ?? 0);
    await instance.sleep(ms - (performance.now() - startedAt));
    work.sleptMs += ms;
    return result;
  } finally {
    for (const id of lists) if (held.get(id) === mine) held.delete(id);
    release();
  }
}

/** U36 (batchTime): the time limit holds for each operation, or for a batch in all; then the answer is lost, and what was done before stays. */
export function inTime<T>({ conditions, store }: Instance, work: Work, act: () => T): T {
  const perRowMs = conditions.latency.perRowWrittenMs ?? 0;
  if (perRowMs === 0) return act();
  const isInAll = conditions.switches.batchTime === 'in-all';
  const start = isInAll ? 0 : work.rowsWritten;
  return store.transaction(() => {
    const result = act();
    if ((work.rowsWritten - start) * perRowMs <= TIME_LIMIT_MS) return result;
    work.rowsWritten = start + Math.floor(TIME_LIMIT_MS / perRowMs);
    work.isOutOfTime = isInAll;
    throw refuse.sqlTimeout();
  });
}
