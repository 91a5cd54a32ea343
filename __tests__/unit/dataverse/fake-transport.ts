import { openDataverse } from '../../../src/dataverse/open-dataverse.ts';
import type { HttpRequest, HttpResponse } from '../../../src/transport/http.ts';
import { openTransport } from '../../../src/transport/open-transport.ts';
import { manualClock } from '../transport/manual-clock.ts';
import { type Step, scriptedSend } from '../transport/scripted-send.ts';

export const ORIGIN = 'https://contoso.crm4.dynamics.com';

/** One part of an answer to a batch. */
export function part(status: number, body = '', headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 ${status} X\r\n${lines.join('')}\r\n${body}\r\n`;
}

/** What remains of the same answer when the line breaks before its last part is complete. */
export function cutAnswer(status: number, ...parts: readonly string[]): HttpResponse {
  const whole = answer(status, ...parts);
  return { ...whole, body: whole.body.slice(0, whole.body.lastIndexOf('--r') - 6) };
}

export function answer(status: number, ...parts: readonly string[]): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'multipart/mixed; boundary=r' },
    body: `${parts.map((each) => `--r\r\n${each}`).join('')}--r--\r\n`,
  };
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export function refusal(code: string, message = 'no'): { error: { code: string; message: string } } {
  return { error: { code, message } };
}

/** A Dataverse over the real transport and a scripted network; time passes only by waiting. */
export function connect(...script: readonly Step[]) {
  const clock = manualClock();
  const send = scriptedSend(...script);
  const transport = openTransport({
    origin: ORIGIN,
    send,
    tokens: { token: async () => 'token' },
    clock,
    random: () => 0.5,
    uuid: () => 'id',
    userAgent: 'test',
    maxWaitMs: 600_000,
  });
  return { clock, send, dataverse: openDataverse({ origin: ORIGIN, transport, uuid: () => 'id' }) };
}

/** The request lines of the parts of a batch. */
export function partLines(request: HttpRequest | undefined): string[] {
  return String(request?.body ?? '').match(/^(?:GET|POST|PATCH|DELETE) \S+/gm) ?? [];
}
