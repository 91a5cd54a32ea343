/**
 * The spool as a SQLite file in the state directory, for one command only: 0600, taken away when the command ends. Load it with
 * `await import()`: it brings the native module.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { openSqlite, type Sqlite } from '../../journal/sqlite.ts';
import { makePrivateDirectory } from '../../settings/private-directory.ts';
import type { Spool } from '../apply/spool.ts';
import { spooledInput } from './spooled-input.ts';
import { spooledMembers } from './spooled-members.ts';

export type SpoolOptions = {
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
  return new UsageError('SPOOL_UNWRITABLE', `Could not keep the input in ${folder} while it is read: ${why}.`, {
    hint: 'Make room there, or name another local folder with DYNCAMP_STATE_DIR.',
    cause: failure,
  });
}
