/**
 * One request to the API: its caller, a fault or limit that prevents it, then the work, the headers every answer has, and the log.
 */

import { randomUUID } from 'node:crypto';
import { runBatch } from '../batch/run-batch.ts';
import { type ODataError, refuse } from '../errors/errors.ts';
import { faultFor, type Interference } from '../faults/interference.ts';
import type { Instance } from '../instance.ts';
import { findCaller } from '../organization/caller.ts';
import type { Caller } from '../organization/privileges.ts';
import { inTurn } from '../timing/write-time.ts';
import { type Execution, execute, newExecution } from './execute.ts';
import type { PartLogEntry } from './request-log.ts';
import { cutTarget, partOperation } from './router.ts';
import { answerError, type Delivery, errorToWire, type WireAnswer, type WireRequest } from './wire.ts';

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

/** What is known about a request while it is served; the log reads it afterwards. */
type Serving = {
  operation: string;
  isInsideRetryAfter: boolean;
  user?: string;
  parts?: readonly PartLogEntry[];
  fault?: string;
  /** Stack of an unexpected error of the emulator. */
  error?: string;
};

async function serve(instance: Instance, wire: WireRequest, serving: Serving): Promise<Delivery> {
  const { gate, now } = instance;
  try {
    const caller = findCaller(instance, wire);
    const { userId } = caller;
    const { arrival } = wire;
    serving.user = userId;
    serving.isInsideRetryAfter = gate.ignoresRetryAfter(userId, { arrival, organizationMs: now().getTime() });
    const delivery = await serveFor(instance, { wire, caller, serving });
    const seconds = delivery.retryAfterSeconds ?? retryAfterOf(delivery.answer);
    const untilMs = now().getTime() + seconds * 1000;
    if (seconds > 0) gate.recordRetryAfter(userId, { untilMs, arrival, nowMs: performance.now() });
    return delivery;
  } catch (error) {
    const { answer, stack } = answerError(error, wire);
    if (stack !== undefined) serving.error = stack;
    return { kind: 'answer', answer };
  }
}

function retryAfterOf({ status, headers }: WireAnswer): number {
  return status === 429 ? Number(headers['Retry-After'] ?? 0) : 0;
}

type Service = { wire: WireRequest; caller: Caller; serving: Serving };

async function serveFor(instance: Instance, service: Service): Promise<Delivery> {
  const { wire, caller, serving } = service;
  const { method, target, origin } = wire;
  const fault = faultFor(instance, { method, target, operation: serving.operation, isInBatch: false }, origin);
  if (fault !== undefined) serving.fault = fault.effect;
  if (fault?.answer !== undefined) return { kind: 'answer', answer: fault.answer };
  if (fault?.reset === 'before') return NO_ANSWER;
  const { workLaterMs } = fault ?? {};
  if (workLaterMs !== undefined) {
    // The work goes on in the background; its answer and its errors are lost.
    instance.background(async () => {
      await instance.sleep(workLaterMs);
      await work(instance, service, undefined).catch(() => undefined);
    });
    return NO_ANSWER;
  }
  if (fault?.waitMs !== undefined) await instance.sleep(fault.waitMs);
  const entered = instance.gate.enter(caller.userId, instance.now().getTime());
  if ('refusal' in entered) return refused(instance, service, entered.refusal);
  try {
    return await work(instance, service, fault);
  } finally {
    entered.leave(instance.now().getTime());
  }
}

const NO_ANSWER: Delivery = { kind: 'cut', answer: { status: 0, headers: {}, body: '' } };

/** U21 (batchThrottling): service protection refuses a batch as a whole, or part by part. */
async function refused(instance: Instance, { wire, caller }: Service, refusal: ODataError): Promise<Delivery> {
  const answer = errorToWire(refusal);
  if (!isBatch(wire) || instance.conditions.switches.batchThrottling === 'outer') return { kind: 'answer', answer };
  const result = await runBatch(instance, { wire, execution: newExecution(caller), throttledWith: answer });
  return { ...result, retryAfterSeconds: retryAfterOf(answer) };
}

function isBatch({ target }: WireRequest): boolean {
  return /\/\$batch$/.test(cutTarget(target).path);
}

async function work(instance: Instance, service: Service, fault: Interference | undefined): Promise<Delivery> {
  const execution = newExecution(service.caller, fault?.lateReads);
  const delivery = await perform(instance, service, execution);
  const { perRequestMs = 0, perRowReadMs = 0, perRowWrittenMs = 0 } = instance.conditions.latency;
  const { rowsRead, rowsWritten, sleptMs } = execution.work;
  await instance.sleep(perRequestMs + perRowReadMs * rowsRead + perRowWrittenMs * rowsWritten - sleptMs);
  if (fault?.reset === 'after') return NO_ANSWER;
  if (fault?.answerAfter !== undefined) return { kind: 'answer', answer: fault.answerAfter };
  if (fault?.distort !== undefined) return { ...delivery, answer: fault.distort(delivery.answer) };
  // A batch that a fault inside it has cut already has no answer to truncate.
  return fault?.truncate === true && delivery.kind === 'answer' ? { ...delivery, kind: 'truncate' } : delivery;
}

async function perform(instance: Instance, service: Service, execution: Execution): Promise<Delivery> {
  const { wire, serving } = service;
  // U26 (missingODataVersion).
  const isVersionNeeded = instance.conditions.switches.missingODataVersion === 'refused';
  if (isVersionNeeded && wire.headers['odata-version'] === undefined) throw refuse.noVersionHeader();
  if (!isBatch(wire)) {
    const writing = { requests: [{ url: wire.target, body: wire.body }], work: execution.work };
    const answer = await inTurn(instance, writing, (refusal) => {
      if (refusal !== undefined) throw refusal;
      return execute(instance, wire, execution);
    });
    return { kind: 'answer', answer };
  }
  if (wire.method !== 'POST') throw refuse.methodNotAllowed(wire.method);
  const result = await runBatch(instance, { wire, execution });
  serving.parts = result.parts;
  if (result.fault !== undefined) serving.fault = result.fault;
  return result.kind === 'cut' ? NO_ANSWER : result;
}
