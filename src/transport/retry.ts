/** The retry loop around one request: counts, sleeps and reports what it gave up on. decideRetry holds the rules. */
import { DyncampError, SettingsError, TemporaryError } from '../errors.ts';
import { type ErrorAnswer, errorAnswer } from './error-answer.ts';
import type { Clock, HttpRequest, Policy } from './http.ts';
import { decideRetry } from './retry-decision.ts';
import { type AttemptResult, type Trouble, troubleOf } from './trouble.ts';
import type { Waiting, WaitReason } from './waiting.ts';

type RetryOptions = {
  readonly clock: Clock;
  readonly waiting: Waiting;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How long one request may wait in all, in milliseconds; then TemporaryError. */
  readonly maxWaitMs: number;
};

/**
 * After an attempt: waits and returns true when the request should be repeated. False is for a final answer, for what must not be repeated
 * because it may have been done, and for an answer that is too large.
 * @throws TemporaryError when attempts or wait budget are used up: the request was not done. SettingsError for a certificate.
 */
export type WaitForRetry = (trouble: Trouble | undefined, cause: unknown) => Promise<boolean>;

/** What a wait is for, and the error when it has been long enough. */
const TROUBLES = {
  throttled: { wait: 'throttled', code: 'THROTTLED' },
  busy: { wait: 'busy', code: 'SERVER_BUSY' },
  unclear: { wait: 'busy', code: 'ANSWER_UNUSABLE' },
  lost: { wait: 'unreachable', code: 'UNREACHABLE' },
  'not-sent': { wait: 'unreachable', code: 'UNREACHABLE' },
} as const satisfies Record<Trouble['kind'], { readonly wait: WaitReason; readonly code: string }>;

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;

const reasonText = (cause: unknown): string => (cause instanceof Error ? cause.message : 'the server was busy');

/** The server's own words may have their full stop. */
const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

const UNAVAILABLE = 503;

type GivenUp = {
  readonly operation: string;
  readonly trouble: Trouble;
  readonly attempts: number;
  readonly waitedMs: number;
};

function gaveUp(what: GivenUp, cause: unknown): Error {
  const { operation, trouble, attempts, waitedMs } = what;
  if (trouble.kind === 'not-sent' && trouble.reason === 'certificate') {
    return new SettingsError('CERTIFICATE_NOT_TRUSTED', `Could not send ${operation}: ${reasonText(cause)}.`, {
      cause,
      hint: 'If a proxy or your company signs certificates, name its CA file in NODE_EXTRA_CA_CERTS. Certificate checks cannot be turned off.',
    });
  }
  const tries = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}, ${seconds(waitedMs)} waited`;
  if (trouble.kind === 'throttled') {
    const next = `Dataverse throttles and asks for another ${seconds(trouble.retryAfterMs)}`;
    return new TemporaryError('THROTTLED', `Gave up on ${operation} after ${tries}: ${next}.`, {
      cause,
      hint: 'Run the same command again later, or allow more time with --max-wait.',
    });
  }
  const hint =
    trouble.kind === 'not-sent'
      ? 'Check the organization URL, the network and HTTPS_PROXY/NO_PROXY, then run the same command again.'
      : 'Run the same command again: people who are done are skipped.';
  const said = cause instanceof AnsweredError ? cause.answer : undefined;
  if (said?.message !== undefined && said.status === UNAVAILABLE) {
    // U42: a gateway's 503 has a page or nothing.
    return new TemporaryError('ENVIRONMENT_UNAVAILABLE', `Gave up on ${operation} after ${tries}: ${said.message}`, {
      ...said,
      cause,
      hint: 'The environment may be updating, being copied or restored: run the same command again later. If it is disabled, ask the administrator (Power Platform admin center > Environments).',
    });
  }
  const { code } = TROUBLES[trouble.kind];
  const { status, dataverseCode, requestId } = said ?? (cause instanceof DyncampError ? cause : {});
  const details = { status, dataverseCode, requestId, cause, hint };
  return new TemporaryError(code, `Gave up on ${operation} after ${tries}: ${sentence(reasonText(cause))}`, details);
}

/** Counts the attempts of one request. */
export function startAttempts(
  { operation, repeatable }: Pick<HttpRequest, 'operation' | 'repeatable'>,
  options: RetryOptions,
): WaitForRetry {
  let attempts = 0;
  let failures = 0;
  let busy = 0;
  let firstFailureAt: number | undefined;
  return async (trouble, cause) => {
    attempts += 1;
    if (trouble !== undefined && trouble.kind !== 'throttled') failures += 1;
    if (trouble?.kind === 'busy') busy += 1;
    firstFailureAt ??= options.clock.now();
    const waitedMs = options.clock.now() - firstFailureAt;
    const decision = decideRetry(trouble, { failures, busy, waitedMs, repeatable }, options);
    if (decision.kind === 'stop' || trouble === undefined) return false;
    if (decision.kind === 'give-up') throw gaveUp({ operation, trouble, attempts, waitedMs }, cause);
    await options.waiting.sleep(decision.afterMs, TROUBLES[trouble.kind].wait);
    return true;
  };
}

/** What the server answered, in its own words where it has some. */
class AnsweredError extends Error {
  readonly answer: ErrorAnswer;
  constructor(answer: ErrorAnswer) {
    const { status, message } = answer;
    super(`the server answered with HTTP ${status}${message === undefined ? '' : `, "${message}"`}`);
    this.name = 'AnsweredError';
    this.answer = answer;
  }
}

const causeOf = (result: AttemptResult): unknown =>
  result.kind === 'error' ? result.error : new AnsweredError(errorAnswer(result.response));

/** Other answers and errors pass through unchanged, among them UnknownResultError for a write that may have been done. */
export function retry(options: RetryOptions): Policy {
  return (next) => async (request) => {
    const waitForRetry = startAttempts(request, options);
    for (;;) {
      const result = await next(request).then(
        (response): AttemptResult => ({ kind: 'response', response }),
        (error: unknown): AttemptResult => ({ kind: 'error', error }),
      );
      const trouble = troubleOf(result, options.clock.now());
      if (trouble !== undefined && (await waitForRetry(trouble, causeOf(result)))) continue;
      if (result.kind === 'error') throw result.error;
      return result.response;
    }
  };
}
