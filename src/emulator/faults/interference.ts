/** What a fired fault does to a request, in terms the server can carry out. Pure. */
import { notAuthenticated } from '../errors/security-errors.ts';
import { sqlTimeout, type ThrottleLimits, throttled } from '../errors/service-errors.ts';
import { ODataError } from '../errors.ts';
import { errorToWire, toWire, type WireAnswer } from '../wire.ts';
import { type FaultEffect, isThrottle, type ThrottleEffect } from './fault.ts';
import type { Fired } from './fault-book.ts';
import { spoil } from './spoil.ts';

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

export type Surroundings = {
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
