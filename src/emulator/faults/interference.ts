/** What a fired fault does to a request, in terms the server can carry out. Pure. */

import { notAuthenticated, ODataError, sqlTimeout, type ThrottleLimits, throttled } from '../errors/errors.ts';
import { errorToWire, toWire, type WireAnswer } from '../wire.ts';
import { type FaultEffect, type Fired, isThrottle, type SpoilingKind, type ThrottleEffect } from './fault.ts';

export type Interference = {
  effect: FaultEffect['kind'];
  /** Before the work. */
  waitMs?: number;
  /** Instead of the work. */
  answer?: WireAnswer;
  /** After the work, instead of its true answer. */
  answerAfter?: WireAnswer;
  /** After the work: what is left of its true answer. */
  spoil?: (answer: WireAnswer) => WireAnswer;
  reset?: 'before' | 'after';
  /** The work is done so much later, with nobody listening. */
  workLaterMs?: number;
  truncate?: true;
  lateReads?: number;
};

type Surroundings = {
  limits: ThrottleLimits;
  origin: string;
  /** Names of primary keys. */
  keys: ReadonlySet<string>;
};

export function interference({ effect, count }: Fired, { limits, origin, keys }: Surroundings): Interference {
  const { kind } = effect;
  if (isThrottle(effect)) return { effect: kind, answer: throttleAnswer(effect, count, limits) };
  switch (effect.kind) {
    case 'status':
      return { effect: effect.kind, answer: statusAnswer(effect) };
    case 'fail-part':
      return { effect: effect.kind, answer: failure(effect) };
    case 'expired-token':
      return { effect: effect.kind, answer: plain(notAuthenticated(origin, 'The access token has expired')) };
    case 'sql-timeout':
      return { effect: effect.kind, [effect.afterCommit === true ? 'answerAfter' : 'answer']: plain(sqlTimeout()) };
    case 'not-json':
      return { effect: effect.kind, answerAfter: NOT_JSON };
    case 'empty-answer':
    case 'no-content':
    case 'no-value':
    case 'error-in-ok':
    case 'no-key':
      return { effect: effect.kind, spoil: (answer) => spoil(effect.kind, answer, keys) };
    default:
      return connectionFault(effect);
  }
}

type ConnectionEffect = Extract<
  FaultEffect,
  { kind: 'reset-before' | 'reset-after-commit' | 'slow' | 'truncate' | 'late-reads' | 'delay-commit' }
>;

function connectionFault(effect: ConnectionEffect): Interference {
  switch (effect.kind) {
    case 'slow':
      return { effect: effect.kind, waitMs: effect.ms };
    case 'late-reads':
      return { effect: effect.kind, lateReads: effect.reads };
    case 'delay-commit':
      return { effect: effect.kind, workLaterMs: effect.ms };
    case 'truncate':
      return { effect: effect.kind, truncate: true };
    case 'reset-before':
      return { effect: effect.kind, reset: 'before' };
    default:
      return { effect: effect.kind, reset: 'after' };
  }
}

const THROTTLES = {
  'throttle-requests': 'requests',
  'throttle-time': 'time',
  'throttle-concurrency': 'concurrency',
} as const;

function throttleAnswer(effect: ThrottleEffect, count: number, limits: ThrottleLimits): WireAnswer {
  const seconds = effect.retryAfterSeconds * (effect.growing === true ? count : 1);
  return plain(throttled(THROTTLES[effect.kind], limits, seconds));
}

function statusAnswer(effect: Extract<FaultEffect, { kind: 'status' }>): WireAnswer {
  const headers = retryAfter(effect.retryAfterSeconds);
  if (effect.html !== true) return toWire({ status: effect.status, body: effect.body, headers });
  const text = typeof effect.body === 'string' ? effect.body : `<html><body><h1>${effect.status}</h1></body></html>`;
  return toWire({ status: effect.status, body: text, headers: { ...headers, 'Content-Type': 'text/html' } });
}

function failure(effect: Extract<FaultEffect, { kind: 'fail-part' }>): WireAnswer {
  return plain(new ODataError(effect.status, effect.code, effect.message, retryAfter(effect.retryAfterSeconds)));
}

function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'Retry-After': String(seconds) };
}

function plain(error: ODataError): WireAnswer {
  return errorToWire(error, { annotated: false });
}

const NOT_JSON: WireAnswer = {
  status: 200,
  headers: { 'Content-Type': 'application/json; odata.metadata=minimal', 'OData-Version': '4.0' },
  body: '<!DOCTYPE html><title>Please wait</title>',
};

/** Answers that say nothing, or less than was asked: what is left of a true answer. Pure. */
type Json = Record<string, unknown>;

/** A refusal stays as it is. `keys`: the names of primary keys. */
function spoil(kind: SpoilingKind, answer: WireAnswer, keys: ReadonlySet<string>): WireAnswer {
  if (answer.status >= 300) return answer;
  switch (kind) {
    case 'empty-answer':
      return { ...answer, status: 200, body: '' };
    case 'no-content':
      return { status: 204, headers: { 'OData-Version': '4.0' }, body: '' };
    case 'error-in-ok':
      return toWire({ status: 200, body: UNEXPECTED });
    case 'no-value':
      return changed(answer, ({ value: _value, ...rest }) => rest);
    default:
      return changed(answer, (body) => withoutKey(body, keys));
  }
}

const UNEXPECTED = { error: { code: '0x80040216', message: 'An unexpected error occurred.' } };

function changed(answer: WireAnswer, change: (body: Json) => Json): WireAnswer {
  const body: unknown = answer.body.startsWith('{') ? JSON.parse(answer.body) : undefined;
  return isJson(body) ? { ...answer, body: JSON.stringify(change(body)) } : answer;
}

function withoutKey(body: Json, keys: ReadonlySet<string>): Json {
  const unkeyed = (row: Json): Json => Object.fromEntries(Object.entries(row).filter(([name]) => !keys.has(name)));
  if (!Array.isArray(body.value)) return unkeyed(body);
  const [first, ...rest]: unknown[] = body.value;
  return { ...body, value: isJson(first) ? [unkeyed(first), ...rest] : body.value };
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
