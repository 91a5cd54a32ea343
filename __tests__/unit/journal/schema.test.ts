import { join } from 'node:path';
import { lineText } from '../../../src/line-pieces.ts';
import { openSqlite, type Sqlite } from '../../../src/sqlite.ts';
import { CAMPAIGN, done, eventFor, intentFor, journalFixture, ORGANIZATION } from './fixture.ts';

let fixture: ReturnType<typeof journalFixture>;
beforeEach(() => {
  fixture = journalFixture();
});
afterEach(() => fixture.dispose());

function onFile<Result>(work: (database: Sqlite) => Result): Result {
  const database = openSqlite({ path: join(fixture.directory, `${ORGANIZATION}.sqlite`), timeoutMs: 0, mode: 0o600 });
  const result = work(database);
  database.close();
  return result;
}

/** What takes a version back to the one before it, newest first. */
const STEPS_BACK = [
  { to: 2, sql: 'ALTER TABLE event_batches DROP COLUMN forms' },
  { to: 1, sql: 'DROP INDEX intent_batches_with_creations; ALTER TABLE intent_batches DROP COLUMN creations' },
];

const EVENTS = [eventFor('a'), eventFor('b', 'removed'), eventFor('c', 'created')];
const before = { listMemberId: 'm', createdOn: '2026-11-01T00:00:00Z', createdBy: 'user' };
const INTENTS = [
  ...EVENTS.map(({ personId }) => intentFor(personId)),
  intentFor('open', { created: true }),
  intentFor('gone', { kind: 'remove', before }),
  intentFor('new', { kind: 'create', personType: 'contact' }),
];

/** Leaves a journal as that version wrote it, of a run that was killed with three events untold and three intents open. */
function leaveJournalOf(version: number) {
  const journal = fixture.open();
  const run = fixture.start(journal);
  const ids = run.begin(INTENTS);
  const stored = run.conclude(EVENTS.map((event, place) => done(ids[place], event)));
  fixture.crash(journal);
  onFile((database) => {
    for (const { to, sql } of STEPS_BACK) if (to >= version) database.exec(sql);
    database.prepare('UPDATE intent_batches SET intents = ?').run([JSON.stringify(INTENTS)]);
    const lines = EVENTS.map(({ line }) => lineText(line)).join('\n');
    database.prepare('UPDATE event_batches SET lines = ?').run([lines]);
    database.exec(`PRAGMA user_version = ${version}`);
  });
  return { run, stored, openIds: ids.slice(EVENTS.length) };
}

const versionOfFile = () => onFile((database) => database.prepare('PRAGMA user_version').get()?.user_version);

describe('migrate', () => {
  it('makes the tables of the newest version at once', () => {
    fixture.crash(fixture.open());
    expect(versionOfFile()).toBe(STEPS_BACK.length + 1);
  });

  it.each([1, 2])('brings a journal of version %d along, its events and its open intents', (version) => {
    const { run, stored, openIds } = leaveJournalOf(version);
    expect(versionOfFile()).toBe(version);
    const journal = fixture.open();
    expect(versionOfFile()).toBe(STEPS_BACK.length + 1);

    const texts = EVENTS.map(({ line }) => lineText(line));
    const untold = [...journal.untoldEvents(CAMPAIGN)];
    expect(untold).toMatchObject(stored.map(({ line: _, ...head }) => head));
    expect(untold.map(({ line }) => lineText(line))).toEqual(texts);
    const common = { runId: run.id, campaignId: CAMPAIGN };
    const open = INTENTS.slice(EVENTS.length).map((intent, place) => ({
      ...intent,
      ...common,
      intentId: openIds[place],
    }));
    expect(journal.openIntents(CAMPAIGN)).toMatchObject(open);
    expect(journal.openCreations(CAMPAIGN, ['new', 'open'])).toMatchObject(open.slice(2));

    const next = fixture.start(journal);
    next.conclude([done(openIds[0], eventFor('open'))]);
    next.conclude([done(next.begin([intentFor('later')])[0], eventFor('later'))]);
    const all = [...journal.events({})].map(({ line }) => lineText(line));
    expect(all).toEqual([...texts, ...['open', 'later'].map((person) => lineText(eventFor(person).line))]);
    expect(journal.openIntents(CAMPAIGN)).toMatchObject(open.slice(1));
  });
});
