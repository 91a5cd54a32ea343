/**
 * One request, alone or as a part of a batch, from its wire form to the answer. Synchronous: the store is, and so a change set can be one
 * transaction.
 */
import { randomUUID } from 'node:crypto';
import type { Caller } from './caller.ts';
import { refuse } from './errors/errors.ts';
import type { Instance } from './instance.ts';
import { type RowChange, trackedStore } from './late-reads.ts';
import { dispatch } from './operations/dispatch.ts';
import { type OperationContext, type OperationRequest, visibleRows, type Work } from './operations/operation.ts';
import { readJsonBody } from './operations/parameters.ts';
import { ORGANIZATION } from './organization.ts';
import { cutTarget, type Route, routePath } from './router.ts';
import {
  preferenceApplied,
  type RequestPreferences,
  readPreferences,
  toWire,
  type WireAnswer,
  type WireRequest,
} from './wire.ts';
import { inTime } from './write-time.ts';

/** Longest URLs, alone and inside a batch. [documented] */
export const MAX_URL = 32_768;
export const MAX_BATCHED_URL = 65_536;

export type Execution = {
  caller: Caller;
  isInChangeSet: boolean;
  maxUrl: number;
  work: Work;
  /** Ordered by a fault: what this request writes shows only after so many reads. */
  lateReads?: number;
};

export function newWork(): Work {
  return { rowsRead: 0, rowsWritten: 0, tablesRead: [], sleptMs: 0, isOutOfTime: false };
}

export function execute(instance: Instance, wire: WireRequest, execution: Execution): WireAnswer {
  if (wire.target.length > execution.maxUrl) throw refuse.uriTooLong();
  const { path, rawQuery } = cutTarget(wire.target);
  const { version, route } = routePath(instance.schema, path);
  const preferences = readPreferences(wire.headers.prefer);
  if (needsBody(wire.method, route) && wire.body.trim() === '') throw refuse.noJsonObject();
  const body = wire.method === 'GET' ? {} : readJsonBody(wire.body);
  const request: OperationRequest = { method: wire.method, rawQuery, body, headers: wire.headers };
  const run = { apiRoot: `${wire.origin}/api/data/${version}/`, preferences, request, route, execution };
  const answer = toWire(runTracked(instance, run));
  const applied = preferenceApplied(preferences);
  return applied === undefined ? answer : { ...answer, headers: { ...answer.headers, 'Preference-Applied': applied } };
}

/** Rows and properties are written with what the body says; an action without parameters needs none. */
function needsBody(method: string, { kind }: Route): boolean {
  if (kind === 'collection') return method === 'POST';
  return (kind === 'row' && method === 'PATCH') || (kind === 'column' && method === 'PUT');
}

type Run = {
  apiRoot: string;
  preferences: RequestPreferences;
  request: OperationRequest;
  route: Route;
  execution: Execution;
};

function runTracked(instance: Instance, { apiRoot, preferences, request, route, execution }: Run) {
  const { work } = execution;
  const changes = mayLag(instance, execution) ? ([] as RowChange[]) : undefined;
  let holdFor = Math.max(execution.lateReads ?? 0, SWITCHED_READS[instance.conditions.switches.readAfterWrite]);
  const context = openContext(instance, {
    apiRoot,
    preferences,
    execution,
    changes,
    delayReads: (reads) => {
      holdFor = Math.max(holdFor, reads);
    },
  });
  const dispatched = () => dispatch(context, request, route);
  if (request.method === 'GET') return instance.lateReads.read(instance.store, dispatched, () => work.tablesRead);
  const answer = inTime(instance, work, dispatched);
  if (changes !== undefined && holdFor > 0) instance.lateReads.hold(changes, holdFor);
  return answer;
}

/** U22 (readAfterWrite). */
const SWITCHED_READS = { consistent: 0, 'late-1': 1, 'late-3': 3 } as const;

function mayLag({ conditions }: Instance, execution: Execution): boolean {
  const { readAfterWrite, membersSize } = conditions.switches;
  return execution.lateReads !== undefined || readAfterWrite !== 'consistent' || membersSize === 'asynchronous';
}

type ContextParts = {
  apiRoot: string;
  preferences: RequestPreferences;
  execution: Execution;
  changes: RowChange[] | undefined;
  delayReads: (reads: number) => void;
};

function openContext(
  instance: Instance,
  { apiRoot, preferences, execution, changes, delayReads }: ContextParts,
): OperationContext {
  const { caller, work, isInChangeSet } = execution;
  const identity = { userId: caller.userId, businessUnitId: ORGANIZATION.businessUnitId };
  return {
    ...identity,
    store: trackedStore(instance.store, instance.schema, changes === undefined ? { work } : { work, changes }),
    schema: instance.schema,
    switches: instance.conditions.switches,
    pageSize: instance.conditions.pageSize,
    apiRoot,
    preferences,
    now: instance.now,
    visible: (table) => visibleRows({ ...identity, depth: caller.depth }, table),
    caller,
    work,
    delayReads,
    isInChangeSet,
    newId: randomUUID,
  };
}
