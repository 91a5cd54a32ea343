import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { organizationsWithJournal } from '../../../src/journal/journal-files.ts';
import { done, eventFor, intentFor, journalFixture, ORGANIZATION } from './fixture.ts';

const fixture = journalFixture();
afterAll(() => fixture.dispose());

describe('organizationsWithJournal', () => {
  it('names the organizations that have a journal, and nothing else', () => {
    expect(organizationsWithJournal(fixture.directory)).toEqual([]);
    fixture.start(fixture.open(ORGANIZATION.toUpperCase()));
    fixture.open('0f000000-0000-4000-8000-000000000000');
    writeFileSync(join(fixture.directory, 'token-cache.json'), '');
    expect(organizationsWithJournal(fixture.directory)).toEqual(
      [ORGANIZATION, '0f000000-0000-4000-8000-000000000000'].sort(),
    );
  });

  it('names none where there is no directory', () => {
    expect(organizationsWithJournal(join(fixture.directory, 'nowhere'))).toEqual([]);
  });
});

describe('markDelivered', () => {
  it('marks what a replay delivered, and takes the mark back', () => {
    const journal = fixture.open('0e000000-0000-4000-8000-000000000000');
    const run = fixture.start(journal);
    const [intent] = run.begin([intentFor('a')]);
    const [event] = run.conclude([done(intent, eventFor('a'))]);
    const delivered = () => [...journal.events({})].map((each) => each.delivered);
    journal.markDelivered([event?.sequence ?? 0]);
    expect(delivered()).toEqual([true]);
    journal.markDelivered([event?.sequence ?? 0], false);
    expect(delivered()).toEqual([false]);
  });
});
