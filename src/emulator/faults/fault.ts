/** Faults as JSON: which requests they apply to, how often, and what happens to those. */

import { ODataError, refusal, refuse } from '../errors/errors.ts';
import { isJsonObject } from '../odata/values.ts';

export type FaultMatch = {
  /** HTTP method; absent: any. */
  method?: string;
  /** Part of the request's path and query, or a regular expression between slashes; absent: any. */
  path?: string;
  /**
   * Action or function by name, or `Create`, `Upsert`, `Update`, `Delete`, `Retrieve`, `RetrieveMultiple`, `Associate`, `Disassociate`,
   * `$batch`; absent: any.
   */
  operation?: string;
  /** True: only parts of batches; false: only requests on their own; absent: both when `path` or `operation` is given, else requests only. */
  inBatch?: boolean;
  /** Only this match, counted from 1; absent: every one. */
  nth?: number;
  /** Every so many matches; absent: every one. */
  every?: number;
};

/**
 * `empty-answer`: 200 without a body. `no-content`: 204. `no-value`: the JSON without its `value`. `error-in-ok`: 200 with an error object.
 * `no-key`: the first row, or the only one, without its primary key.
 */
export type DistortionKind = 'empty-answer' | 'no-content' | 'no-value' | 'error-in-ok' | 'no-key';

export type FaultEffect =
  | {
      kind: 'throttle-requests' | 'throttle-time' | 'throttle-concurrency';
      /** Seconds in `Retry-After`. */
      retryAfterSeconds: number;
      /** Multiplies the wait each time it fires; default false. */
      growing?: boolean;
    }
  /** An answer of this status without the work being done; `html`: with an HTML body, as gateways send it. */
  | { kind: 'status'; status: number; body?: unknown; html?: boolean; retryAfterSeconds?: number }
  /** The answer of an organization in such a state, without the work being done. */
  | { kind: 'refusal'; name: RefusalName }
  /** 500 with 0x80044151; `afterCommit`: although the work was done. */
  | { kind: 'sql-timeout'; afterCommit?: boolean }
  | { kind: 'reset-before' }
  | { kind: 'reset-after-commit' }
  | { kind: 'slow'; ms: number }
  /** Half of the body, then the connection is cut; the work was done. */
  | { kind: 'truncate' }
  /** Status 200 and a body that is not JSON; the work was done. */
  | { kind: 'not-json' }
  /** An answer that is empty or incomplete; the work was done. On whole requests and on parts of batches. */
  | { kind: DistortionKind }
  /** 401, as for a token that has expired. */
  | { kind: 'expired-token' }
  | { kind: 'fail-part'; status: number; code: string; message: string; retryAfterSeconds?: number }
  /** The work is done, but the next reads of its tables do not show it yet. */
  | { kind: 'late-reads'; reads: number }
  /** The connection is cut immediately; the work is done this much later. */
  | { kind: 'delay-commit'; ms: number };

export type Fault = {
  match: FaultMatch;
  /** How often it fires at most; default: no limit. */
  times?: number;
  /** Matches that pass before the first one counts; default 0. */
  skip?: number;
  effect: FaultEffect;
};

/** Every effect, with the members that must be numbers. */
export const EFFECTS: Readonly<Record<FaultEffect['kind'], readonly string[]>> = {
  'throttle-requests': ['retryAfterSeconds'],
  'throttle-time': ['retryAfterSeconds'],
  'throttle-concurrency': ['retryAfterSeconds'],
  status: ['status'],
  refusal: [],
  'sql-timeout': [],
  'reset-before': [],
  'reset-after-commit': [],
  slow: ['ms'],
  truncate: [],
  'not-json': [],
  'empty-answer': [],
  'no-content': [],
  'no-value': [],
  'error-in-ok': [],
  'no-key': [],
  'expired-token': [],
  'fail-part': ['status'],
  'late-reads': ['reads'],
  'delay-commit': ['ms'],
};

/** A fault file or an admin request: one fault or several. Says what is wrong with it. */
export function parseFaults(value: unknown): Fault[] {
  return (Array.isArray(value) ? value : [value]).map((item: unknown, index) => {
    if (!isFault(item)) throw new TypeError(`fault ${index + 1}: ${complaint(item)}`);
    return item;
  });
}

function isFault(value: unknown): value is Fault {
  return complaint(value) === undefined;
}

function complaint(value: unknown): string | undefined {
  if (!isJsonObject(value)) return 'must be an object with match and effect';
  if (!isJsonObject(value.match)) return 'match must be an object';
  if (!isJsonObject(value.effect)) return 'effect must be an object';
  const { effect } = value;
  const [, numbers] = Object.entries(EFFECTS).find(([kind]) => kind === effect.kind) ?? [];
  if (numbers === undefined) return `effect.kind must be one of ${Object.keys(EFFECTS).join(', ')}`;
  if (effect.kind === 'refusal' && !Object.hasOwn(REFUSALS, String(effect.name)))
    return `effect.name must be one of ${Object.keys(REFUSALS).join(', ')}`;
  const missing = numbers.find((name) => typeof effect[name] !== 'number');
  return missing === undefined ? undefined : `effect.${missing} must be a number`;
}

// The faults in force, and how often each matched and fired. Held by one process.

export type RequestFacts = { method: string; target: string; operation: string; isInBatch: boolean };

/** `count`: how often this fault has fired, this time included. */
export type Fired = { effect: FaultEffect; count: number };

export type FaultBook = {
  /** The first fault that fires for this request. Every fault that matches counts the match. */
  decide(facts: RequestFacts): Fired | undefined;
  add(faults: readonly Fault[]): void;
  clear(): void;
  isEmpty(): boolean;
  list(): readonly CountedFault[];
};

export type CountedFault = Fault & { met: number; fired: number };

export function openFaultBook(initial: readonly Fault[]): FaultBook {
  const entries: CountedFault[] = initial.map((fault) => ({ ...fault, met: 0, fired: 0 }));
  return {
    decide(facts) {
      const [firing] = entries.filter((entry) => fires(entry, facts));
      if (firing === undefined) return undefined;
      firing.fired += 1;
      return { effect: firing.effect, count: firing.fired };
    },
    add: (faults) => void entries.push(...faults.map((fault) => ({ ...fault, met: 0, fired: 0 }))),
    clear: () => void entries.splice(0),
    isEmpty: () => entries.length === 0,
    list: () => entries.map((entry) => ({ ...entry })),
  };
}

function fires(entry: CountedFault, facts: RequestFacts): boolean {
  const { match, skip = 0, times = Number.POSITIVE_INFINITY } = entry;
  if (!matches(match, facts)) return false;
  entry.met += 1;
  const number = entry.met - skip;
  if (number <= 0 || entry.fired >= times) return false;
  if (match.nth !== undefined && number !== match.nth) return false;
  return match.every === undefined || number % match.every === 0;
}

function matches(match: FaultMatch, facts: RequestFacts): boolean {
  const inBatch = match.inBatch ?? (match.path === undefined && match.operation === undefined ? false : undefined);
  if (inBatch !== undefined && inBatch !== facts.isInBatch) return false;
  if (match.method !== undefined && match.method.toUpperCase() !== facts.method) return false;
  if (match.operation !== undefined && match.operation !== facts.operation) return false;
  if (match.path === undefined) return true;
  const [, expression, flags] = /^\/(.+)\/(i?)$/.exec(match.path) ?? [];
  return expression === undefined
    ? facts.target.includes(match.path)
    : new RegExp(expression, flags).test(facts.target);
}

/**
 * Answers of organizations in special states: U42, U43, and others that a client has to name. Codes and texts: Microsoft's table, and
 * what real organizations answered. Differs: the texts of `administration-mode` and `older-server` are inferred.
 */
export const REFUSALS = {
  'ip-firewall': refusal(
    403,
    '0x80095ffe',
    'The request you are trying to make is rejected as access to your ip is blocked.',
  ),
  'app-blocked': refusal(
    403,
    '0x80095ffc',
    "Access to Dataverse API is restricted for this application Id : '51f81489-12ee-4a9e-aaae-a2591f45987d'. Please contact your administrator for more information.",
  ),
  'administration-mode': refusal(
    403,
    '',
    'The organization is in administration mode: only system administrators and customizers can sign in.',
  ),
  unlicensed: refusal(403, '0x8004d24b', 'The user has not been assigned any License'),
  unavailable: refusal(
    503,
    '0x8004a104',
    'The Dynamics 365 organization you are attempting to access is currently disabled.  Please contact your system administrator',
  ),
  'no-sales': () => refuse.segmentNotFound('campaigns'),
  'older-server': refusal(501, '', 'The requested version of the Web API is not implemented.'),
  'on-premises': () => new ODataError(401, '', '', { 'WWW-Authenticate': 'Negotiate, NTLM' }),
  'plug-in': refusal(400, '0x80040265', 'Contoso: nobody may be read or changed before nine o’clock.'),
} as const satisfies Record<string, () => ODataError>;

type RefusalName = keyof typeof REFUSALS;
