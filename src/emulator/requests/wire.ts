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

const JSON_TYPE = { 'Content-Type': 'application/json; odata.metadata=minimal' } as const;

export function toWire({ status, body = '', headers: own }: Answer): WireAnswer {
  const headers = { 'OData-Version': '4.0', ...own };
  if (typeof body === 'string') return { status, headers, body };
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}

/** `annotated`: the caller asked for all annotations, which also decorate errors. [documented] */
export function errorToWire(error: ODataError, { annotated = false } = {}): WireAnswer {
  if (error.status === 401) return { status: 401, headers: error.headers, body: '' };
  const annotations = {
    '@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus': '0',
    '@Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode': '0',
    '@Microsoft.PowerApps.CDS.HelpLink': `http://go.microsoft.com/fwlink/?LinkID=398563&error=${error.code}`,
    '@Microsoft.PowerApps.CDS.TraceText': '',
    '@Microsoft.PowerApps.CDS.InnerError.Message': error.message,
  };
  const { code, message } = error;
  const body = { error: { code, message, ...(annotated ? annotations : {}) } };
  return toWire({ status: error.status, headers: error.headers, body });
}

// The `Prefer` header: the preferences this service knows, and the header that says which it applied.

export type RequestPreferences = Preferences & { returnRepresentation: boolean; continueOnError: boolean };

export function readPreferences(header: string | undefined): RequestPreferences {
  const result: RequestPreferences = { returnRepresentation: false, continueOnError: false };
  // Split at commas outside quotes: `odata.include-annotations="a,b",odata.maxpagesize=50`.
  for (const [, rawName = '', rawValue = ''] of (header ?? '').matchAll(PREFERENCE)) {
    const name = rawName.toLowerCase();
    const value = rawValue.trim().replace(/^"|"$/g, '');
    if (name === 'return' && value === 'representation') result.returnRepresentation = true;
    if (name === 'odata.continue-on-error' || name === 'continue-on-error') result.continueOnError = value !== 'false';
    if (name === 'odata.maxpagesize' && /^0*[1-9]\d*$/.test(value)) result.maxPageSize = Number(value);
    if (name === 'odata.include-annotations') result.annotations = value.split(',').map((item) => item.trim());
  }
  return result;
}

const PREFERENCE = /([\w.-]+)\s*(?:=\s*("[^"]*"|[^,;]*))?/g;

/** The `Preference-Applied` header, or undefined when nothing was. */
export function preferenceApplied(preferences: RequestPreferences): string | undefined {
  const { returnRepresentation, maxPageSize, annotations } = preferences;
  const applied: string[] = [];
  if (returnRepresentation) applied.push('return=representation');
  if (maxPageSize !== undefined) applied.push(`odata.maxpagesize=${maxPageSize}`);
  if (annotations !== undefined) applied.push(`odata.include-annotations="${annotations.join(',')}"`);
  return applied.length === 0 ? undefined : applied.join(',');
}

// Anything thrown → an answer in Dataverse's form. An unexpected one is a 500, and its stack goes to the log.

export function answerError(error: unknown, request: WireRequest): { answer: WireAnswer; stack?: string } {
  const annotated = readPreferences(request.headers.prefer).annotations?.includes('*') ?? false;
  if (error instanceof ODataError) return { answer: errorToWire(error, { annotated }) };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { answer: errorToWire(refuse.unexpected(), { annotated }), stack };
}
