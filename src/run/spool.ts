/**
 * What a command that reads everything first keeps on disk meanwhile, so that memory does not grow with the input: the rows, whom they
 * may mean, who is in, and whose removal is planned. One SQLite file, which goes when the command ends.
 */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListMember, PersonType } from '../dataverse/wire.ts';
import { InputError, UsageError } from '../errors.ts';
import { chunkRows } from '../input/chunk-rows.ts';
import type { InputRow, InputRows } from '../input/input-row.ts';
import { openSqlite, type Sqlite, type SqliteRow, type SqliteStatement } from '../journal/sqlite.ts';
import { makePrivateDirectory } from '../settings/private-directory.ts';
import type { OpenRun } from './plan.ts';
import { openRunProgress } from './progress.ts';

/** A membership row. A row that was made again may have the same id, but not the same time (U23). */
type MemberKey = Pick<ListMember, 'id' | 'createdOn'>;

/** Somebody who is on an own list, put there by a flow action. `line` counts them. */
export type Candidate = {
  readonly personType: PersonType;
  readonly personId: string;
  readonly listId: string;
  readonly line: number;
};

export type SpooledMember = ListMember & {
  readonly personType: PersonType;
  /** Put in by a flow action, as the rules of `remove` see it. */
  readonly isOurs: boolean;
};

export type Spool = {
  saveRows(rows: readonly InputRow[]): void;
  /** The rows in their order. */
  rows(): InputRows;
  countRows(): number;
  /** Rows per source. */
  rowsOf(source: string): number;

  /** These records are not removed, whatever else is found. */
  protect(personIds: Iterable<string>): void;
  isProtected(personId: string): boolean;
  /** Nor is anybody whose address has one of these look-alike keys: Dynamics cannot be asked for every spelling. */
  protectAddresses(lookAlikeKeys: Iterable<string>): void;
  isProtectedAddress(lookAlikeKey: string): boolean;
  /** Nor is anybody whose address or id begins with this text: an input was cut off there. */
  protectBeginning(text: string): void;
  /** The texts, as they were given. */
  protectedBeginnings(): readonly string[];

  saveMembers(members: readonly SpooledMember[]): void;
  /** Whether this membership row was there, put in by a flow action, when the members were saved. */
  isCandidate(member: MemberKey): boolean;
  /** People whom flow actions put in and who are not protected; each once, in pages. */
  candidates(): AsyncIterable<readonly Candidate[]>;
  /** People whom flow actions put in. */
  countOurs(): number;
  /** People whom nobody of ours put in and who are not protected, by who did (undefined: unknown). */
  countOthers(): ReadonlyMap<string | undefined, number>;

  plan(members: readonly (MemberKey & { readonly personId: string })[]): void;
  isPlanned(member: MemberKey): boolean;
  /** People, not rows. */
  countPlanned(): number;
  /** Candidates whose removal is planned; each once, in pages. */
  plannedCandidates(): AsyncIterable<readonly Candidate[]>;
};

type SpoolOptions = {
  /** DYNCAMP_STATE_DIR. */
  readonly directory: string;
  /** Epoch ms. */
  readonly now: () => number;
};

/** Of a command that was killed; no run reads its input for as long. */
const LEFT_BEHIND_MS = 2 * 24 * 60 * 60 * 1000;
const FOLDER = 'spool';

/** Throws UsageError SPOOL_UNWRITABLE, here and from every method later. */
export function openSpool({ directory, now }: SpoolOptions): { readonly spool: Spool; close(): void } {
  const folder = join(directory, FOLDER);
  const path = join(folder, `${randomUUID()}.sqlite`);
  const explain = (failure: unknown): UsageError => unwritable(folder, failure);
  try {
    makePrivateDirectory(folder);
    sweep(folder, now());
  } catch (error) {
    throw explain(error);
  }
  const database = openSqlite({ path, timeoutMs: 0, mode: 0o600, explain });
  prepare(database);
  return {
    spool: { ...spooledInput(database), ...spooledMembers(database) },
    close() {
      database.close();
      removeFiles(path);
    },
  };
}

/** Nothing of it has to outlive the process: no journal beside it, no waiting for the disk. */
function prepare(database: Sqlite): void {
  database.prepare('PRAGMA journal_mode = MEMORY').all();
  database.exec(`
    PRAGMA synchronous = OFF;
    CREATE TABLE row (seq INTEGER PRIMARY KEY, source TEXT NOT NULL, json TEXT NOT NULL);
    CREATE TABLE protected (id TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE protected_address (key TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE member (
      seq INTEGER PRIMARY KEY, id TEXT NOT NULL, created TEXT NOT NULL, list_id TEXT NOT NULL, person_type TEXT NOT NULL,
      person_id TEXT NOT NULL, created_by TEXT, is_ours INTEGER NOT NULL
    );
    CREATE INDEX member_id ON member (id);
    CREATE INDEX member_person ON member (person_id);
    CREATE TABLE planned (id TEXT NOT NULL, created TEXT NOT NULL, person_id TEXT NOT NULL, PRIMARY KEY (id, created)) WITHOUT ROWID;
    CREATE INDEX planned_person ON planned (person_id);`);
}

function sweep(folder: string, now: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const age = now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now);
    if (age > LEFT_BEHIND_MS) rmSync(path, { force: true });
  }
}

function removeFiles(path: string): void {
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

function unwritable(folder: string, failure: unknown): UsageError {
  const why = failure instanceof Error ? failure.message : String(failure);
  return new UsageError('SPOOL_UNWRITABLE', `Could not store the input in ${folder} while reading it: ${why}.`, {
    hint: 'Free some space there, or set DYNCAMP_STATE_DIR to another local folder.',
    cause: failure,
  });
}

/** Rows that are read from the file together. */
const ROWS_PER_READ = 1000;

function spooledInput(
  database: Sqlite,
): Pick<
  Spool,
  | 'saveRows'
  | 'rows'
  | 'countRows'
  | 'rowsOf'
  | 'protect'
  | 'isProtected'
  | 'protectAddresses'
  | 'isProtectedAddress'
  | 'protectBeginning'
  | 'protectedBeginnings'
> {
  const insert = database.prepare('INSERT INTO row (source, json) VALUES (?, ?)');
  const page = database.prepare(`SELECT seq, json FROM row WHERE seq > ? ORDER BY seq LIMIT ${ROWS_PER_READ}`);
  const count = database.prepare('SELECT COUNT(*) AS n FROM row WHERE source = ?');
  const countAll = database.prepare('SELECT COUNT(*) AS n FROM row');
  const protectOne = database.prepare('INSERT OR IGNORE INTO protected (id) VALUES (?)');
  const find = database.prepare('SELECT 1 FROM protected WHERE id = ?');
  const protectAddress = database.prepare('INSERT OR IGNORE INTO protected_address (key) VALUES (?)');
  const findAddress = database.prepare('SELECT 1 FROM protected_address WHERE key = ?');
  // One for each input at most.
  const beginnings: string[] = [];
  return {
    saveRows(rows) {
      database.transaction(() => {
        for (const row of rows) insert.run([row.place.source, JSON.stringify(row)]);
      });
    },
    async *rows() {
      for (let last = 0; ; ) {
        const found = page.all([last]);
        if (found.length > 0) yield found.map(({ json }) => parseRow(String(json)));
        if (found.length < ROWS_PER_READ) return;
        last = Number(found.at(-1)?.seq);
      }
    },
    countRows: () => Number(countAll.get()?.n ?? 0),
    rowsOf: (source) => Number(count.get([source])?.n ?? 0),
    protect(personIds) {
      database.transaction(() => {
        for (const id of personIds) protectOne.run([id]);
      });
    },
    isProtected: (personId) => find.get([personId]) !== undefined,
    protectAddresses(lookAlikeKeys) {
      database.transaction(() => {
        for (const key of lookAlikeKeys) protectAddress.run([key]);
      });
    },
    isProtectedAddress: (key) => findAddress.get([key]) !== undefined,
    protectBeginning: (text) => void beginnings.push(text),
    protectedBeginnings: () => beginnings,
  };
}

/** Of our own making, by the same process. */
function parseRow(json: string): InputRow {
  return JSON.parse(json);
}

type Part = Pick<
  Spool,
  | 'saveMembers'
  | 'isCandidate'
  | 'candidates'
  | 'countOurs'
  | 'countOthers'
  | 'plan'
  | 'isPlanned'
  | 'countPlanned'
  | 'plannedCandidates'
>;

/** Each person by the first of their rows. */
const PAGE = (which: string): string => `
  SELECT seq, list_id, person_type, person_id FROM member AS m
  WHERE seq > ? AND is_ours = 1 AND ${which}
    AND NOT EXISTS (SELECT 1 FROM member AS o WHERE o.person_id = m.person_id AND o.is_ours = 1 AND o.seq < m.seq)
  ORDER BY seq LIMIT ${ROWS_PER_READ}`;

const UNPROTECTED = 'person_id NOT IN (SELECT id FROM protected)';

function spooledMembers(database: Sqlite): Part {
  const insert = database.prepare(
    'INSERT INTO member (id, created, list_id, person_type, person_id, created_by, is_ours) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const candidate = database.prepare('SELECT 1 FROM member WHERE id = ? AND created = ? AND is_ours = 1');
  const unprotected = database.prepare(PAGE(UNPROTECTED));
  const planned = database.prepare(PAGE('EXISTS (SELECT 1 FROM planned AS p WHERE p.person_id = m.person_id)'));
  const ours = database.prepare('SELECT COUNT(DISTINCT person_id) AS n FROM member WHERE is_ours = 1');
  const others = database.prepare(
    `SELECT created_by, COUNT(DISTINCT person_id) AS n FROM member WHERE is_ours = 0 AND ${UNPROTECTED} GROUP BY created_by`,
  );
  const planOne = database.prepare('INSERT OR IGNORE INTO planned (id, created, person_id) VALUES (?, ?, ?)');
  const findPlanned = database.prepare('SELECT 1 FROM planned WHERE id = ? AND created = ?');
  const plannedCount = database.prepare('SELECT COUNT(DISTINCT person_id) AS n FROM planned');
  return {
    saveMembers(members) {
      database.transaction(() => {
        for (const { isOurs, createdBy = null, ...member } of members) {
          const { id, listId, personType, personId } = member;
          insert.run([id, moment(member), listId, personType, personId, createdBy, isOurs ? 1 : 0]);
        }
      });
    },
    isCandidate: (member) => candidate.get([member.id, moment(member)]) !== undefined,
    candidates: () => pages(unprotected),
    countOurs: () => Number(ours.get()?.n ?? 0),
    countOthers: () =>
      new Map(others.all().map((row) => [row.created_by === null ? undefined : String(row.created_by), Number(row.n)])),
    plan(members) {
      database.transaction(() => {
        for (const member of members) planOne.run([member.id, moment(member), member.personId]);
      });
    },
    isPlanned: (member) => findPlanned.get([member.id, moment(member)]) !== undefined,
    countPlanned: () => Number(plannedCount.get()?.n ?? 0),
    plannedCandidates: () => pages(planned),
  };
}

/** The same moment however the read that it comes from words it. */
function moment({ createdOn }: MemberKey): string {
  const time = Date.parse(createdOn);
  return Number.isNaN(time) ? createdOn : String(time);
}

async function* pages(statement: SqliteStatement): AsyncGenerator<readonly Candidate[]> {
  for (let last = 0; ; ) {
    const found = statement.all([last]);
    if (found.length > 0) yield found.map(candidateOf);
    if (found.length < ROWS_PER_READ) return;
    last = Number(found.at(-1)?.seq);
  }
}

function candidateOf(row: SqliteRow): Candidate {
  return {
    personType: row.person_type === 'lead' ? 'lead' : 'contact',
    personId: String(row.person_id),
    listId: String(row.list_id),
    line: Number(row.seq),
  };
}

/** Rows that are kept together: one transaction each. */
const ROWS_PER_WRITE = 1000;

/** A spool of this run's own, which goes when the command ends. Of a dry run it is in the system's folder for such files. */
export function openRunSpool({ context, isDryRun }: Pick<OpenRun, 'context' | 'isDryRun'>): Spool {
  const directory = isDryRun ? mkdtempSync(join(tmpdir(), 'dyncamp-')) : context.stateDirectory;
  if (isDryRun) context.onClose(() => rmSync(directory, { recursive: true, force: true }));
  const { spool, close } = openSpool({ directory, now: context.clock.now });
  context.onClose(close);
  return spool;
}

/** Gives the error with which the input could not be read on; the rows before it are in the spool. Ends early when the run does. */
export async function readInput(
  { context, rows, total, ending }: Pick<OpenRun, 'context' | 'rows' | 'total' | 'ending'>,
  spool: Pick<Spool, 'saveRows'>,
): Promise<InputError | undefined> {
  const progress = await openRunProgress(context, { label: 'Reading', total, waitingSeconds: ending.waitingSeconds });
  try {
    for await (const chunk of chunkRows(rows, { size: () => ROWS_PER_WRITE, clock: context.clock })) {
      spool.saveRows(chunk);
      if (ending.signal.aborted) return undefined;
      progress.note(chunk.length);
    }
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  } finally {
    await progress.stop();
  }
}
