/**
 * When a run stops taking input: a signal, a reader that went away, --max-duration, a results file that fails. People who are being worked on
 * are finished; waits for the server end at once.
 */
import { setImmediate } from 'node:timers';
import { notice } from '../terminal/report-error.ts';
import type { Wait } from '../transport/waiting.ts';
import type { Context } from './context.ts';
import { peopleText } from './counts.ts';
import { stopperOf } from './signals.ts';

export type Intake = {
  readonly signal: AbortSignal;
  close(reason: CloseReason): void;
  /** Undefined unless something closed it before the input ended. */
  closedBy(): CloseReason | undefined;
  noteWait(wait: Wait): void;
  noteInputEnd(): void;
  /** The input has ended, or the run is being stopped. */
  isInputOver(): boolean;
  /** Counts these people as being worked on until the work is done. */
  during<Step, Result>(people: number, work: AsyncGenerator<Step, Result>): AsyncGenerator<Step, Result>;
  inHand(): number;
  /** Whole seconds until the server takes requests again; 0 when it is not waited for. It changes every second. */
  waitingSeconds(): number;
};

export type CloseReason = 'signal' | 'reader-gone' | 'max-duration' | 'file-failed';

export function openIntake(context: Context, maxDurationMs: number | undefined): Intake {
  const closing = new AbortController();
  let reason: CloseReason | undefined;
  let waitsUntil = 0;
  let hasInputEnded = false;
  let inHand = 0;
  const close = (why: CloseReason): void => {
    reason ??= why;
    closing.abort();
  };
  const { stop } = context;
  const onSignal = (): void => {
    close('signal');
    // By then all waits have ended: people who are still worked on have a request on its way.
    setImmediate(() => void reportFinishing(context, inHand));
  };
  if (stop.aborted) close('signal');
  else stop.addEventListener('abort', onSignal, { once: true });
  if (maxDurationMs !== undefined) {
    const atEnd = new AbortController();
    context.onClose(() => atEnd.abort());
    context.clock.sleep(maxDurationMs, atEnd.signal).then(
      () => close('max-duration'),
      () => undefined,
    );
  }
  return {
    signal: closing.signal,
    close,
    closedBy: () => reason,
    noteWait({ untilMs }) {
      waitsUntil = untilMs;
    },
    noteInputEnd() {
      hasInputEnded = true;
    },
    isInputOver: () => hasInputEnded || closing.signal.aborted,
    async *during(people, work) {
      inHand += people;
      try {
        return yield* work;
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
