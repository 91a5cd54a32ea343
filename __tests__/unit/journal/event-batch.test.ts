import { join } from 'node:path';
import fc from 'fast-check';
import { keepLines } from '../../../src/journal/event-batch.ts';
import type { NewEvent, Run } from '../../../src/journal/journal.ts';
import { type LinePieces, lineText, wholeLine } from '../../../src/line-pieces.ts';
import { openSqlite } from '../../../src/sqlite.ts';
import { CAMPAIGN, done, eventFor, intentFor, journalFixture, ORGANIZATION } from './fixture.ts';

let fixture: ReturnType<typeof journalFixture>;
beforeEach(() => {
  fixture = journalFixture();
});
afterEach(() => fixture.dispose());

const conclude = (run: Run, events: readonly NewEvent[]) => {
  const ids = run.begin(events.map(({ personId }) => intentFor(personId)));
  return run.conclude(events.map((event, place) => done(ids[place], event)));
};
/** What a journal that was opened anew gives of these events. */
function keptLines(events: readonly NewEvent[]): readonly LinePieces[] {
  const journal = fixture.open();
  const run = fixture.start(journal);
  conclude(run, events);
  fixture.crash(journal);
  return [...fixture.open().events({ runId: run.id })].map(({ line }) => line);
}
const withLine = (line: LinePieces, personId = 'p'): NewEvent => ({ ...eventFor(personId), line });
/** Between two that are as usual, so that a line that comes out wrong cannot pass for its neighbour. */
const amongOthers = (event: NewEvent): readonly NewEvent[] => [eventFor('first'), event, eventFor('last')];

/** A change of the file by hand, while nobody has it open. */
function changeFile(sql: string, ...values: readonly string[]): void {
  const database = openSqlite({ path: join(fixture.directory, `${ORGANIZATION}.sqlite`), timeoutMs: 0, mode: 0o600 });
  expect(database.prepare(sql).run(values).changes).toBe(1);
  database.close();
}

const FORMS = [['{"id":"', '"}'], ['{"id":"', '","n":', ',"who":"', '"}'], ['{}'], ['', '']];
/** Stands for what the event's head holds. */
const HEAD = ['id', 'personId', 'listMemberId'] as const;
const piece = fc.oneof(
  fc.constantFrom(...HEAD.map((field) => ({ field }))),
  fc.string({ unit: 'binary', maxLength: 6 }).map((text) => ({ text: JSON.stringify(text).slice(1, -1) })),
  fc.constantFrom('', '0', '1', '\\u0001', '\\t', '__proto__', 'constructor').map((text) => ({ text })),
);
const written = fc.record({
  form: fc.constantFrom(...FORMS),
  change: fc.constantFrom('added' as const, 'created' as const),
  pieces: fc.array(piece, { minLength: 3, maxLength: 3 }),
});

describe('the lines of events', () => {
  it('come back piece by piece, whichever forms a batch has', () => {
    let number = 0;
    fc.assert(
      fc.property(fc.array(written, { minLength: 1, maxLength: 12 }), (batch) => {
        const events = batch.map(({ form, change, pieces }) => {
          number += 1;
          const event = eventFor(`p${number}`, change);
          const own = pieces.slice(0, form.length - 1);
          const said = own.map((each) => ('text' in each ? each.text : (event[each.field] ?? '')));
          return { ...event, line: { shared: form, own: said } };
        });
        expect(keptLines(events)).toEqual(events.map(({ line }) => line));
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, NewEvent]>([
    ['its id', withLine({ shared: ['<', '>'], own: ['added-p'] })],
    ["the person's id", withLine({ shared: ['<', '>'], own: ['p'] })],
    ["the membership row's id", withLine({ shared: ['<', '>'], own: ['member-p'] })],
    ['each of them, and again', withLine({ shared: ['', '/', '/', '/', ''], own: ['member-p', 'p', 'added-p', 'p'] })],
    ['nothing', withLine(wholeLine('{"all":"shared"}'))],
    ['an empty text', withLine({ shared: ['<', '>'], own: [''] })],
    ['empty texts only', withLine({ shared: ['', '', ''], own: ['', ''] })],
    ['the number of a form', withLine({ shared: ['<', '|', '>'], own: ['0', '1'] })],
    ['the id of another event', withLine({ shared: ['<', '>'], own: ['added-first'] })],
    ['a word that every object has', withLine({ shared: ['<', '|', '>'], own: ['constructor', '__proto__'] })],
    ['empty texts, and an empty head', { ...withLine({ shared: ['<', '>'], own: [''] }), personId: '', id: '' }],
    ['an empty text, and no membership row', { ...eventFor('p', 'created'), line: { shared: ['<', '>'], own: [''] } }],
  ])('come back when what is an own piece is %s', (_what, event) => {
    const events = amongOthers(event);
    const kept = keptLines(events);
    expect(kept).toEqual(events.map(({ line }) => line));
    expect(kept.map(lineText)).toEqual(events.map(({ line }) => lineText(line)));
  });

  it('are kept as one form and what is not in their heads', () => {
    const shared = ['{"id":"', '","person":"', '","row":"', '","line":', '}'];
    const events = ['a', 'b'].map((person, place) =>
      withLine({ shared, own: [`added-${person}`, person, `member-${person}`, String(place)] }, person),
    );
    expect(keepLines(events)).toEqual({
      forms: JSON.stringify([shared]),
      lines: '0\t\u0001\t\u0002\t\u0003\t0\n0\t\u0001\t\u0002\t\u0003\t1',
    });
  });

  it('share one array again when they are read', () => {
    const shared = ['<', '>'];
    const [first, second] = keptLines(['a', 'b'].map((person) => withLine({ shared, own: [person] }, person)));
    expect(first?.shared).toEqual(shared);
    expect(second?.shared).toBe(first?.shared);
  });

  it.each<[string, LinePieces]>([
    ['a line feed in an own piece', { shared: ['<', '>'], own: ['a\nb'] }],
    ['a tab in an own piece', { shared: ['<', '>'], own: ['a\tb'] }],
    ['what stands for the head in an own piece', { shared: ['<', '>'], own: ['\u0001'] }],
    ['a line feed in a shared piece', { shared: ['<', '\n>'], own: ['a'] }],
    ['a tab in a shared piece', { shared: ['<\t', '>'], own: ['a'] }],
    ['a line feed in a whole line', wholeLine('{\n}')],
  ])('are refused, all of them, for %s', (_what, line) => {
    const journal = fixture.open();
    const run = fixture.start(journal);
    expect(() => conclude(run, amongOthers(withLine(line)))).toThrow('The event added-p is more than one line');
    expect([...journal.events({})]).toEqual([]);
  });
});

describe('the rows of an earlier version', () => {
  it('hold whole lines, and are read as before', () => {
    const journal = fixture.open();
    const stored = conclude(fixture.start(journal), [eventFor('a'), eventFor('b'), eventFor('c', 'created')]);
    fixture.crash(journal);
    const lines = ['{"id":"added-a"}', '{"id":"added-b","line":0}', '{"note":"é – \\u0000\\t"}'];
    changeFile(`UPDATE event_batches SET forms = '', lines = ?`, lines.join('\n'));
    const expected = stored.map((event, place) => ({ ...event, line: wholeLine(lines[place] ?? '') }));
    const later = fixture.open();
    expect([...later.untoldEvents(CAMPAIGN)]).toEqual(expected);
    const changes = later.changesOfUnfinishedRuns('added', CAMPAIGN, ['a', 'b', 'c']);
    expect([...changes.values()]).toEqual(expected.slice(0, 2));
  });

  it('stand beside those of this one', () => {
    keptLines([eventFor('a')]);
    changeFile(`UPDATE event_batches SET forms = '', lines = ?`, '{"old":true}');
    keptLines([eventFor('b')]);
    const texts = [...fixture.open().events({})].map(({ line }) => lineText(line));
    expect(texts).toEqual(['{"old":true}', lineText(eventFor('b').line)]);
  });
});

describe('a damaged column of forms', () => {
  it.each(['7', '{}', 'null', '["{}"]', '[[7]]', '[[],null]'])('is refused: %s', (forms) => {
    keptLines([eventFor('a')]);
    changeFile('UPDATE event_batches SET forms = ?', forms);
    expect(() => [...fixture.open().events({})]).toThrow("The journal's column forms cannot be read");
  });
});
