/** Requests and answers as HTTP has them, whether they came alone or as part of a batch. Header names are lower case on requests. */

import { ODataError, refuse } from '../errors/errors.ts';
import type { Preferences } from '../odata/query.ts';
import type { Arrival } from '../timing/service-protection.ts';

export type WireRequest = {
  method: string;
  /** Path with query string, still percent-encoded; no origin. */
  target: string;
  /** Scheme, host and port that the caller used. */
  origin: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Of a request that came over a connection of its own; parts of batches have none. */
  arrival?: Arrival;
};

export type WireAnswer = { status: number; headers: Readonly<Record<string, string>>; body: string };

/** How an answer is sent. `cut`: not at all; `truncate`: half of it. `retryAfterSeconds`: the longest wait among its parts. */
export type Delivery = { kind: 'answer' | 'cut' | 'truncate'; answer: WireAnswer; retryAfterSeconds?: number };

/** What an operation answers, before it is written: a string body is sent unchanged, anything else as JSON. */
export type Answer = { status: number; body?: unknown; headers?: Readonly<Record<string, string>> };

const INTERNAL = { 'Content-Type': 'application/json; odata.metadata=minimal' } as const;

export function toWire(answer: Answer): WireAnswer {
  const headers: Record<string, string> = { 'OData-Version': '4.0', ...answer.headers };
  if (answer.body === undefined) return { status: answer.status, headers, body: '' };
  if (typeof answer.body === 'string') return { status: answer.status, headers, body: answer.body };
  return { status: answer.status, headers: { ...INTERNAL, ...headers }, body: JSON.stringify(answer.body) };
}

/** `annotated`: the caller asked for all annotations, which also decorate errors. [documented] */
export function errorToWire(error: ODataError, { annotated = false } = {}): WireAnswer {
  if (error.status === 401) return { status: 401, headers: error.headers, body: '' };
  const plain = error.toBody();
  const body = annotated ? { error: { ...plain.error, ...annotations(error) } } : plain;
  return toWire({ status: error.status, headers: error.headers, body });
}

function annotations(error: ODataError): Record<string, string> {
  return {
    '@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus': '0',
    '@Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode': '0',
    '@Microsoft.PowerApps.CDS.HelpLink': `http://go.microsoft.com/fwlink/?LinkID=398563&error=${error.code}`,
    '@Microsoft.PowerApps.CDS.TraceText': '',
    '@Microsoft.PowerApps.CDS.InnerError.Message': error.message,
  };
}

// The `Prefer` header: the preferences this service knows, and the header that says which it applied.

export type RequestPreferences = Preferences & { returnRepresentation: boolean; continueOnError: boolean };

export function readPreferences(header: string | undefined): RequestPreferences {
  const result: RequestPreferences = { returnRepresentation: false, continueOnError: false };
  for (const [name, value] of preferencePairs(header ?? '')) apply(result, name, value);
  return result;
}

function apply(result: RequestPreferences, name: string, value: string): void {
  if (name === 'return' && value === 'representation') result.returnRepresentation = true;
  if (name === 'odata.continue-on-error' || name === 'continue-on-error') result.continueOnError = value !== 'false';
  if (name === 'odata.maxpagesize' && /^0*[1-9]\d*$/.test(value)) result.maxPageSize = Number(value);
  if (name === 'odata.include-annotations') result.annotations = value.split(',').map((item) => item.trim());
}

/** Splits at commas outside quotes: `odata.include-annotations="a,b",odata.maxpagesize=50`. */
function preferencePairs(header: string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const match of header.matchAll(/([\w.-]+)\s*(?:=\s*("[^"]*"|[^,;]*))?/g)) {
    const value = (match[2] ?? '').trim().replace(/^"|"$/g, '');
    pairs.push([(match[1] ?? '').toLowerCase(), value]);
  }
  return pairs;
}

/** The `Preference-Applied` header, or undefined when nothing was. */
export function preferenceApplied(preferences: RequestPreferences): string | undefined {
  const applied: string[] = [];
  if (preferences.returnRepresentation) applied.push('return=representation');
  if (preferences.maxPageSize !== undefined) applied.push(`odata.maxpagesize=${preferences.maxPageSize}`);
  if (preferences.annotations !== undefined) {
    applied.push(`odata.include-annotations="${preferences.annotations.join(',')}"`);
  }
  return applied.length === 0 ? undefined : applied.join(',');
}

// Anything thrown → an answer in Dataverse's form. An unexpected one is a 500, and its stack goes to the log.

type AnsweredError = { answer: WireAnswer; stack?: string };

export function answerError(error: unknown, request: WireRequest): AnsweredError {
  const annotated = readPreferences(request.headers.prefer).annotations?.includes('*') ?? false;
  if (error instanceof ODataError) return { answer: errorToWire(error, { annotated }) };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { answer: errorToWire(refuse.unexpected(), { annotated }), stack };
}
