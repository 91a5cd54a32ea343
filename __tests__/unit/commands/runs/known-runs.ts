/** A journal of runs and events in memory, for what only reads it. */
import type { EventFilter, RunRecord, StoredEvent } from '../../../../src/journal/journal.ts';

export const SPRING = 'ca000000-0000-4000-8000-000000000001';
export const AUTUMN = 'ca000000-0000-4000-8000-000000000002';

export function runRecord(id: string, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id,
    command: 'add',
    campaignId: SPRING,
    campaignName: 'Spring',
    startedAt: Date.UTC(2026, 10, 21, 9),
    finishedAt: Date.UTC(2026, 10, 21, 9, 1, 2, 345),
    status: 'finished',
    exitCode: 0,
    counts: { added: 2 },
    ...changes,
  };
}

export function journalOf(runs: readonly RunRecord[], events: readonly StoredEvent[] = []) {
  return {
    run: (id: string) => runs.find((run) => run.id === id),
    runs: () => runs.values(),
    events: (filter: EventFilter) =>
      events.filter((event) => filter.campaignId === undefined || filter.campaignId === event.campaign.id).values(),
  };
}
