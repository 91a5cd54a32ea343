/** What the outbox knows of memberships: which additions are of our making, which changes an interrupted run made. */
import type { Sqlite } from '../sqlite.ts';
import { MEMBERSHIP_EVENTS } from './event-batch.ts';
import { catchUp, type EventIndex, type IndexScope } from './event-index.ts';
import { eventsBySequence } from './event-rows.ts';
import type { StoredEvent } from './journal.ts';
import { integer, optionalInteger, text } from './rows.ts';
import { keyOf } from './schema.ts';

export type ChangeHistory = {
  /** Steps of getting ready for changesOfUnfinishedRuns; each is some 100 ms of work at most. */
  prepare(campaignId: string): IterableIterator<void>;
  addedByUs(campaignId: string, eventIds: readonly string[]): ReadonlySet<string>;
  /**
   * The last change that the journal knows of each person on a list, where an ended run that did not finish made it and no finished
   * run has claimed it.
   */
  changesOfUnfinishedRuns(
    change: 'added' | 'removed',
    campaignId: string,
    personIds: readonly string[],
  ): ReadonlyMap<string, StoredEvent>;
};

/** As much as a clock may have been put back since the run began. */
const CLOCK_SLACK_MS = 3_600_000;

const UNFINISHED_CHANGES = `
  SELECT event.sequence
  FROM json_each(?1) AS wanted
  CROSS JOIN event_people AS event ON event.person = ${keyOf('wanted.value')} AND event.type = ?2
  CROSS JOIN event_batches AS batch
    ON batch.last = (SELECT last FROM event_batches WHERE last >= event.sequence ORDER BY last LIMIT 1)
  CROSS JOIN runs ON runs.key = batch.run_key AND runs.status = 'stopped' AND runs.campaign_id = ?3
  WHERE NOT EXISTS (
      SELECT 1 FROM event_claims AS claim CROSS JOIN runs AS claimer ON claimer.key = claim.run_key
      WHERE claim.sequence = event.sequence AND claimer.status = 'finished')
    AND NOT EXISTS (
      SELECT 1 FROM event_people AS later
      WHERE later.person = event.person AND later.sequence > event.sequence AND later.list IS event.list
        AND later.type IN ('${MEMBERSHIP_EVENTS.added}', '${MEMBERSHIP_EVENTS.removed}'))`;

export function changeHistory(database: Sqlite, index: EventIndex): ChangeHistory {
  const addedByUs = database.prepare(
    `SELECT wanted.value AS id FROM json_each(?) AS wanted
     WHERE EXISTS (SELECT 1 FROM event_additions AS added WHERE added.id = ${keyOf('wanted.value')})`,
  );
  const firstStopped = database.prepare(
    `SELECT min(started_at) AS since FROM runs WHERE campaign_id = ? AND status = 'stopped'`,
  );
  const unfinished = database.prepare(UNFINISHED_CHANGES);
  const read = eventsBySequence(database);
  /** Undefined: no run stopped before it was finished. A later change the other way cancels one, so both types are needed. */
  const scopeOf = (campaignId: string): IndexScope | undefined => {
    const since = optionalInteger(firstStopped.get([campaignId]) ?? {}, 'since');
    return since === undefined
      ? undefined
      : { campaignId, since: since - CLOCK_SLACK_MS, types: Object.values(MEMBERSHIP_EVENTS) };
  };

  return {
    *prepare(campaignId) {
      const scope = scopeOf(campaignId);
      while (scope !== undefined && index.isBehind(scope)) {
        database.transaction(() => index.advance(scope));
        yield;
      }
    },
    addedByUs: (campaignId, eventIds) => {
      if (eventIds.length === 0) return new Set();
      catchUp(database, index, { campaignId, since: 0, types: [MEMBERSHIP_EVENTS.added] });
      return new Set(addedByUs.all([JSON.stringify(eventIds)]).map((row) => text(row, 'id')));
    },
    changesOfUnfinishedRuns: (change, campaignId, personIds) => {
      const scope = scopeOf(campaignId);
      if (scope === undefined) return new Map();
      catchUp(database, index, scope);
      const sequences = unfinished
        .all([JSON.stringify(personIds), MEMBERSHIP_EVENTS[change], campaignId])
        .map((row) => integer(row, 'sequence'));
      return new Map(read(sequences).map((event) => [event.personId, event]));
    },
  };
}
