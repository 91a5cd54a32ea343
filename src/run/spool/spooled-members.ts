/** The part of the spool that keeps who is in the campaign, and whose removal is planned. */

import type { Sqlite, SqliteRow, SqliteStatement } from '../../journal/sqlite.ts';
import type { Candidate, MemberKey, Spool } from '../apply/spool.ts';
import { ROWS_PER_READ } from './spooled-input.ts';

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

export function spooledMembers(database: Sqlite): Part {
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
