/**
 * What a command that reads everything first keeps on disk: the rows, who they may mean, who is in, and whose removal is planned. SQLite keeps
 * temporary tables in a file without a name (on Windows one that is deleted when closed): they end with the process.
 */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListMember } from '../dataverse/wire.ts';
import { InputError, UsageError } from '../errors.ts';
import type { PersonType } from '../events.ts';
import { batchRows } from '../input/batch-rows.ts';
import type { InputRow, PersonRow } from '../input/input-row.ts';
import { openTemporary, type SqliteRow, type SqliteStatement } from '../journal/sqlite.ts';
import { personRow } from '../people/members/source-list.ts';
import { makePrivateDirectory } from '../settings/directories.ts';
import { openRunProgress } from './progress.ts';
import type { OpenRun } from './strategy.ts';

/** A membership row. A row that was made again may have the same id, but not the same time (U23). */
type MemberKey = Pick<ListMember, 'id' | 'createdOn'>;

export type SpooledMember = ListMember & {
  readonly personType: PersonType;
  /** Added by a flow action, by the rules of `remove`. */
  readonly isOurs: boolean;
};

export type Spool = ReturnType<typeof openSpool>['spool'];

const TABLES = `
  CREATE TEMP TABLE input (seq INTEGER PRIMARY KEY, source TEXT NOT NULL, json TEXT NOT NULL);
  -- Whom the input may mean: they are not removed.
  CREATE TEMP TABLE protected (key TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TEMP TABLE member (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, created TEXT NOT NULL, list_id TEXT NOT NULL, person_type TEXT, person_id TEXT NOT NULL,
    created_by TEXT, is_ours INTEGER NOT NULL, is_planned INTEGER NOT NULL DEFAULT 0, UNIQUE (id, created)
  );
  CREATE INDEX temp.member_person ON member (person_id);`;

const ROWS_PER_READ = 1000;

const NOT_PROTECTED = 'person_id NOT IN (SELECT key FROM protected)';
/** Each person once, by the first of their rows. */
const PEOPLE = (which: string): string => `
  SELECT * FROM member AS m WHERE seq > ? AND is_ours = 1 AND ${which}
    AND NOT EXISTS (SELECT 1 FROM member AS o WHERE o.person_id = m.person_id AND o.is_ours = 1 AND o.seq < m.seq)
  ORDER BY seq LIMIT ${ROWS_PER_READ}`;

/** `folder`: where SQLite makes its file. Throws UsageError SPOOL_UNWRITABLE, here and from every method later. */
export function openSpool(folder: string) {
  const explain = (failure: unknown): UsageError => unwritable(folder, failure);
  try {
    makePrivateDirectory(folder);
  } catch (error) {
    throw explain(error);
  }
  const database = openTemporary({ folder, explain });
  database.exec(TABLES);
  const countOf = (sql: string) => {
    const statement = database.prepare(sql);
    return (...values: readonly (string | null)[]): number => Number(statement.get([...values])?.n ?? 0);
  };
  const isMember = (which: string) => {
    const count = countOf(`SELECT COUNT(*) AS n FROM member WHERE id = ? AND created = ? AND ${which}`);
    return (member: MemberKey): boolean => count(member.id, moment(member)) > 0;
  };
  const countRows = countOf('SELECT COUNT(*) AS n FROM input WHERE source = ifnull(?, source)');
  const countProtected = countOf('SELECT COUNT(*) AS n FROM protected WHERE key = ?');
  const addRow = database.prepare('INSERT INTO input (source, json) VALUES (?, ?)');
  const rowPage = database.prepare(`SELECT seq, json FROM input WHERE seq > ? ORDER BY seq LIMIT ${ROWS_PER_READ}`);
  const addProtected = database.prepare('INSERT OR IGNORE INTO protected (key) VALUES (?)');
  const addMember = database.prepare(
    'INSERT OR IGNORE INTO member (id, created, list_id, person_type, person_id, created_by, is_ours) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const candidatePage = database.prepare(PEOPLE(NOT_PROTECTED));
  const plannedPage = database.prepare(
    PEOPLE('EXISTS (SELECT 1 FROM member AS p WHERE p.person_id = m.person_id AND p.is_planned = 1)'),
  );
  const others = database.prepare(
    `SELECT created_by, COUNT(DISTINCT person_id) AS n FROM member WHERE is_ours = 0 AND ${NOT_PROTECTED} GROUP BY created_by`,
  );
  const plan = database.prepare(
    `INSERT INTO member (id, created, list_id, person_id, is_ours, is_planned) VALUES (?, ?, ?, ?, 1, 1)
     ON CONFLICT (id, created) DO UPDATE SET is_planned = 1`,
  );
  const spool = {
    saveRows(rows: readonly InputRow[]): void {
      database.transaction(() => {
        for (const row of rows) addRow.run([row.place.source, JSON.stringify(row)]);
      });
    },
    async *rows(): AsyncGenerator<readonly InputRow[]> {
      for await (const found of pages(rowPage)) yield found.map(({ json }) => parseRow(String(json)));
    },
    countRows: (source?: string) => countRows(source ?? null),

    /** People with one of these keys are not removed: ids of records, and look-alike keys, because Dynamics cannot be asked for every spelling. */
    protect(keys: Iterable<string>): void {
      database.transaction(() => {
        for (const key of keys) addProtected.run([key]);
      });
    },
    isProtected: (key: string) => countProtected(key) > 0,
    /** Texts where an input was cut off, at most one per input. People whose address or id begins with one are not removed. */
    beginnings: new Set<string>(),

    saveMembers(members: readonly SpooledMember[]): void {
      database.transaction(() => {
        for (const { isOurs, createdBy = null, ...member } of members) {
          const { id, listId, personType, personId } = member;
          addMember.run([id, moment(member), listId, personType, personId, createdBy, isOurs ? 1 : 0]);
        }
      });
    },
    /** Whether a flow action had added this membership row when the members were saved, and its person is not protected. */
    isRemovable: isMember(`is_ours = 1 AND ${NOT_PROTECTED}`),
    /** People that flow actions added and that are not protected, each once. */
    candidates: () => peopleIn(candidatePage),
    countOurs: countOf('SELECT COUNT(DISTINCT person_id) AS n FROM member WHERE is_ours = 1'),
    /** Numbers of people that others added and that are not protected, by the user who did (undefined: unknown). */
    countOthers: () =>
      new Map(others.all().map(({ created_by: by, n }) => [by === null ? undefined : String(by), Number(n)])),

    plan(members: readonly ListMember[]): void {
      database.transaction(() => {
        for (const member of members) plan.run([member.id, moment(member), member.listId, member.personId]);
      });
    },
    isPlanned: isMember('is_planned = 1'),
    /** People, not rows. */
    countPlanned: countOf('SELECT COUNT(DISTINCT person_id) AS n FROM member WHERE is_planned = 1'),
    /** Candidates whose removal is planned; each once. */
    plannedCandidates: () => peopleIn(plannedPage),
  };
  return { spool, close: database.close };
}

function unwritable(folder: string, failure: unknown): UsageError {
  const why = failure instanceof Error ? failure.message : String(failure);
  return new UsageError('SPOOL_UNWRITABLE', `Could not store the input in ${folder} while reading it: ${why}.`, {
    hint: 'Free some space there, or set DYNCAMP_STATE_DIR to another local folder.',
    cause: failure,
  });
}

/** Not validated: this process wrote it. */
function parseRow(json: string): InputRow {
  return JSON.parse(json);
}

/** Reads may write the same time in different forms. */
function moment({ createdOn }: MemberKey): string {
  const time = Date.parse(createdOn);
  return Number.isNaN(time) ? createdOn : String(time);
}

/** As input rows that name people by id; `line` counts them. */
async function* peopleIn(statement: SqliteStatement): AsyncGenerator<readonly PersonRow[]> {
  for await (const found of pages(statement))
    yield found.map((row) => {
      const personType = row.person_type === 'lead' ? 'lead' : 'contact';
      return personRow({ id: String(row.list_id), personType }, String(row.person_id), Number(row.seq));
    });
}

async function* pages(statement: SqliteStatement): AsyncGenerator<readonly SqliteRow[]> {
  for (let last = 0; ; ) {
    const found = statement.all([last]);
    if (found.length > 0) yield found;
    if (found.length < ROWS_PER_READ) return;
    last = Number(found.at(-1)?.seq);
  }
}

const ROWS_PER_WRITE = 1000;

/** A dry run uses the temporary folder: it may not have the right to write to the state folder. */
export function openRunSpool({ context, isDryRun }: Pick<OpenRun, 'context' | 'isDryRun'>): Spool {
  const { spool, close } = openSpool(isDryRun ? tmpdir() : join(context.stateDirectory, 'spool'));
  context.onClose(close);
  return spool;
}

/** Gives the error that ended the input, if any: the rows before it are in the spool. Ends early when the run does. */
export async function readInput(
  { context, rows, total, intake }: Pick<OpenRun, 'context' | 'rows' | 'total' | 'intake'>,
  spool: Pick<Spool, 'saveRows'>,
): Promise<InputError | undefined> {
  const progress = await openRunProgress(context, { label: 'Reading', total, waitingSeconds: intake.waitingSeconds });
  try {
    for await (const batch of batchRows(rows, { size: () => ROWS_PER_WRITE, clock: context.clock })) {
      spool.saveRows(batch);
      if (intake.signal.aborted) return undefined;
      progress.note(batch);
    }
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  } finally {
    await progress.stop();
  }
}
