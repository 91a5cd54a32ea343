import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { organizationsWithJournal } from '../../../src/journal/journal-files.ts';
import { done, eventFor, intentFor, journalFixture, ORGANIZATION } from './fixture.ts';

const fixture = journalFixture();
afterAll(() => fixture.dispose());

describe('organizationsWithJournal', () => {
  it('names the organizations whose journals are there, and nothing else that is', () => {
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
  it('notes for a reader that is no run what was taken, and takes it back', () => {
    const journal = fixture.open('0e000000-0000-4000-8000-000000000000');
    const run = fixture.start(journal);
    const [intent] = run.begin([intentFor('a')]);
    const [event] = run.conclude([done(intent, eventFor('a'))]);
    const told = () => [...journal.events({})].map((each) => each.delivered);
    journal.markDelivered([event?.sequence ?? 0]);
    expect(told()).toEqual([true]);
    journal.markDelivered([event?.sequence ?? 0], false);
    expect(told()).toEqual([false]);
  });
});
