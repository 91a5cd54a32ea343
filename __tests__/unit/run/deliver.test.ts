import { Readable, Writable } from 'node:stream';
import { eventLine } from '../../../src/change/events.ts';
import type { Run } from '../../../src/journal/journal.ts';
import { openDelivery } from '../../../src/run/deliver.ts';
import { openTerminal } from '../../../src/terminal/terminal.ts';
import { storedEvent } from '../../support/stored-event.ts';

const eventOf = (runId: string, sequence: number) =>
  storedEvent({ runId, sequence, id: `event-${sequence}`, delivered: false });

const linesOf = (...sequences: readonly number[]) =>
  EVENTS.flatMap((event) =>
    sequences.includes(event.sequence)
      ? `${eventLine(event)}
`
      : [],
  ).join('');

function open(options: { isSilent?: boolean; isInputOver?: () => boolean; failsFrom?: number } = {}) {
  const { isSilent = false, isInputOver = () => false, failsFrom = Number.POSITIVE_INFINITY } = options;
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
    { stdin, stdout: stream(), stderr: stream() },
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
  const never = (): never => {
    throw new Error('Nothing else is asked of the run.');
  };
  const run: Run = {
    id: 'own',
    begin: never,
    conclude: never,
    markDelivered: (sequences, isTold = true) => void (isTold ? told : untold).push(...sequences),
    claim: never,
    beat: never,
    count: never,
    finish: never,
  };
  return { delivery: openDelivery(terminal, run, { isSilent, isInputOver }), written, told, untold };
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
      expect({ lines: written.join(''), told }).toEqual({
        lines: linesOf(1, 2),
        told: [1, 2],
      });
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
