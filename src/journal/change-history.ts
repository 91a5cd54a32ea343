/** What the outbox knows of memberships: which rows are of our making, which changes an interrupted run made. */
import type { Sqlite } from '../sqlite.ts';
import { SELECT_EVENTS, toStoredEvent } from './event-rows.ts';
import type { StoredEvent } from './journal.ts';
import { text } from './rows.ts';
import { keyOf } from './schema.ts';

/** The event types of memberships; other types have no part in this. */
const MEMBERSHIP_EVENTS = { added: 'dyncamp.person.added', removed: 'dyncamp.person.removed' } as const;

export type ChangeHistory = {
  addedByUs(listMemberIds: readonly string[]): ReadonlySet<string>;
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

const UNFINISHED_CHANGES = `
  ${SELECT_EVENTS}
  FROM json_each(?1) AS wanted
  CROSS JOIN events ON ${keyOf('events.person_id')} = ${keyOf('wanted.value')} AND events.person_id = wanted.value
    AND events.type = ?2
  CROSS JOIN runs ON runs.key = events.run_key AND runs.status = 'stopped' AND runs.campaign_id = ?3
  WHERE NOT EXISTS (SELECT 1 FROM runs AS claimer WHERE claimer.key = events.claimed_by AND claimer.status = 'finished')
    AND NOT EXISTS (
      SELECT 1 FROM events AS later
      WHERE ${keyOf('later.person_id')} = ${keyOf('events.person_id')} AND later.person_id = events.person_id
        AND later.sequence > events.sequence AND later.list_id IS events.list_id
        AND later.type IN ('${MEMBERSHIP_EVENTS.added}', '${MEMBERSHIP_EVENTS.removed}'))
  ORDER BY events.sequence`;

export function changeHistory(database: Sqlite): ChangeHistory {
  const addedByUs = database.prepare(
    `SELECT events.list_member_id FROM json_each(?) AS wanted
     CROSS JOIN events ON ${keyOf('events.list_member_id')} = ${keyOf('wanted.value')}
       AND events.list_member_id = wanted.value AND events.type = '${MEMBERSHIP_EVENTS.added}'`,
  );
  const anyStopped = database.prepare(`SELECT 1 FROM runs WHERE campaign_id = ? AND status = 'stopped' LIMIT 1`);
  const unfinished = database.prepare(UNFINISHED_CHANGES);

  return {
    addedByUs: (listMemberIds) =>
      new Set(addedByUs.all([JSON.stringify(listMemberIds)]).map((row) => text(row, 'list_member_id'))),
    changesOfUnfinishedRuns: (change, campaignId, personIds) => {
      if (anyStopped.get([campaignId]) === undefined) return new Map();
      const events = unfinished
        .all([JSON.stringify(personIds), MEMBERSHIP_EVENTS[change], campaignId])
        .map(toStoredEvent);
      return new Map(events.map((event) => [event.personId, event]));
    },
  };
}
