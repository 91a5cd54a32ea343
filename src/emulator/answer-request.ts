/** Serves a request, adds the headers every answer has, and writes the log. */
import { randomUUID } from 'node:crypto';
import { partOperation } from './batch/plan-batch.ts';
import type { Instance } from './instance.ts';
import { type Delivery, type Serving, serve } from './serve.ts';
import type { WireAnswer, WireRequest } from './wire.ts';

export async function answerRequest(instance: Instance, wire: WireRequest): Promise<Delivery> {
  const startedAt = performance.now();
  const time = instance.now().toISOString();
  const operation = partOperation(instance.schema, { method: wire.method, url: wire.target });
  const serving: Serving = { operation, isInsideRetryAfter: false };
  const { kind, answer } = await serve(instance, wire, serving);
  const complete = { ...answer, headers: { ...commonHeaders(instance, wire, serving.user), ...answer.headers } };
  const entry = {
    ...serving,
    time,
    method: wire.method,
    path: wire.target,
    status: kind === 'cut' ? 0 : answer.status,
    ms: Math.round(performance.now() - startedAt),
    bytesIn: Buffer.byteLength(wire.body),
    bytesOut: kind === 'cut' ? 0 : Buffer.byteLength(answer.body),
  };
  instance.log.add(entry, wire);
  return { kind, answer: complete };
}

/** With the thousands comma, as recorded: `1,200.00`. */
const SECONDS = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

function commonHeaders(instance: Instance, wire: WireRequest, user: string | undefined): WireAnswer['headers'] {
  const requestId = wire.headers['x-ms-client-request-id'];
  const serviceRequestId = randomUUID();
  const shared = {
    REQ_ID: serviceRequestId,
    'x-ms-service-request-id': requestId === undefined ? serviceRequestId : `${requestId},${serviceRequestId}`,
    'Cache-Control': 'no-cache',
  };
  if (user === undefined) return shared;
  const left = instance.gate.remaining(user, instance.now().getTime());
  return {
    ...shared,
    'x-ms-dop-hint': String(instance.conditions.dopHint),
    'x-ms-ratelimit-burst-remaining-xrm-requests': String(left.requests),
    'x-ms-ratelimit-time-remaining-xrm-requests': SECONDS.format(left.seconds),
  };
}
