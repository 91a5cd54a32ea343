import { UsageError } from '../../../src/errors.ts';
import type { RunJournal } from '../../../src/journal/journal.ts';
import { toleratingMarks } from '../../../src/journal/run-journal.ts';

const FULL = new UsageError('JOURNAL_UNWRITABLE', 'Could not write the journal: the disk is full.');

function runThatThrows(error: Error): Omit<RunJournal, 'failure'> {
  const fail = (): never => {
    throw error;
  };
  return {
    id: 'own',
    begin: fail,
    conclude: fail,
    markDelivered: fail,
    reportAsOwn: fail,
    beat: fail,
    count: fail,
    finish: fail,
  };
}

describe('toleratingMarks', () => {
  it.each([
    ['a mark', (run: RunJournal) => run.markDelivered([1])],
    ['a count', (run: RunJournal) => run.count({ added: 1 })],
    ['the end', (run: RunJournal) => run.finish({ exitCode: 0, status: 'finished' })],
  ])('remembers that %s was not taken, and goes on', (_name, mark) => {
    const run = toleratingMarks(runThatThrows(FULL));
    expect(run.failure()).toBeUndefined();
    mark(run);
    expect(run.failure()).toBe(FULL);
  });

  it('stops where an intent or its end is not taken: nothing may be sent or count as done without', () => {
    const run = toleratingMarks(runThatThrows(FULL));
    expect(() => run.begin([])).toThrow(FULL);
    expect(() => run.conclude([])).toThrow(FULL);
    expect(run.failure()).toBeUndefined();
  });

  it('hides no fault of ours', () => {
    const run = toleratingMarks(runThatThrows(new TypeError('a fault')));
    expect(() => run.count({})).toThrow('a fault');
  });
});
