/**
 * When a run takes in nothing more: a signal, a reader that went away, --max-duration. Who is being worked on is finished in every case;
 * waits for the server end at once.
 */
import { setImmediate } from 'node:timers';
import { notice } from '../terminal/report-error.ts';
import type { Wait } from '../transport/waiting.ts';
import type { Context } from './context.ts';
import { stopperOf } from './stopping.ts';
import { peopleText } from './summary.ts';

export type RunEnding = {
  readonly signal: AbortSignal;
  end(reason: EndReason): void;
  /** Undefined while nothing ended the run early. */
  reason(): EndReason | undefined;
  noteWait(wait: Wait): void;
  /** The input was read to its end. */
  noteInputEnd(): void;
  /** Nothing more is taken in: the input has ended, or the run ends early. */
  isInputOver(): boolean;
  /** Counts these people as being worked on until the work is done. */
  during<T>(people: number, work: Promise<T>): Promise<T>;
  /** People who are being worked on. */
  inHand(): number;
  /** Whole seconds until the server takes requests again; 0 when it is not waited for. It changes every second. */
  waitingSeconds(): number;
};

export type EndReason = 'signal' | 'reader-gone' | 'max-duration' | 'file-failed';

export function whenToEnd(context: Context, maxDurationMs: number | undefined): RunEnding {
  const ending = new AbortController();
  let reason: EndReason | undefined;
  let waitsUntil = 0;
  let hasInputEnded = false;
  let inHand = 0;
  const end = (why: EndReason): void => {
    reason ??= why;
    ending.abort();
  };
  const { stop } = context;
  const onSignal = (): void => {
    end('signal');
    // Waits end by then: whoever is still worked on has something on its way.
    setImmediate(() => void reportFinishing(context, inHand));
  };
  if (stop.aborted) end('signal');
  else stop.addEventListener('abort', onSignal, { once: true });
  if (maxDurationMs !== undefined) {
    const atEnd = new AbortController();
    context.onClose(() => atEnd.abort());
    context.clock.sleep(maxDurationMs, atEnd.signal).then(
      () => end('max-duration'),
      () => undefined,
    );
  }
  return {
    signal: ending.signal,
    end,
    reason: () => reason,
    noteWait({ untilMs }) {
      waitsUntil = untilMs;
    },
    noteInputEnd() {
      hasInputEnded = true;
    },
    isInputOver: () => hasInputEnded || ending.signal.aborted,
    async during(people, work) {
      inHand += people;
      try {
        return await work;
      } finally {
        inHand -= people;
      }
    },
    inHand: () => inHand,
    waitingSeconds: () => Math.max(0, Math.ceil((waitsUntil - context.clock.now()) / 1000)),
  };
}

async function reportFinishing({ terminal, stop }: Context, people: number): Promise<void> {
  if (people === 0) return;
  const whom = `${peopleText(people)} who ${people === 1 ? 'is' : 'are'} being worked on`;
  await notice(
    terminal,
    'FINISHING',
    `Stopping (${stopperOf(stop.reason)}): finishing ${whom}.`,
    'Press Ctrl-C again to stop at once.',
  );
}
