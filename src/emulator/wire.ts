/** Requests and answers as HTTP has them, whether they came alone or as part of a batch. Header names are lower case on requests. */
import type { ODataError } from './errors.ts';
import type { Arrival } from './limits/retry-after-watch.ts';

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

/** What an operation answers, before it is written: a string body goes out as it is, anything else as JSON. */
export type Answer = { status: number; body?: unknown; headers?: Readonly<Record<string, string>> };

const INTERNAL = { 'Content-Type': 'application/json; odata.metadata=minimal' } as const;

export function toWire(answer: Answer): WireAnswer {
  const headers: Record<string, string> = { 'OData-Version': '4.0', ...answer.headers };
  if (answer.body === undefined) return { status: answer.status, headers, body: '' };
  if (typeof answer.body === 'string') return { status: answer.status, headers, body: answer.body };
  return { status: answer.status, headers: { ...INTERNAL, ...headers }, body: JSON.stringify(answer.body) };
}

/** `annotated`: the caller asked for all annotations, which also decorate errors. [documented] */
export function errorToWire(error: ODataError, options: { annotated: boolean }): WireAnswer {
  if (error.status === 401) return { status: 401, headers: error.headers, body: '' };
  const plain = error.toBody();
  const body = options.annotated ? { error: { ...plain.error, ...annotations(error) } } : plain;
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
