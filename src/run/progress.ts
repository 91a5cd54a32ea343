/** How far a run is: people done, how many per second, what came of it. One line; what matters most comes first, for narrow terminals. */

import { openProgress } from '../terminal/progress.ts';
import type { Context } from './context.ts';
import { every } from './every.ts';
import { type Counts, countOf, peopleText } from './summary.ts';

const SECOND_MS = 1_000;

export type RunProgress = {
  /** So many people more are done; `came` is what came of all so far, where that is to be shown. */
  note(people: number, came?: Counts): void;
  stop(): Promise<void>;
};

export type ProgressOptions = {
  /** What is being done; nothing for the work itself. */
  readonly label?: string | undefined;
  /** How many people there are, where that is known without counting them. */
  readonly total?: number | undefined;
  /** Seconds until the server takes requests again; 0 when it is not waited for. */
  readonly waitingSeconds: () => number;
};

export async function openRunProgress(context: Context, options: ProgressOptions): Promise<RunProgress> {
  const { terminal, clock } = context;
  if (terminal.quiet) return { note: () => undefined, stop: async () => undefined };
  const line = await openProgress(terminal, clock);
  const startedAt = clock.now();
  let done = 0;
  let came: Counts | undefined;
  const show = (): void => {
    const waitingSeconds = options.waitingSeconds();
    // Before the first batch is done there is nothing to say, unless the server keeps it waiting.
    if (done === 0 && waitingSeconds === 0) return;
    const seconds = (clock.now() - startedAt) / SECOND_MS;
    line.update(progressLine({ ...options, done, seconds, waitingSeconds, came }));
  };
  const stopShowing = every(SECOND_MS, clock, show);
  return {
    note(people, counts) {
      done += people;
      came = counts;
      show();
    },
    async stop() {
      await stopShowing();
      await line.stop();
    },
  };
}

export type HowFar = Pick<ProgressOptions, 'label' | 'total'> & {
  readonly done: number;
  /** Since it began. */
  readonly seconds: number;
  readonly waitingSeconds: number;
  readonly came: Counts | undefined;
};

/** `1200 of 5000 people, 850/s: 1100 added, 90 skipped, 10 failed` */
export function progressLine({ label, total, done, seconds, waitingSeconds, came }: HowFar): string {
  const begin = label === undefined ? '' : `${label}: `;
  const far = total !== undefined && total >= done ? `${done} of ${peopleText(total)}` : peopleText(done);
  const rate = seconds >= 1 && done > 0 ? `, ${Math.round(done / seconds)}/s` : '';
  // A rate says nothing while nothing moves.
  const pace = waitingSeconds > 0 ? `, waiting ${waitingSeconds} s for the server` : rate;
  const what = came === undefined ? '' : cameText(came);
  return `${begin}${far}${pace}${what === '' ? '' : `: ${what}`}`;
}

/** `1100 added, 90 skipped, 10 failed`: only what there is. */
function cameText(counts: Counts): string {
  const { added = 0, removed = 0 } = counts.outcomes;
  const parts = [
    [added, 'added'],
    [removed, 'removed'],
    [countOf(counts, 'skipped'), 'skipped'],
    [countOf(counts, 'failed'), 'failed'],
    [countOf(counts, 'open'), 'open'],
  ] as const;
  return parts.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(', ');
}
