import { Readable, Writable } from 'node:stream';
import { openEventTeller } from '../../../src/commands/tell-events.ts';
import type { Run, StoredEvent } from '../../../src/journal/journal.ts';
import { openTerminal } from '../../../src/terminal/terminal.ts';

const eventOf = (runId: string, sequence: number): StoredEvent => ({
  sequence,
  runId,
  campaignId: 'campaign',
  told: false,
  id: `event-${sequence}`,
  type: 'dyncamp.person.added',
  time: '2026-11-21T09:00:00.000Z',
  personId: `person-${sequence}`,
  line: { shared: ['{"id":"event-', '"}'], own: [String(sequence)] },
});

function openTeller(isSilent: boolean) {
  const written: string[] = [];
  const told: number[] = [];
  const stream = () =>
    new Writable({
      write(chunk, _encoding, done) {
        written.push(String(chunk));
        done();
      },
    });
  const stdin = { isTTY: false, stream: () => Readable.from([]) };
  const terminal = openTerminal(
    { stdin, stdout: stream(), stderr: stream() },
    { env: {}, color: false, input: false, quiet: false, debug: false, logFormat: 'text' },
  );
  const never = (): never => {
    throw new Error('Nothing else is asked of the run.');
  };
  const run: Run = {
    id: 'own',
    begin: never,
    conclude: never,
    markTold: (sequences, isTold = true) => void (isTold ? told.push(...sequences) : never()),
    claim: never,
    beat: never,
    count: never,
    finish: never,
  };
  return { teller: openEventTeller(terminal, run, { isSilent }), written, told };
}

const EVENTS = [eventOf('own', 1), eventOf('interrupted', 2), eventOf('own', 3)];

describe('the teller of events', () => {
  it('writes a line for each and notes all of them as told', async () => {
    const { teller, written, told } = openTeller(false);
    expect(await teller.tell(EVENTS)).toBe(true);
    expect(written.join('')).toBe('{"id":"event-1"}\n{"id":"event-2"}\n{"id":"event-3"}\n');
    expect(told).toEqual([1, 2, 3]);
  });

  it('speaks with --no-events for its own run only: what it settled of others waits for a run that tells', async () => {
    const { teller, written, told } = openTeller(true);
    expect(await teller.tell(EVENTS)).toBe(true);
    expect(written).toEqual([]);
    expect(told).toEqual([1, 3]);
  });
});
