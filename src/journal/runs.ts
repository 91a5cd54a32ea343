/** The rows of runs and their counters. */

import { EVENT_TYPES } from '../events.ts';
import type { NewRun, RunEnd, RunFilter, RunRecord } from './journal.ts';
import { integer, optionalInteger, text, word } from './rows.ts';
import type { Sqlite, SqliteRow } from './sqlite.ts';

export type Runs = ReturnType<typeof runsTable>;

const PAGE = 100;

/**
 * Counters are kept in the order of the input: a run that was killed had made changes that it did not count. By rows, because one may have
 * two removals, of a lead and of the contact that it became.
 */
const COUNT_DONE = `
  INSERT INTO counters (run_key, outcome, people)
  SELECT run_key, CASE type WHEN '${EVENT_TYPES.removed}' THEN 'removed' ELSE 'added' END, count(DISTINCT input_key || ' ' || line)
  FROM events WHERE run_key = ? AND type IN ('${EVENT_TYPES.added}', '${EVENT_TYPES.removed}') GROUP BY run_key, type
  ON CONFLICT (run_key, outcome) DO UPDATE SET people = max(people, excluded.people)`;

export function runsTable(database: Sqlite) {
  const insert = database.prepare(
    `INSERT INTO runs (id, command, campaign_id, campaign_name, started_at, active_at) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const idOf = database.prepare(`SELECT id FROM runs WHERE key = ?`);
  const running = database.prepare(`SELECT key, id FROM runs WHERE status = 'running'`);
  const stop = database.prepare(`UPDATE runs SET status = 'stopped' WHERE key = ? AND status = 'running'`);
  const countDone = database.prepare(COUNT_DONE);
  const finish = database.prepare(`UPDATE runs SET status = ?, exit_code = ?, active_at = ? WHERE key = ?`);
  const touch = database.prepare(`UPDATE runs SET active_at = ? WHERE key = ?`);
  const count = database.prepare(
    `INSERT INTO counters (run_key, outcome, people) VALUES (?, ?, ?)
     ON CONFLICT (run_key, outcome) DO UPDATE SET people = people + excluded.people`,
  );
  const settle = database.prepare(
    `UPDATE counters SET people = people - 1 WHERE run_key = ? AND outcome = 'unconfirmed' AND people > 0`,
  );
  const counters = database.prepare(
    `SELECT outcome, people FROM counters WHERE run_key = ? AND people > 0 ORDER BY outcome`,
  );
  const find = database.prepare(`SELECT * FROM runs WHERE id = ?`);
  const page = database.prepare(
    'SELECT * FROM runs WHERE key < ? AND campaign_id = ifnull(?, campaign_id) ORDER BY key DESC LIMIT ?',
  );

  const toRecord = (row: SqliteRow): RunRecord => toRunRecord(row, counters.all([integer(row, 'key')]));

  return {
    insert: (run: NewRun, now: number): number =>
      insert.run([run.id, run.command, run.campaignId, run.campaignName, now, now]).lastId,
    idOf: (key: number): string => text(idOf.get([key]) ?? {}, 'id'),
    /** Every run that is marked running, alive or not. */
    running: (): readonly { readonly key: number; readonly id: string }[] =>
      running.all().map((row) => ({ key: integer(row, 'key'), id: text(row, 'id') })),
    /** Gives an interrupted run the status `stopped`, if it is still marked running. Its end is its last commit. */
    stop: (key: number): void => {
      if (stop.run([key]).changes > 0) countDone.run([key]);
    },
    finish: (key: number, end: RunEnd, now: number): void => void finish.run([end.status, end.exitCode, now, key]),
    touch: (key: number, now: number): void => void touch.run([now, key]),
    count: (key: number, counts: Iterable<readonly [string, number]>): void => {
      for (const [outcome, people] of counts) if (people !== 0) count.run([key, outcome, people]);
    },
    /** One person of an ended run is unconfirmed no more. */
    settle: (key: number): void => void settle.run([key]),
    find: (id: string): RunRecord | undefined => {
      const row = find.get([id]);
      return row === undefined ? undefined : toRecord(row);
    },
    /** Newest first. */
    *list({ campaignId, limit = Number.MAX_SAFE_INTEGER }: RunFilter): IterableIterator<RunRecord> {
      let before = Number.MAX_SAFE_INTEGER;
      for (let left = limit; left > 0; ) {
        const rows = page.all([before, campaignId ?? null, Math.min(left, PAGE)]);
        yield* rows.map(toRecord);
        const last = rows.at(-1);
        if (last === undefined) return;
        before = integer(last, 'key');
        left -= rows.length;
      }
    },
  };
}

function toRunRecord(row: SqliteRow, counters: readonly SqliteRow[]): RunRecord {
  const status = word(row, 'status', ['running', 'finished', 'stopped']);
  return {
    id: text(row, 'id'),
    command: text(row, 'command'),
    campaignId: text(row, 'campaign_id'),
    campaignName: text(row, 'campaign_name'),
    startedAt: integer(row, 'started_at'),
    finishedAt: status === 'running' ? undefined : integer(row, 'active_at'),
    status,
    exitCode: optionalInteger(row, 'exit_code'),
    counts: Object.fromEntries(counters.map((counter) => [text(counter, 'outcome'), integer(counter, 'people')])),
  };
}
