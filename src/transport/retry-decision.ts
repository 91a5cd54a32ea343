/**
 * When a request is sent again, and after how long: every rule, as values. Sleeping is retry.ts's part; what counts as trouble is
 * trouble.ts's.
 */
import type { LossReason } from './http.ts';
import type { Trouble } from './trouble.ts';

type RetryDecision =
  /** The result is final, good or bad. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'repeat'; readonly afterMs: number }
  /** The trouble may pass, but not within the budget. The request was not done. */
  | { readonly kind: 'give-up' };

/** Attempts where no server says that it is busy; with the longest back-off they cover about two minutes. */
export const MAX_ATTEMPTS = 9;
/** Each time-out costs minutes; an unknown host and a refusing proxy rarely change. */
const FEW_ATTEMPTS = 3;
const MOSTLY_PERMANENT: ReadonlySet<LossReason> = new Set(['timeout', 'unknown-host', 'proxy']);
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

/** Exponential with full jitter: between 0 and 0.5 s, 1 s, 2 s … 30 s. `random` is in [0, 1). */
export function backoffMs(failures: number, random: () => number): number {
  return Math.round(random() * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1)));
}

function attemptsFor(trouble: Trouble): number {
  // A server that says it is busy is waited for as long as the user allows (--max-wait).
  if (trouble.kind === 'throttled' || trouble.kind === 'busy') return Number.POSITIVE_INFINITY;
  if (trouble.kind === 'unclear') return MAX_ATTEMPTS;
  if (trouble.reason === 'certificate') return 1;
  return MOSTLY_PERMANENT.has(trouble.reason) ? FEW_ATTEMPTS : MAX_ATTEMPTS;
}

function waitFor(trouble: Trouble, failures: number, random: () => number): number {
  if (trouble.kind === 'throttled') return trouble.retryAfterMs;
  const backoff = backoffMs(failures, random);
  return trouble.kind === 'busy' ? Math.max(trouble.retryAfterMs ?? 0, backoff) : backoff;
}

export type SoFar = {
  /** Failed attempts, this one included, without throttled ones. */
  readonly failures: number;
  /** Those of them in which a server said that it is busy: they use up none of the attempts. */
  readonly busy: number;
  /** Since its first failure. */
  readonly waitedMs: number;
  /** Whether it may be repeated when its outcome is unknown. */
  readonly repeatable: boolean;
};

/** Throttled and unsent requests are always repeated; others only when marked repeatable. */
export function decideRetry(
  trouble: Trouble | undefined,
  soFar: SoFar,
  limits: { readonly maxWaitMs: number; readonly random: () => number },
): RetryDecision {
  if (trouble === undefined) return { kind: 'stop' };
  const surelyNotDone = trouble.kind === 'throttled' || trouble.kind === 'not-sent';
  if (!surelyNotDone && !soFar.repeatable) return { kind: 'stop' };
  if (trouble.kind === 'lost' && trouble.reason === 'too-large') return { kind: 'stop' };
  if (soFar.failures - soFar.busy >= attemptsFor(trouble)) return { kind: 'give-up' };
  const afterMs = waitFor(trouble, soFar.failures, limits.random);
  return soFar.waitedMs + afterMs > limits.maxWaitMs ? { kind: 'give-up' } : { kind: 'repeat', afterMs };
}
