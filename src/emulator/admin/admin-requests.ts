/** `/__emulator/…`: the admin interface over HTTP, without a token, on loopback only. */

import { parseFaults } from '../faults/fault.ts';
import { isJsonObject, type JsonObject } from '../odata/values.ts';
import { parsePrivileges } from '../organization/privileges.ts';
import type { WireAnswer, WireRequest } from '../requests/wire.ts';
import { DOCUMENTED_LIMITS } from '../timing/service-protection.ts';
import type { Admin, ConditionChanges } from './admin.ts';

export const ADMIN_PREFIX = '/__emulator/';

const ROUTES: Readonly<Record<string, (admin: Admin, body: unknown, rest: string) => unknown>> = {
  'GET requests': (admin) => admin.requests(),
  'DELETE requests': (admin) => admin.clearRequests(),
  'GET faults': (admin) => admin.faults(),
  'POST faults': (admin, body) => admin.addFaults(parseFaults(body)),
  'DELETE faults': (admin) => admin.clearFaults(),
  'GET switches': (admin) => admin.switches(),
  'PATCH switches': (admin, body) => admin.setSwitches(object(body)),
  'PATCH conditions': (admin, body) => admin.setConditions(readConditions(object(body))),
  'PATCH limits': (admin, body) => admin.setConditions(readConditions({ limits: body })),
  'PATCH latency': (admin, body) => admin.setConditions(readConditions({ latency: body })),
  'POST privileges': (admin, body) => setPrivileges(admin, object(body)),
  'POST reset': (admin) => admin.reset(),
  'POST settle-reads': (admin) => admin.settleReads(),
  'GET state': (admin) => admin.state(),
  'GET campaigns': (admin) => admin.campaigns(),
  'GET members': (admin, _, listId) => admin.members(listId),
  'GET recent': (admin) => admin.recent(),
  'POST kill-connections': (admin) => void setImmediate(() => admin.killConnections()),
};

export function answerAdmin(admin: Admin, request: WireRequest): WireAnswer {
  const [path = ''] = request.target.slice(ADMIN_PREFIX.length).split('?');
  const [name = '', rest = ''] = path.split('/');
  const route = ROUTES[`${request.method} ${name}`];
  if (route === undefined)
    return json(404, { error: `no admin route ${request.method} ${name}`, routes: Object.keys(ROUTES) });
  try {
    const result = route(admin, request.body === '' ? {} : JSON.parse(request.body), rest);
    return result === undefined ? { status: 204, headers: {}, body: '' } : json(200, result);
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function setPrivileges(admin: Admin, { userId, privileges }: JsonObject): void {
  if (typeof userId !== 'string') throw new TypeError('userId must be a systemuserid');
  admin.setPrivileges(userId, privileges === null ? null : parsePrivileges(privileges));
}

/** Limits that are not given are as documented. */
function readConditions({ limits, latency, dopHint, pageSize }: JsonObject): ConditionChanges {
  const changes: ConditionChanges = {};
  if (limits === null) changes.limits = null;
  else if (limits !== undefined) changes.limits = { ...DOCUMENTED_LIMITS, ...numbers(object(limits)) };
  if (latency !== undefined) changes.latency = numbers(object(latency));
  if (dopHint !== undefined) changes.dopHint = Number(dopHint);
  if (pageSize !== undefined) changes.pageSize = Number(pageSize);
  return changes;
}

function numbers(given: JsonObject): Record<string, number> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, Number(value)]));
}

function object(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new TypeError('a JSON object is needed');
  return value;
}

function json(status: number, body: unknown): WireAnswer {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}
