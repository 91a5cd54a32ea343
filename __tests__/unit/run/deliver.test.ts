import { Readable, Writable } from 'node:stream';
import { eventLine } from '../../../src/change/events.ts';
import { EVENT_TYPES } from '../../../src/events.ts';
import type { EventFilter, RunJournal, StoredEvent } from '../../../src/journal/journal.ts';
import { openDelivery } from '../../../src/run/deliver.ts';
import { openTerminal } from '../../../src/terminal/terminal.ts';
import { storedEvent } from '../../support/stored-event.ts';

const eventOf = (runId: string, sequence: number) =>
  storedEvent({ runId, sequence, id: `event-${sequence}`, delivered: false });

const linesOf = (...sequences: readonly number[]) =>
  EVENTS.flatMap((event) => (sequences.includes(event.sequence) ? `${eventLine(event)}\n` : [])).join('');

type Options = {
  isSilent?: boolean;
  isInputOver?: () => boolean;
  failsFrom?: number;
  isTTY?: boolean;
  isForPeople?: boolean;
  events?: readonly StoredEvent[];
};

function open(options: Options = {}) {
  const { isSilent = false, isInputOver = () => false, failsFrom = Number.POSITIVE_INFINITY } = options;
  const { isTTY = false, isForPeople = true, events = EVENTS } = options;
  const written: string[] = [];
  const told: number[] = [];
  const untold: number[] = [];
  const stream = () =>
    new Writable({
      write(chunk, _encoding, done) {
        if (written.length >= failsFrom) return done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
        written.push(String(chunk));
        done();
      },
    });
  const stdin = { isTTY: false, isFile: false, isDirectory: false, stream: () => Readable.from([]) };
  const terminal = openTerminal(
    { stdin, stdout: Object.assign(stream(), { isTTY }), stderr: stream() },
    {
      env: {},
      color: false,
      input: false,
      quiet: false,
      verbose: false,
      debug: false,
      logFormat: 'text',
      now: () => 0,
    },
  );
  const runJournal = {
    id: 'own',
    markDelivered: (sequences: readonly number[], isTold = true) => void (isTold ? told : untold).push(...sequences),
  } as RunJournal;
  const journal = {
    events: ({ runId }: EventFilter) =>
      events.filter((event) => event.runId === runId && !told.includes(event.sequence)).values(),
  };
  const delivery = openDelivery(terminal, { runJournal, journal }, { isSilent, isForPeople, isInputOver });
  return { delivery, written, told, untold };
}

const EVENTS = [eventOf('own', 1), eventOf('interrupted', 2), eventOf('own', 3)];

describe('the delivery of events', () => {
  it('writes a line for each and notes all of them as told', async () => {
    const { delivery, written, told } = open();
    expect(await delivery.deliver(EVENTS)).toBe(true);
    expect(written.join('')).toBe(linesOf(1, 2, 3));
    expect(told).toEqual([1, 2, 3]);
  });

  it('speaks with --no-events for its own run only: what it settled of others waits for a run that tells', async () => {
    const { delivery, written, told } = open({ isSilent: true });
    expect(await delivery.deliver(EVENTS)).toBe(true);
    expect(written).toEqual([]);
    expect(told).toEqual([1, 3]);
  });

  describe('when the input is over', () => {
    const isInputOver = () => true;

    it('keeps the last line back until the end, and does not note it before', async () => {
      const { delivery, written, told } = open({ isInputOver });
      await delivery.deliver(EVENTS.slice(0, 2));
      expect(written.join('')).toBe(linesOf(1));
      await delivery.deliver(EVENTS.slice(2));
      expect([written.join(''), told]).toEqual([linesOf(1, 2), [1, 2]]);
      await delivery.finish();
      expect(written.at(-1)).toBe(linesOf(3));
      expect(told).toEqual([1, 2, 3]);
    });

    it('keeps it back through reports without an event', async () => {
      const { delivery, written } = open({ isInputOver });
      await delivery.deliver(EVENTS.slice(0, 1));
      await delivery.deliver([]);
      expect(written).toEqual([]);
      await delivery.finish();
      expect(written).toEqual([linesOf(1)]);
    });

    it('takes a reader that did not wait for it as one that may have got nothing', async () => {
      const { delivery, told, untold } = open({ isInputOver, failsFrom: 1 });
      expect(await delivery.deliver(EVENTS)).toBe(true);
      expect(told).toEqual([1, 2]);
      await delivery.finish();
      expect({ isClosed: delivery.isClosed, untold }).toEqual({ isClosed: true, untold: [1, 2] });
    });
  });

  it('writes what it kept back before what comes when there is input again', async () => {
    let isOver = true;
    const { delivery, written } = open({ isInputOver: () => isOver });
    await delivery.deliver(EVENTS.slice(0, 2));
    isOver = false;
    await delivery.deliver(EVENTS.slice(2));
    expect(written.join('')).toBe(linesOf(1, 2, 3));
  });
});

describe('on a terminal', () => {
  const isTTY = true;
  const added = (sequence: number, change: Partial<StoredEvent> = {}) => ({
    ...eventOf('own', sequence),
    type: EVENT_TYPES.added,
    personId: `p${sequence}`,
    email: `p${sequence}@x.example`,
    created: false,
    ...change,
  });

  it('a change of this run is a line in words, and counts as delivered; those of other runs do not', async () => {
    const events = [
      added(1),
      added(2, { type: EVENT_TYPES.removed, personType: 'contact' }),
      added(3, { type: EVENT_TYPES.created, personId: 'new', created: undefined }),
      added(4, { personId: 'new', email: 'new@x.example', created: true }),
      added(5, { type: EVENT_TYPES.created, personId: 'alone', email: undefined, created: undefined }),
      added(6, { runId: 'interrupted' }),
      added(7, { email: 'a\u001b[2J@x.example' }),
    ];
    const { delivery, written, told } = open({ isTTY, events });
    expect(await delivery.deliver(events)).toBe(true);
    expect(written.join('')).toBe(
      [
        'Added p1@x.example (lead)',
        'Removed p2@x.example (contact)',
        'Added new@x.example (new lead)',
        'Created alone (new lead)',
        'Added a\u241b[2J@x.example (lead)\n',
      ].join('\n'),
    );
    await delivery.sumUp();
    await delivery.finish();
    expect(told.toSorted()).toEqual([1, 2, 3, 4, 5, 7]);
    expect(written).toHaveLength(1);
  });

  it('shows twenty and counts the rest, which is delivered with the line that counts it', async () => {
    const events = Array.from({ length: 1234 }, (_, index) => added(index + 1));
    const { delivery, written, told } = open({ isTTY, events, isInputOver: () => true });
    for (const from of [0, 15, 30]) await delivery.deliver(events.slice(from, from === 30 ? undefined : from + 15));
    expect(written.join('').split('\n')).toHaveLength(21);
    expect(told).toHaveLength(20);
    await delivery.sumUp();
    expect(written.at(-1)).toBe('… and 1,214 more\n');
    await delivery.finish();
    expect(told).toHaveLength(1234);
  });

  it('delivers nothing that could not be written', async () => {
    const events = Array.from({ length: 30 }, (_, index) => added(index + 1));
    const { delivery, told, untold } = open({ isTTY, events, failsFrom: 1 });
    await delivery.deliver(events);
    expect(told).toHaveLength(20);
    await delivery.sumUp();
    await delivery.finish();
    expect(delivery.isClosed).toBe(true);
    expect(untold).toEqual(told);
  });

  it('has the events with -o jsonl', async () => {
    const { delivery, written } = open({ isTTY, isForPeople: false });
    await delivery.deliver(EVENTS);
    expect(written.join('')).toBe(linesOf(1, 2, 3));
  });
});
