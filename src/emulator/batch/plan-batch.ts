/** Decides for every part, before any runs, which fault meets it: throttling of a whole batch must come before its first commit. */
import { cutTarget } from '../execute.ts';
import { isThrottle } from '../faults/fault.ts';
import { type Interference, interference } from '../faults/interference.ts';
import type { Instance } from '../instance.ts';
import { DOCUMENTED_LIMITS } from '../limits/service-protection.ts';
import { operationName } from '../route.ts';
import { routePath } from '../router.ts';
import type { Schema } from '../schema/schema.ts';
import type { WireAnswer, WireRequest } from '../wire.ts';
import type { BatchItem, BatchRequest } from './read-batch.ts';

export type PlannedItem = { item: BatchItem; fault?: Interference; isThrottled: boolean };

export function decideParts(instance: Instance, wire: WireRequest, items: readonly BatchItem[]): PlannedItem[] {
  if (instance.faults.isEmpty()) return items.map((item) => ({ item, isThrottled: false }));
  return items.map((item) => {
    const requests = item.kind === 'request' ? [item.request] : item.requests;
    const fired = requests
      .map((request) => instance.faults.decide(factsOf(instance.schema, request)))
      .find((each) => each !== undefined);
    if (fired === undefined) return { item, isThrottled: false };
    const limits = instance.conditions.limits ?? DOCUMENTED_LIMITS;
    const surroundings = { limits, origin: wire.origin, keys: instance.schema.keys };
    return { item, fault: interference(fired, surroundings), isThrottled: isThrottle(fired.effect) };
  });
}

/** U21 (batchThrottling): a throttled part answers for the whole batch, or for itself. */
export function throttledAnswer({ conditions }: Instance, planned: readonly PlannedItem[]): WireAnswer | undefined {
  if (conditions.switches.batchThrottling === 'part') return undefined;
  return planned.find((each) => each.isThrottled)?.fault?.answer;
}

function factsOf(schema: Schema, { method, url }: BatchRequest) {
  return { method, target: url, operation: partOperation(schema, { method, url }), isInBatch: true };
}

export function partOperation(schema: Schema, { method, url }: { method: string; url: string }): string {
  const bound = /Microsoft\.Dynamics\.CRM\.(\w+)/.exec(cutTarget(url).path)?.[1];
  if (bound !== undefined) return bound;
  const rooted = url.replace(/^https?:\/\/[^/]+/i, '');
  const path = rooted.startsWith('/') ? cutTarget(rooted).path : `/api/data/v9.2/${cutTarget(rooted).path}`;
  try {
    return operationName(method, routePath(schema, path).route);
  } catch {
    return method;
  }
}
