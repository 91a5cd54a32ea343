/** When a run takes in nothing more: a signal, a reader that went away, --max-duration. What is in flight is finished in every case. */
import type { Context } from '../context.ts';
import type { Wait } from '../transport/waiting.ts';

export type RunEnding = {
  readonly signal: AbortSignal;
  end(reason: EndReason): void;
  /** Undefined while nothing ended the run early. */
  reason(): EndReason | undefined;
  noteWait(wait: Wait): void;
  /** Whole seconds until the server takes requests again; 0 when it is not waited for. It changes every second. */
  waitingSeconds(): number;
};

export type EndReason = 'signal' | 'reader-gone' | 'max-duration';

export function whenToEnd(context: Context, maxDurationMs: number | undefined): RunEnding {
  const ending = new AbortController();
  let reason: EndReason | undefined;
  let waitsUntil = 0;
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
    waitingSeconds: () => Math.max(0, Math.ceil((waitsUntil - context.clock.now()) / 1000)),
  };
}
