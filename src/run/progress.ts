/** How far a run is: people done, how many per second, how long it still takes, who failed. What matters most comes first, for narrow terminals. */

import type { Outcome } from '../input/outcome.ts';
import { openProgress } from '../terminal/progress.ts';
import type { Clock } from '../transport/http.ts';
import type { Context } from './context.ts';
import { type Counts, kindsText, numberText, peopleText, startCounting } from './counts.ts';

const SECOND_MS = 1_000;

/** The rate is that of the last seconds: what the first ones took says little about the rest. */
const RATE_SECONDS = 10;

type RunProgress = {
  /** So many people more are read, or looked at. */
  note(people: number): void;
  /** What came of some people, as soon as it is known. */
  noteOutcomes(outcomes: readonly Outcome[]): void;
  stop(): Promise<void>;
};

type ProgressOptions = {
  /** What is being done; nothing for the work itself. */
  readonly label?: string | undefined;
  /** How many people there are, as soon as that is known. */
  readonly total?: (() => number | undefined) | undefined;
  /** People of batches in hand of whom it is known already what came of them: a batch may take minutes. */
  readonly early?: (() => number) | undefined;
  /** People who are being worked on: said until the first is done. */
  readonly inHand?: (() => number) | undefined;
  /** Seconds until the server takes requests again; 0 when it is not waited for. */
  readonly waitingSeconds: () => number;
};

export async function openRunProgress(context: Context, options: ProgressOptions): Promise<RunProgress> {
  const { terminal, clock } = context;
  if (terminal.quiet) return { note: () => undefined, noteOutcomes: () => undefined, stop: async () => undefined };
  const line = await openProgress(terminal, clock);
  const outcomes = startCounting();
  let noted = 0;
  const now = (): Seen => ({ atMs: clock.now(), done: noted + (options.early?.() ?? 0) });
  let seen: readonly Seen[] = [now()];
  const show = (): void => {
    const { label, total } = options;
    const waitingSeconds = options.waitingSeconds();
    const current = now();
    const { done } = current;
    const perSecond = rateOf(seen, current);
    const came = outcomes.current();
    const all = total?.();
    const inHand = options.inHand?.() ?? 0;
    line.update(progressLine({ label, total: all, done, inHand, perSecond, waitingSeconds, came }), {
      done,
      ...(all !== undefined && { total: all }),
      ...came.outcomes,
    });
  };
  const stopShowing = every(SECOND_MS, clock, () => {
    show();
    seen = [...seen, now()].slice(-RATE_SECONDS);
  });
  const note = (people: number): void => {
    noted += people;
    show();
  };
  return {
    note,
    noteOutcomes(came) {
      for (const outcome of came) outcomes.add(outcome);
      note(came.length);
    },
    async stop() {
      await stopShowing();
      await line.stop();
    },
  };
}

/** Says from the first second on what is waited for, where there are no people to count yet. Gives what ends it. */
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

/** How many were done at a time. */
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

/** A narrow terminal cuts what stands behind. */
const FAILED_FIRST = ['failed', 'done', 'skipped', 'open'] as const;

/** `1,200 of 5,000 people, 850/s, 5 s left: 10 failed, 1,100 added, 90 skipped` */
export function progressLine({ label, total, done, inHand = 0, perSecond, waitingSeconds, came }: HowFar): string {
  const begin = label === undefined ? '' : `${label}: `;
  const isTotal = total !== undefined && total >= done;
  const far = isTotal ? `${numberText(done)} of ${peopleText(total)}` : peopleText(done);
  const left =
    isTotal && perSecond !== undefined && total > done ? `, ${timeText((total - done) / perSecond)} left` : '';
  const rate = perSecond === undefined ? '' : `, ${numberText(Math.max(1, Math.round(perSecond)))}/s${left}`;
  // A rate says nothing while nothing moves.
  const begun = done === 0 && inHand > 0 ? `, working on ${numberText(inHand)}` : rate;
  const pace = waitText(waitingSeconds) || begun;
  const what = kindsText(came, FAILED_FIRST);
  return `${begin}${far}${pace}${what === '' ? '' : `: ${what}`}`;
}

/** `40 s`, `12 min`, `2 h 5 min`: nobody plans by more. */
function timeText(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${numberText(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** Acts every `ms` milliseconds until the function that it gives is called. */
export function every(ms: number, clock: Pick<Clock, 'sleep'>, act: () => void): () => Promise<void> {
  const ending = new AbortController();
  const ticking = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await clock.sleep(ms, ending.signal);
      act();
    }
  };
  // Stopping aborts the sleep, which rejects: that is its end.
  const ended = ticking().catch(() => undefined);
  return () => {
    ending.abort();
    return ended;
  };
}
