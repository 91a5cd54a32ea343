/** What a fired fault does to a request, in terms the server can carry out. */
import { ODataError, refuse } from '../errors/errors.ts';
import type { Instance } from '../instance.ts';
import { isJsonObject, type JsonObject } from '../odata/values.ts';
import { errorToWire, toWire, type WireAnswer } from '../requests/wire.ts';
import { DOCUMENTED_LIMITS } from '../timing/service-protection.ts';
import { type DistortionKind, type FaultEffect, type Fired, REFUSALS, type RequestFacts } from './fault.ts';

export type Interference = {
  effect: FaultEffect['kind'];
  waitMs?: number;
  answer?: WireAnswer;
  /** After the work, instead of its true answer. */
  answerAfter?: WireAnswer;
  /** After the work: what is left of its true answer. */
  distort?: (answer: WireAnswer) => WireAnswer;
  reset?: 'before' | 'after';
  /** The work is done this much later; its answer goes to nobody. */
  workLaterMs?: number;
  truncate?: true;
  lateReads?: number;
};

export function faultFor(instance: Instance, facts: RequestFacts, origin: string): Interference | undefined {
  const fired = instance.faults.decide(facts);
  return fired && { effect: fired.effect.kind, ...consequence(instance, fired, origin) };
}

function consequence(instance: Instance, { effect, count }: Fired, origin: string): Omit<Interference, 'effect'> {
  switch (effect.kind) {
    case 'throttle-requests':
    case 'throttle-time':
    case 'throttle-concurrency': {
      const seconds = effect.retryAfterSeconds * (effect.growing === true ? count : 1);
      const limits = instance.conditions.limits ?? DOCUMENTED_LIMITS;
      return { answer: errorToWire(refuse.throttled(THROTTLES[effect.kind], limits, seconds)) };
    }
    case 'status':
      return { answer: statusAnswer(effect) };
    case 'refusal':
      return { answer: errorToWire(REFUSALS[effect.name]()) };
    case 'fail-part': {
      const headers = retryAfter(effect.retryAfterSeconds);
      return { answer: errorToWire(new ODataError(effect.status, effect.code, effect.message, headers)) };
    }
    case 'expired-token':
      return { answer: errorToWire(refuse.notAuthenticated(origin, 'The access token has expired')) };
    case 'sql-timeout':
      return { [effect.afterCommit === true ? 'answerAfter' : 'answer']: errorToWire(refuse.sqlTimeout()) };
    case 'not-json':
      return { answerAfter: NOT_JSON };
    case 'slow':
      return { waitMs: effect.ms };
    case 'late-reads':
      return { lateReads: effect.reads };
    case 'delay-commit':
      return { workLaterMs: effect.ms };
    case 'truncate':
      return { truncate: true };
    case 'reset-before':
      return { reset: 'before' };
    case 'reset-after-commit':
      return { reset: 'after' };
    default:
      return { distort: (answer) => distort(effect.kind, answer, instance.schema.keys) };
  }
}

const THROTTLES = {
  'throttle-requests': 'requests',
  'throttle-time': 'time',
  'throttle-concurrency': 'concurrency',
} as const;

function statusAnswer({ status, body, html, retryAfterSeconds }: Extract<FaultEffect, { kind: 'status' }>): WireAnswer {
  const headers = retryAfter(retryAfterSeconds);
  if (html !== true) return toWire({ status, body, headers });
  const page = typeof body === 'string' ? body : `<html><body><h1>${status}</h1></body></html>`;
  return toWire({ status, body: page, headers: { ...headers, 'Content-Type': 'text/html' } });
}

function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'Retry-After': String(seconds) };
}

const NOT_JSON: WireAnswer = {
  status: 200,
  headers: { 'Content-Type': 'application/json; odata.metadata=minimal', 'OData-Version': '4.0' },
  body: '<!DOCTYPE html><title>Please wait</title>',
};

// Empty and incomplete answers: what is left of a true one.

/** Refusals are left alone. `keys`: the names of primary keys. */
function distort(kind: DistortionKind, answer: WireAnswer, keys: ReadonlySet<string>): WireAnswer {
  if (answer.status >= 300) return answer;
  switch (kind) {
    case 'empty-answer':
      return { ...answer, status: 200, body: '' };
    case 'no-content':
      return { status: 204, headers: { 'OData-Version': '4.0' }, body: '' };
    case 'error-in-ok':
      return { ...errorToWire(refuse.unexpected()), status: 200 };
    case 'no-value':
      return changed(answer, ({ value: _value, ...rest }) => rest);
    default: {
      const unkeyed = (row: JsonObject): JsonObject =>
        Object.fromEntries(Object.entries(row).filter(([name]) => !keys.has(name)));
      return changed(answer, (body) => {
        if (!Array.isArray(body.value)) return unkeyed(body);
        const [first, ...rest]: unknown[] = body.value;
        return { ...body, value: isJsonObject(first) ? [unkeyed(first), ...rest] : body.value };
      });
    }
  }
}

function changed(answer: WireAnswer, change: (body: JsonObject) => JsonObject): WireAnswer {
  const body: unknown = answer.body.startsWith('{') ? JSON.parse(answer.body) : undefined;
  return isJsonObject(body) ? { ...answer, body: JSON.stringify(change(body)) } : answer;
}
