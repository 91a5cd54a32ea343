/**
 * How much of the usual batch goes into one request: less after the server did not get through with one in time. Pure; gate.ts holds the
 * state.
 */
export type BatchShare = {
  /** Of the usual size, from 1 down to SMALLEST_SHARE. */
  readonly share: number;
  /** Answers since the share was changed. */
  readonly answers: number;
  /** Requests sent before this moment say nothing about the present share (epoch ms). */
  readonly cutAtMs: number;
};

export const SMALLEST_SHARE = 1 / 16;
/** Answers in time before twice as much is tried again. */
const CAUTION = 50;

export const FULL_SHARE: BatchShare = { share: 1, answers: 0, cutAtMs: Number.NEGATIVE_INFINITY };

/** Several that were in flight together halve it once. */
export function afterTimeout(before: BatchShare, sentAtMs: number, nowMs: number): BatchShare {
  if (sentAtMs < before.cutAtMs) return before;
  return { share: Math.max(SMALLEST_SHARE, before.share / 2), answers: 0, cutAtMs: nowMs };
}

export function afterAnswerInTime(before: BatchShare): BatchShare {
  if (before.share === 1) return before;
  const answers = before.answers + 1;
  return answers < CAUTION ? { ...before, answers } : { ...before, share: before.share * 2, answers: 0 };
}
