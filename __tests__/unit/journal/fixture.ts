import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Conclusion, Journal, NewEvent, NewIntent, RunJournal } from '../../../src/journal/journal.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';

export const ORGANIZATION = '0a6e1f00-1111-4222-8333-444455556666';
export const CAMPAIGN = 'ca000000-0000-4000-8000-000000000001';
export const LIST = '11570000-0000-4000-8000-000000000001';
export const START = Date.UTC(2026, 10, 21, 9);

/** A directory for one test file, a clock that tests set, and journals over them: each stands for a process. */
export function journalFixture() {
  const directory = mkdtempSync(join(tmpdir(), 'dyncamp-journal-'));
  /** `serverAheadMs`: of this machine; undefined where the server says no time. */
  const clock: { now: number; serverAheadMs: number | undefined } = { now: START, serverAheadMs: 0 };
  const serverNow = () => (clock.serverAheadMs === undefined ? undefined : clock.now + clock.serverAheadMs);
  const opened = new Set<Journal>();
  let runs = 0;

  const open = (organizationId = ORGANIZATION, keepMs?: number): Journal => {
    const journal = openJournal({ directory, organizationId, now: () => clock.now, serverNow, keepMs });
    opened.add(journal);
    return journal;
  };
  const start = (journal: Journal, campaignId = CAMPAIGN): RunJournal => {
    runs += 1;
    return journal.startRun({ id: `run-${runs}`, command: 'add', campaignId, campaignName: 'Spring' });
  };

  return {
    directory,
    clock,
    open,
    start,
    /** A process with a run of its own. */
    openRun: () => {
      const journal = open();
      return { journal, run: start(journal) };
    },
    /** Sets this machine's clock; the server's goes on as it was. */
    setMachine: (ms: number): void => {
      clock.now += ms;
      if (clock.serverAheadMs !== undefined) clock.serverAheadMs -= ms;
    },
    /** What `kill -9` leaves: the lock is gone, the run is not finished. */
    crash: (journal: Journal) => {
      opened.delete(journal);
      journal.close();
    },
    dispose: () => {
      for (const journal of opened) journal.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function intentFor(personId: string, changes: Partial<NewIntent> = {}): NewIntent {
  return {
    kind: 'add',
    personType: 'lead',
    personId,
    email: `${personId}@contoso.example`,
    listId: LIST,
    listName: `Mkto-leads-${CAMPAIGN}`,
    created: false,
    place: { source: 'people.csv', line: 2, ref: personId },
    ...changes,
  };
}

export function eventFor(
  personId: string,
  change: 'added' | 'removed' | 'created' = 'added',
  id = `${change}-${personId}`,
): NewEvent {
  const list = { listId: LIST, listName: `Mkto-leads-${CAMPAIGN}`, listMemberId: `member-${personId}`, created: false };
  return {
    id,
    type: `dyncamp.person.${change}`,
    source: `urn:dynamics:${ORGANIZATION}:campaign:${CAMPAIGN}`,
    at: START,
    campaign: { id: CAMPAIGN, name: 'Spring', code: 'S' },
    personType: 'lead',
    personId,
    email: `${personId}@contoso.example`,
    created: undefined,
    listId: undefined,
    listName: undefined,
    listMemberId: undefined,
    place: { source: 'people.csv', line: 2, ref: personId },
    ...(change === 'created' ? {} : list),
  };
}

export function done(intentId: number | undefined, event?: NewEvent, countAs = 'added'): Conclusion {
  return { intentId: intentId ?? -1, state: 'done', event, countAs };
}

export function notDone(intentId: number | undefined): Conclusion {
  return { intentId: intentId ?? -1, state: 'not-done' };
}
