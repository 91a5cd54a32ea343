/** The progress of a run: people done, people per second, time left, failures. What matters most comes first, because narrow terminals cut the rest. */

import type { InputRow } from '../input/input-row.ts';
import type { Outcome } from '../input/outcome.ts';
import { openProgress } from '../terminal/progress.ts';
import type { Clock } from '../transport/http.ts';
import type { Context } from './context.ts';
import { type Counts, kindsText, numberText, peopleText, startCounting } from './counts.ts';

const SECOND_MS = 1_000;

/** The rate covers only the last seconds, because the pace changes during a run. */
const RATE_SECONDS = 10;

export type RunProgress = {
  /** Rows of an unfinished batch whose result is known already: a batch may take minutes. */
  noteKnown(rows: readonly InputRow[]): void;
  /** Rows that are done, with the outcomes to show. */
  note(rows: readonly InputRow[], outcomes?: readonly Outcome[]): void;
  stop(): Promise<void>;
};

type ProgressOptions = {
  /** The name of the step, such as `Planning`. None for the work itself. */
  readonly label?: string | undefined;
  readonly total?: (() => number | undefined) | undefined;
  /** People who are being worked on. Shown until the first is done. */
  readonly inHand?: (() => number) | undefined;
  /** Seconds until the server takes requests again; 0 when it is not waited for. */
  readonly waitingSeconds: () => number;
};

export async function openRunProgress(context: Context, options: ProgressOptions): Promise<RunProgress> {
  const { terminal, clock } = context;
  if (terminal.quiet) return { noteKnown: () => undefined, note: () => undefined, stop: async () => undefined };
  const line = await openProgress(terminal, clock);
  const counter = startCounting();
  const known = new Set<InputRow>();
  let noted = 0;
  const now = (): Seen => ({ atMs: clock.now(), done: noted + known.size });
  let seen: readonly Seen[] = [now()];
  const show = (): void => {
    const current = now();
    const { done } = current;
    const came = counter.current();
    const total = options.total?.();
    const far = {
      label: options.label,
      total,
      done,
      inHand: options.inHand?.() ?? 0,
      perSecond: rateOf(seen, current),
      waitingSeconds: options.waitingSeconds(),
      came,
    };
    line.update(progressLine(far), { done, ...(total !== undefined && { total }), ...came.outcomes });
  };
  const stopShowing = every(SECOND_MS, clock, () => {
    show();
    seen = [...seen, now()].slice(-RATE_SECONDS);
  });
  return {
    noteKnown(rows) {
      for (const row of rows) known.add(row);
    },
    note(rows, outcomes = []) {
      for (const row of rows) known.delete(row);
      for (const outcome of outcomes) counter.add(outcome);
      noted += rows.length;
      show();
    },
    async stop() {
      await stopShowing();
      await line.stop();
    },
  };
}

/** Shows a wait while there are no people to count yet. Returns the function that ends it. */
export function showWaiting(
  { terminal, clock }: Pick<Context, 'terminal' | 'clock'>,
  { label, waitingSeconds }: { readonly label: string; readonly waitingSeconds: () => number },
): () => Promise<void> {
  let line: ReturnType<typeof openProgress> | undefined;
  const stopShowing = every(SECOND_MS, clock, () => {
    line ??= openProgress(terminal, clock);
    void line.then(({ update }) => update(`${label}${waitText(waitingSeconds())}`));
  });
  return async () => {
    await stopShowing();
    await (await line)?.stop();
  };
}

const waitText = (seconds: number): string => (seconds > 0 ? `, waiting ${seconds} s for the server` : '');

export type Seen = { readonly atMs: number; readonly done: number };

/** People per second since the oldest of `seen`; undefined in the first second, and while nobody is done. */
export function rateOf(seen: readonly Seen[], now: Seen): number | undefined {
  const [oldest = now] = seen;
  const ms = now.atMs - oldest.atMs;
  return ms < SECOND_MS || now.done === oldest.done ? undefined : ((now.done - oldest.done) * SECOND_MS) / ms;
}

export type HowFar = {
  readonly label?: string | undefined;
  readonly total?: number | undefined;
  readonly done: number;
  readonly inHand?: number | undefined;
  readonly perSecond: number | undefined;
  readonly waitingSeconds: number;
  readonly came: Counts;
};

/** A narrow terminal cuts the end of the line. */
const FAILED_FIRST = ['failed', 'done', 'skipped', 'open'] as const;

/** `1,200 of 5,000 people, 850/s, 5 s left: 10 failed, 1,100 added, 90 skipped` */
export function progressLine({ label, total, done, inHand = 0, perSecond, waitingSeconds, came }: HowFar): string {
  const begin = label === undefined ? '' : `${label}: `;
  const isTotal = total !== undefined && total >= done;
  const far = isTotal ? `${numberText(done)} of ${peopleText(total)}` : peopleText(done);
  const left =
    isTotal && perSecond !== undefined && total > done ? `, ${timeText((total - done) / perSecond)} left` : '';
  const rate = perSecond === undefined ? '' : `, ${numberText(Math.max(1, Math.round(perSecond)))}/s${left}`;
  // While nobody is done, the number of people in hand shows that the run works.
  const begun = done === 0 && inHand > 0 ? `, working on ${numberText(inHand)}` : rate;
  const pace = waitText(waitingSeconds) || begun;
  const what = kindsText(came, FAILED_FIRST);
  return `${begin}${far}${pace}${what === '' ? '' : `: ${what}`}`;
}

/** `40 s`, `12 min`, `2 h 5 min`: an estimate is not more precise than that. */
function timeText(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${numberText(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** Calls `act` every `ms` milliseconds. Returns the function that stops it. */
export function every(ms: number, clock: Pick<Clock, 'sleep'>, act: () => void): () => Promise<void> {
  const ending = new AbortController();
  const ticking = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await clock.sleep(ms, ending.signal);
      act();
    }
  };
  // Stopping aborts the sleep, which then rejects.
  const ended = ticking().catch(() => undefined);
  return () => {
    ending.abort();
    return ended;
  };
}
