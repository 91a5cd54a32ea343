/** The loop around one request: decideRetry holds the rules, this file counts, sleeps and says in the end what it gave up on. */
import { SettingsError, TemporaryError } from '../errors.ts';
import type { Clock, HttpRequest, HttpResponse, Policy, Send } from './http.ts';
import { decideRetry, type Settled, type Trouble, troubleOf } from './retry-decision.ts';
import type { Waiting, WaitReason } from './waiting.ts';

export type RetryOptions = {
  readonly clock: Clock;
  readonly waiting: Waiting;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How long one request may wait in all, in milliseconds; then TemporaryError. */
  readonly maxWaitMs: number;
};

/** Counts the attempts of one request. */
export type Attempts = {
  /**
   * After an attempt that met `trouble`: sleeps and gives true when it is to be made again, gives false when it must not be.
   * @throws TemporaryError when attempts or waiting are used up: what was asked for was not done. SettingsError for a certificate.
   */
  again(trouble: Trouble | undefined, cause: unknown, signal?: AbortSignal): Promise<boolean>;
};

const WAIT_REASONS = {
  throttled: 'throttled',
  busy: 'busy',
  unclear: 'busy',
  lost: 'unreachable',
  'not-sent': 'unreachable',
} as const satisfies Record<Trouble['kind'], WaitReason>;

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}

function reasonText(cause: unknown): string {
  if (cause instanceof Error) return cause.message;
  return 'the server was busy';
}

/** The server was there: it had trouble, or gave answers that were none. */
const THERE = { busy: 'SERVER_BUSY', unclear: 'ANSWER_UNUSABLE' } as const;

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
      : 'Run the same command again; what was done already is not done twice.';
  const isThere = trouble.kind === 'busy' || trouble.kind === 'unclear';
  const code = isThere ? THERE[trouble.kind] : 'UNREACHABLE';
  return new TemporaryError(code, `Gave up on ${operation} after ${tries}: ${reasonText(cause)}.`, {
    cause,
    hint,
  });
}

export function startAttempts(
  { operation, repeatable }: Pick<HttpRequest, 'operation' | 'repeatable'>,
  options: RetryOptions,
): Attempts {
  let attempts = 0;
  let failures = 0;
  let waitedMs = 0;
  return {
    async again(trouble, cause, signal) {
      attempts += 1;
      if (trouble !== undefined && trouble.kind !== 'throttled') failures += 1;
      const decision = decideRetry(trouble, { failures, waitedMs, repeatable }, options);
      if (decision.kind === 'stop' || trouble === undefined) return false;
      if (decision.kind === 'give-up') throw gaveUp({ operation, trouble, attempts, waitedMs }, cause);
      await options.waiting.sleep(decision.afterMs, WAIT_REASONS[trouble.kind], signal);
      waitedMs += decision.afterMs;
      return true;
    },
  };
}

function settle(promise: Promise<HttpResponse>): Promise<Settled> {
  return promise.then(
    (response) => ({ kind: 'response', response }) as const,
    (error: unknown) => ({ kind: 'error', error }) as const,
  );
}

function causeOf(settled: Settled): unknown {
  if (settled.kind === 'error') return settled.error;
  return new Error(`the server answered with HTTP ${settled.response.status}`);
}

function unwrap(settled: Settled): HttpResponse {
  if (settled.kind === 'error') throw settled.error;
  return settled.response;
}

async function repeat(
  next: Send,
  options: RetryOptions,
  request: HttpRequest,
  signal?: AbortSignal,
): Promise<HttpResponse> {
  const attempts = startAttempts(request, options);
  for (;;) {
    const settled = await settle(next(request, signal));
    const trouble = troubleOf(settled, options.clock.now());
    // A caller that has given up wants its own reason back; a write's answer, or its loss, it still needs to know.
    if (trouble !== undefined && request.repeatable) signal?.throwIfAborted();
    if (!(await attempts.again(trouble, causeOf(settled), signal))) return unwrap(settled);
  }
}

/** Repeats what may be repeated. Other answers and errors pass through as they are: UnknownResultError for a write that may be done. */
export function retry(options: RetryOptions): Policy {
  return (next: Send) => (request, signal) => repeat(next, options, request, signal);
}
