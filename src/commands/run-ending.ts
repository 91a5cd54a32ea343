/** When a run takes in nothing more: a signal, a reader that went away, --max-duration. What is in flight is finished in every case. */
import type { Context } from '../context.ts';
import type { Wait } from '../transport/waiting.ts';
import { peopleText, type Tally, tallyText } from './tally.ts';

export type RunEnding = {
  readonly signal: AbortSignal;
  end(reason: EndReason): void;
  /** Undefined while nothing ended the run early. */
  reason(): EndReason | undefined;
  noteWait(wait: Wait): void;
  /** One line for the live display. */
  progressText(tally: Tally): string;
  /** What comes after it while the server is waited for; empty otherwise. It changes every second. */
  waitingText(): string;
};

export type EndReason = 'signal' | 'reader-gone' | 'max-duration';

export function whenToEnd(context: Context, maxDurationMs: number | undefined): RunEnding {
  const ending = new AbortController();
  let reason: EndReason | undefined;
  let waitsUntil = 0;
  const startedAt = context.clock.now();
  const end = (why: EndReason): void => {
    reason ??= why;
    ending.abort();
  };
  const { stop } = context;
  if (stop.aborted) end('signal');
  else stop.addEventListener('abort', () => end('signal'), { once: true });
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
    progressText(tally) {
      const seconds = (context.clock.now() - startedAt) / 1000;
      const rate = seconds >= 1 ? `, ${Math.round(tally.total / seconds)}/s` : '';
      return `${peopleText(tally.total)}${rate}. ${tallyText(tally)}`;
    },
    waitingText() {
      const seconds = Math.ceil((waitsUntil - context.clock.now()) / 1000);
      return seconds > 0 ? ` Waiting ${seconds} s for the server.` : '';
    },
  };
}
