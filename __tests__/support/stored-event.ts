/** An event as the journal gives it, for what only reads it. */
import type { StoredEvent } from '../../src/journal/journal.ts';

export function storedEvent(changes: Partial<StoredEvent> = {}): StoredEvent {
  return {
    sequence: 1,
    runId: 'run',
    delivered: true,
    id: 'event',
    type: 'dyncamp.person.added',
    source: 'urn:dynamics:organization:campaign:campaign',
    at: Date.UTC(2026, 10, 21, 9),
    campaign: { id: 'campaign', name: 'Spring', code: 'S' },
    personType: 'lead',
    personId: 'p',
    ...changes,
  };
}
