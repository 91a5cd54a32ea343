/** A process that uses the journal; journal-processes.test.ts bundles it, starts it several times and kills it. */
import { writeSync } from 'node:fs';
import type { Journal, RunJournal } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { requireSqlite } from '../../src/journal/require-sqlite.ts';

// Everything has to be loaded by now: as that user it could not read a checkout that is private.
requireSqlite();
const { DRIVER_USER_ID: userId } = process.env;
if (userId !== undefined) {
  process.setgroups?.([]);
  process.setgid?.(Number(userId));
  process.setuid?.(Number(userId));
}

const [mode = '', directory = '', name = ''] = process.argv.slice(2);
const CAMPAIGN = 'campaign';

function start(journal: Journal): RunJournal {
  return journal.startRun({ id: name, command: 'add', campaignId: CAMPAIGN, campaignName: 'Spring' });
}

function begin(run: RunJournal, people: readonly string[]): readonly number[] {
  return run.begin(
    people.map((personId, line) => ({
      kind: 'add',
      personType: 'lead',
      personId,
      email: '',
      listId: 'list',
      listName: 'Mkto-leads',
      created: false,
      place: { source: '-', line, ref: personId },
    })),
  );
}

function conclude(run: RunJournal, ids: readonly number[], people: readonly string[]) {
  return run.conclude(
    ids.map((intentId, index) => {
      const personId = people[index] ?? '';
      const campaign = { id: CAMPAIGN, name: 'Spring', code: 'S' };
      const common = { type: 'dyncamp.person.added', source: 'urn:test', at: 0, campaign, personType: 'lead' } as const;
      return { intentId, state: 'done', countAs: 'added', event: { ...common, id: `event-${personId}`, personId } };
    }),
  );
}

const say = (line: string) => writeSync(1, `${line}\n`);
const batch = (number: number, size: number) => Array.from({ length: size }, (_, i) => `${name}-${number}-${i}`);

const modes: Record<string, (journal: Journal) => void> = {
  /** Two intents, one of them done, its event untold; then it waits to be killed. */
  hold: (journal) => {
    const run = start(journal);
    const people = batch(0, 2);
    conclude(run, begin(run, people).slice(0, 1), people);
    say('ready');
    setInterval(() => undefined, 60_000);
  },
  /** Some batches from beginning to end. */
  work: (journal) => {
    const run = start(journal);
    for (let number = 0; number < 10; number += 1) {
      const people = batch(number, 50);
      const stored = conclude(run, begin(run, people), people);
      run.markDelivered(stored.map(({ sequence }) => sequence));
    }
    run.finish({ exitCode: 0, status: 'finished' });
    journal.close();
  },
  /** Batch after batch until it is killed or the disk takes no more; each line is what a call had promised when it returned. */
  endless: (journal) => {
    const run = start(journal);
    for (let number = 0; ; number += 1) {
      const people = batch(number, 20);
      const ids = begin(run, people);
      say(`begun ${ids.join(' ')}`);
      for (const { id } of conclude(run, ids, people)) say(`event ${id}`);
    }
  },
};

try {
  modes[mode]?.(openJournal({ directory, organizationId: 'organization', now: Date.now }));
} catch (error) {
  const code = error instanceof Error && 'code' in error ? error.code : error;
  say(`failed ${code}`);
  process.exitCode = 2;
}
