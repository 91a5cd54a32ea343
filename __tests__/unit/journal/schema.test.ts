import { join } from 'node:path';
import { VERSION } from '../../../src/journal/schema.ts';
import { openSqlite, type Sqlite } from '../../../src/journal/sqlite.ts';
import { done, eventFor, intentFor, journalFixture, ORGANIZATION } from './fixture.ts';

let fixture: ReturnType<typeof journalFixture>;
beforeEach(() => {
  fixture = journalFixture();
});
afterEach(() => fixture.dispose());

function onFile<Result>(work: (database: Sqlite) => Result): Result {
  const database = openSqlite({ path: join(fixture.directory, `${ORGANIZATION}.sqlite`), timeoutMs: 0 });
  const result = work(database);
  database.close();
  return result;
}

describe('a journal of another version', () => {
  it.each([
    ['an older', VERSION - 1],
    ['a newer', VERSION + 1],
  ])('is refused when %s dyncamp made it, says what to do, and stays as it is', (which, version) => {
    fixture.crash(fixture.open());
    onFile((database) => database.exec(`PRAGMA user_version = ${version}`));
    expect(() => fixture.open()).toThrow(
      expect.objectContaining({
        code: 'JOURNAL_VERSION',
        category: 'usage',
        message: expect.stringContaining(
          `${which} version of dyncamp created it (format ${version}; this one reads ${VERSION})`,
        ),
        hint: expect.stringContaining('move the file'),
      }),
    );
    expect(onFile((database) => database.prepare('PRAGMA user_version').get()?.user_version)).toBe(version);
  });

  it('is not a journal when the file is another program’s database', () => {
    onFile((database) => database.exec('CREATE TABLE songs (title TEXT)'));
    expect(() => fixture.open()).toThrow(expect.objectContaining({ code: 'JOURNAL_CORRUPT' }));
  });
});

it('a person who was added costs at most 350 bytes of file', () => {
  const people = 20_000;
  const batch = 1000;
  const journal = fixture.open();
  const run = fixture.start(journal);
  const idOf = (table: string, place: number) =>
    `${table}0000-0000-4000-8000-${(Math.imul(place + 1, 2654435761) >>> 0).toString(16).padStart(12, '0')}`;
  for (let start = 0; start < people; start += batch) {
    const numbers = Array.from({ length: batch }, (_, index) => start + index);
    const mail = (place: number) => `firstname.lastname${place}@contoso.example`;
    const ids = run.begin(
      numbers.map((place) => {
        const changes = { email: mail(place), place: { source: 'people.csv', line: place, ref: mail(place) } };
        return intentFor(idOf('1ead', place), changes);
      }),
    );
    const stored = run.conclude(
      numbers.map((place, index) => {
        const event = eventFor(idOf('1ead', place), 'added', idOf('e7e7', place));
        const place_ = { source: 'people.csv', line: place, ref: mail(place) };
        const changes = { listMemberId: idOf('3e3b', place), email: mail(place), place: place_ };
        return done(ids[index], { ...event, ...changes });
      }),
    );
    run.markDelivered(stored.map(({ sequence }) => sequence));
  }
  run.finish({ exitCode: 0, status: 'finished' });
  fixture.crash(journal);
  const bytes = onFile(
    (database) =>
      database.prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size').get()?.bytes,
  );
  expect(Number(bytes) / people).toBeLessThanOrEqual(350);
});
