/** What an answer says about pace, read from its headers. */
import type { HttpRequest, HttpResponse } from './http.ts';
import type { Answer } from './pace-decision.ts';

export type Sent = {
  readonly atMs: number;
  readonly inFlight: number;
  /** Clock.busyMs then. */
  readonly busyMs: number;
};

/** Requests are compared with their like: same operation, size within a factor of two. */
function kindOf(request: HttpRequest): string {
  const size = request.url.length + (request.body?.length ?? 0);
  return `${request.operation} ${Math.ceil(Math.log2(size))}`;
}

function hintOf(response: HttpResponse): number | undefined {
  const hint = Number.parseInt(response.headers['x-ms-dop-hint'] ?? '', 10);
  return hint >= 1 ? hint : undefined;
}

/** `1,200.00`: with the thousands comma. */
function numberIn(header: string | undefined): number | undefined {
  const value = Number.parseFloat((header ?? '').replaceAll(',', ''));
  return Number.isNaN(value) ? undefined : value;
}

/** What the budgets of requests and of execution time still allow to start, if every request takes as long as this one did. */
function leftOf(response: HttpResponse, latencyMs: number): number | undefined {
  const requests = numberIn(response.headers['x-ms-ratelimit-burst-remaining-xrm-requests']);
  const seconds = numberIn(response.headers['x-ms-ratelimit-time-remaining-xrm-requests']);
  if (requests === undefined && seconds === undefined) return undefined;
  const byTime =
    seconds === undefined ? Number.POSITIVE_INFINITY : Math.floor((seconds * 1_000) / Math.max(1, latencyMs));
  return Math.min(requests ?? Number.POSITIVE_INFINITY, byTime);
}

export function paceAnswer(
  request: HttpRequest,
  response: HttpResponse,
  sent: Sent,
  { nowMs, busyMs }: { readonly nowMs: number; readonly busyMs: number },
): Answer {
  return {
    sentAtMs: sent.atMs,
    answeredAtMs: nowMs,
    busyMs: busyMs - sent.busyMs,
    inFlight: sent.inFlight,
    kind: kindOf(request),
    hint: hintOf(response),
    left: leftOf(response, nowMs - sent.atMs),
  };
}
