/** The one line that says how far a run is. Pure. What matters most comes first: a narrow terminal cuts its end. */
import type { InputShare } from './input-size.ts';
import { countOf, peopleText, type Tally } from './summary.ts';

export type HowFar = {
  /** What is being done; nothing for the work itself. */
  readonly label?: string | undefined;
  /** People who are done with. */
  readonly done: number;
  /** How many there are, as far as it is known. */
  readonly share: InputShare;
  /** Seconds since it began. */
  readonly seconds: number;
  /** Seconds until the server takes requests again; 0 when it is not waited for. */
  readonly waitingSeconds: number;
  /** What came of it, e.g. `3 added, 1 skipped`. */
  readonly came: string;
};

/** `1200 of 5000 people, 850/s: 1100 added, 90 skipped, 10 failed` */
export function progressLine({ label, done, share, seconds, waitingSeconds, came }: HowFar): string {
  const begin = label === undefined ? '' : `${label}: `;
  const rate = seconds >= 1 && done > 0 ? `, ${Math.round(done / seconds)}/s` : '';
  // A rate says nothing while nothing moves.
  const pace = waitingSeconds > 0 ? `, waiting ${waitingSeconds} s for the server` : rate;
  return `${begin}${doneText(done, share)}${pace}${came === '' ? '' : `: ${came}`}`;
}

function doneText(done: number, share: InputShare): string {
  if (share.kind === 'total' && share.people >= done) return `${done} of ${peopleText(share.people)}`;
  return share.kind === 'percent' ? `${peopleText(done)} (${share.percent} %)` : peopleText(done);
}

/** `1100 added, 90 skipped, 10 failed`: only what there is. */
export function cameText(tally: Tally): string {
  const { added = 0, removed = 0 } = tally.counts;
  const parts = [
    [added, 'added'],
    [removed, 'removed'],
    [countOf(tally, 'skipped'), 'skipped'],
    [countOf(tally, 'failed'), 'failed'],
    [countOf(tally, 'open'), 'open'],
  ] as const;
  return parts.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(', ');
}
