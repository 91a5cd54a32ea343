/**
 * Every change that really happened, noted by triggers in the organization's own store: whatever a server answered, or did not, and
 * whoever was killed. What is rolled back (a read of the past) leaves no trace.
 */
import { createHash } from 'node:crypto';
import Database from 'libsql';

export type Change = {
  readonly what: 'added' | 'removed' | 'created';
  readonly place: number;
  /** Of the membership row, or of the lead. */
  readonly id: string;
  readonly listId: string;
  readonly personId: string;
  readonly email: string;
  readonly createdOn: string;
};
export type Lead = { readonly id: string; readonly email: string };
export type ChangeLog = {
  /** Notes from now on. */
  begin(): void;
  /** Where the log stands. */
  now(): number;
  since(place: number): readonly Change[];
  /** Person ids on a list as the store has them, with repetitions. */
  peopleOn(listId: string): readonly string[];
  /** Ids of lists linked to a campaign, with repetitions. */
  listsOf(campaignId: string): readonly { readonly id: string; readonly name: string }[];
  listsNamedFor(campaignId: string): readonly string[];
  leadsWith(emailEnd: string): readonly Lead[];
  close(): void;
};

const TRIGGERS = `
  CREATE TABLE IF NOT EXISTS chaos_log (place INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT, id TEXT, list_id TEXT, person_id TEXT,
    email TEXT, created_on TEXT);
  CREATE TRIGGER IF NOT EXISTS chaos_added AFTER INSERT ON listmember BEGIN
    INSERT INTO chaos_log (what, id, list_id, person_id, email, created_on)
    VALUES ('added', new.listmemberid, new._listid_value, new._entityid_value, '', new.createdon); END;
  CREATE TRIGGER IF NOT EXISTS chaos_removed AFTER DELETE ON listmember BEGIN
    INSERT INTO chaos_log (what, id, list_id, person_id, email, created_on)
    VALUES ('removed', old.listmemberid, old._listid_value, old._entityid_value, '', old.createdon); END;
  CREATE TRIGGER IF NOT EXISTS chaos_created AFTER INSERT ON lead BEGIN
    INSERT INTO chaos_log (what, id, list_id, person_id, email, created_on)
    VALUES ('created', new.leadid, '', new.leadid, new.emailaddress1, new.createdon); END;`;

const BUSY_TIMEOUT_MS = 20_000;

export function openChangeLog(file: string): ChangeLog {
  const database = new Database(file);
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  const rows = (sql: string, ...values: readonly (string | number)[]): readonly Row[] =>
    database
      .prepare(sql)
      .all(...values)
      .map(toRow);
  return {
    begin: () => void database.exec(TRIGGERS),
    now: () => Number(rows('SELECT coalesce(max(place), 0) AS place FROM chaos_log')[0]?.place),
    since: (place) => rows('SELECT * FROM chaos_log WHERE place > ? ORDER BY place', place).map(toChange),
    peopleOn: (listId) =>
      rows('SELECT _entityid_value AS id FROM listmember WHERE _listid_value = ?', listId).map(({ id }) => String(id)),
    listsOf: (campaignId) =>
      rows(
        `SELECT list.listid AS id, list.listname AS name FROM campaignitem JOIN list ON list.listid = campaignitem.entityid
         WHERE campaignitem._campaignid_value = ?`,
        campaignId,
      ).map(({ id, name }) => ({ id: String(id), name: String(name) })),
    listsNamedFor: (campaignId) =>
      rows(`SELECT listname AS name FROM list WHERE listname LIKE '%' || ? || '%'`, campaignId).map(({ name }) =>
        String(name),
      ),
    leadsWith: (emailEnd) =>
      rows(`SELECT leadid AS id, emailaddress1 AS email FROM lead WHERE emailaddress1 LIKE '%' || ?`, emailEnd).map(
        ({ id, email }) => ({ id: String(id), email: String(email) }),
      ),
    close: () => database.close(),
  };
}

type Row = Readonly<Record<string, unknown>>;

const toRow = (value: unknown): Row =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

function toChange(row: Row): Change {
  const what = String(row.what);
  return {
    what: what === 'added' || what === 'removed' ? what : 'created',
    place: Number(row.place),
    id: String(row.id),
    listId: String(row.list_id),
    personId: String(row.person_id),
    email: String(row.email),
    createdOn: String(row.created_on),
  };
}

/** From docs/derived-ids.md alone: nothing of the client computes what the client is judged by. */
const NAMESPACE = Buffer.from('a2c45fe3f1d8597594a6f7d27270bee2', 'hex');

export function eventIdOf(change: Change, organizationId: string): string {
  return change.what === 'created'
    ? uuidOf(`created:${organizationId}:lead:${change.id}`)
    : uuidOf(`${change.what}:${change.id}:${Math.floor(Date.parse(change.createdOn) / 1000)}`);
}

function uuidOf(text: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(text).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
