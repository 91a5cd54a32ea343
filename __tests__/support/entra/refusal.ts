/** How Entra ID says no: an OAuth error with an AADSTS number. Numbers and wording [inferred] from Microsoft's list of error codes. */
import { randomUUID } from 'node:crypto';
import type { WireAnswer } from '../../../src/emulator/wire.ts';

export type RefusalFacts = {
  /** OAuth's word, e.g. `invalid_client`. */
  error: string;
  /** AADSTS number; absent for words that carry none. */
  code?: number;
  text: string;
  /** HTTP status; default 400, and 401 for invalid_client. */
  status?: number;
  suberror?: string;
  headers?: Readonly<Record<string, string>>;
};

export class EntraRefusal extends Error {
  readonly facts: RefusalFacts;
  constructor(facts: RefusalFacts) {
    super(`${facts.code ?? facts.error}: ${facts.text}`);
    this.name = 'EntraRefusal';
    this.facts = facts;
  }

  /** `AADSTS7000215`, or OAuth's word. */
  get label(): string {
    return this.facts.code === undefined ? this.facts.error : `AADSTS${this.facts.code}`;
  }

  get description(): string {
    const { code, text } = this.facts;
    return code === undefined ? text : `AADSTS${code}: ${text}`;
  }

  toWire(now: Date): WireAnswer {
    const { error, code, status, suberror, headers } = this.facts;
    const [traceId, correlationId] = [randomUUID(), randomUUID()];
    const timestamp = `${now.toISOString().slice(0, 19).replace('T', ' ')}Z`;
    return json(
      status ?? (error === 'invalid_client' ? 401 : 400),
      {
        error,
        error_description: `${this.description} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
        error_codes: code === undefined ? [] : [code],
        timestamp,
        trace_id: traceId,
        correlation_id: correlationId,
        ...(code === undefined ? {} : { error_uri: `https://login.microsoftonline.com/error?code=${code}` }),
        ...(suberror === undefined ? {} : { suberror }),
      },
      headers,
    );
  }
}

export function refusal(error: string, code: number, text: string): EntraRefusal {
  return new EntraRefusal({ error, code, text });
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
