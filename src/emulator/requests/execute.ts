/**
 * One request, alone or as a part of a batch, from its wire form to the answer. Synchronous: the store is, and so a change set can be one
 * transaction.
 */

import { randomUUID } from 'node:crypto';
import { refuse } from '../errors/errors.ts';
import type { Instance } from '../instance.ts';
import { dispatch } from '../operations/dispatch.ts';
import type { OperationContext, Work } from '../operations/operation.ts';
import { readJsonBody } from '../operations/parameters.ts';
import { ORGANIZATION } from '../organization/organization.ts';
import { type Caller, visibleRows } from '../organization/privileges.ts';
import { type RowChange, trackedStore } from '../timing/late-reads.ts';
import { inTime } from '../timing/write-time.ts';
import { cutTarget, type Route, routePath } from './router.ts';
import { preferenceApplied, readPreferences, toWire, type WireAnswer, type WireRequest } from './wire.ts';

/** Longest URLs, alone and inside a batch. [documented] */
const MAX_URL = 32_768;
export const MAX_BATCHED_URL = 65_536;

export type Execution = {
  caller: Caller;
  isInChangeSet: boolean;
  maxUrl: number;
  work: Work;
  /** From a fault: what this request writes shows only after so many reads. */
  lateReads: number;
};

export function newExecution(caller: Caller, lateReads = 0): Execution {
  const work = { rowsRead: 0, rowsWritten: 0, tablesRead: [], sleptMs: 0, isOutOfTime: false };
  return { caller, isInChangeSet: false, maxUrl: MAX_URL, work, lateReads };
}

export function execute(instance: Instance, wire: WireRequest, execution: Execution): WireAnswer {
  if (wire.target.length > execution.maxUrl) throw refuse.uriTooLong();
  const { path, rawQuery } = cutTarget(wire.target);
  const { version, route } = routePath(instance.schema, path);
  const preferences = readPreferences(wire.headers.prefer);
  if (NEED_BODIES.includes(`${wire.method} ${route.kind}`) && wire.body.trim() === '') throw refuse.noJsonObject();
  const body = wire.method === 'GET' ? {} : readJsonBody(wire.body);
  const { caller, work, isInChangeSet } = execution;
  const { schema, conditions, now } = instance;
  const identity = { userId: caller.userId, businessUnitId: ORGANIZATION.businessUnitId };
  const hiddenFor = readsUntilVisible(instance, execution, route);
  const changes: RowChange[] = [];
  const context: OperationContext = {
    ...identity,
    store: trackedStore(instance.store, schema, hiddenFor === 0 ? { work } : { work, changes }),
    schema,
    switches: conditions.switches,
    pageSize: conditions.pageSize,
    apiRoot: `${wire.origin}/api/data/${version}/`,
    request: { method: wire.method, rawQuery, body, headers: wire.headers },
    preferences,
    now,
    visible: (table) => visibleRows({ ...identity, caller }, table),
    caller,
    work,
    isInChangeSet,
    newId: randomUUID,
  };
  const run = () => dispatch(context, route);
  // The work of a batch counts for all its parts.
  const readBefore = work.tablesRead.length;
  const answer = toWire(
    wire.method === 'GET'
      ? instance.lateReads.read(instance.store, run, () => work.tablesRead.slice(readBefore))
      : inTime(instance, work, run),
  );
  instance.lateReads.hold(changes, hiddenFor);
  const applied = preferenceApplied(preferences);
  return applied === undefined ? answer : { ...answer, headers: { ...answer.headers, 'Preference-Applied': applied } };
}

/** Rows and properties are written with what the body says; an action without parameters needs none. */
const NEED_BODIES = ['POST collection', 'PATCH row', 'PUT column'];

/** U22 (readAfterWrite). */
const SWITCHED_READS = { consistent: 0, 'late-1': 1, 'late-3': 3 } as const;
/** U16 (membersSize): one blog reports background jobs. */
const READS_UNTIL_ADDED = 2;

/** How many reads do not show yet what this request writes. */
function readsUntilVisible({ conditions }: Instance, { lateReads }: Execution, route: Route): number {
  const { readAfterWrite, membersSize } = conditions.switches;
  const isAdding = route.kind === 'operation' && route.name === 'AddListMembersList';
  const added = isAdding && membersSize === 'asynchronous' ? READS_UNTIL_ADDED : 0;
  return Math.max(lateReads, SWITCHED_READS[readAfterWrite], added);
}
