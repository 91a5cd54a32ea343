/** How Entra ID says no: an OAuth error with an AADSTS number. Numbers and wording [inferred] from Microsoft's list of error codes. */
import { randomUUID } from 'node:crypto';
import type { WireAnswer } from '../../../src/emulator/requests/wire.ts';

export type RefusalFacts = {
  /** OAuth's word, e.g. `invalid_client`. */
  error: string;
  /** AADSTS number. */
  code: number;
  text: string;
  /** HTTP status; default 400, and 401 for invalid_client. */
  status?: number;
  suberror?: string;
};

export class EntraRefusal extends Error {
  readonly facts: RefusalFacts;
  constructor(facts: RefusalFacts) {
    super(`AADSTS${facts.code}: ${facts.text}`);
    this.name = 'EntraRefusal';
    this.facts = facts;
  }

  toWire(now: Date): WireAnswer {
    const { error, code, status = error === 'invalid_client' ? 401 : 400, suberror } = this.facts;
    const [traceId, correlationId] = [randomUUID(), randomUUID()];
    const timestamp = `${now.toISOString().slice(0, 19).replace('T', ' ')}Z`;
    return json(status, {
      error,
      error_description: `${this.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
      ...(suberror === undefined ? {} : { suberror }),
    });
  }
}

export function refusal(error: string, code: number, text: string): EntraRefusal {
  return new EntraRefusal({ error, code, text });
}

export function json(status: number, body: unknown): WireAnswer {
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };
  return { status, headers, body: JSON.stringify(body) };
}
