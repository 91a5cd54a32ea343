import { MAX_PAGE_SIZE } from '../../../../src/emulator/odata/paging.ts';
import type { Preferences, QueryContext, QueryTarget } from '../../../../src/emulator/odata/query.ts';
import { readRow } from '../../../../src/emulator/odata/read-body.ts';
import { runQuery } from '../../../../src/emulator/odata/run-query.ts';
import { newRow } from '../../../../src/emulator/operations/new-row.ts';
import { buildSchema } from '../../../../src/emulator/schema/schema.ts';
import type { Row } from '../../../../src/emulator/store/row.ts';
import { openStore } from '../../../../src/emulator/store/store.ts';
import type { Switches } from '../../../../src/emulator/switches.ts';
import { DEFAULT_SWITCHES } from '../../../../src/emulator/switches.ts';

export const API_ROOT = 'http://127.0.0.1:8080/api/data/v9.2/';
export const NOW = new Date('2026-11-21T10:00:00Z');

/** Ids that sort as they count. */
export function guid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

export const USER = guid(0xf0);
export const UNIT = guid(0xf1);

export type World = {
  context: QueryContext;
  insert(table: string, row: Row): void;
  query(target: QueryTarget, rawQuery?: string, preferences?: Preferences): unknown;
  /** `value` of a collection's page. */
  rows(table: string, rawQuery: string, preferences?: Preferences): Record<string, unknown>[];
  fetch(table: string, xml: string, preferences?: Preferences): Record<string, unknown>;
  body(table: string, body: Record<string, unknown>, mode?: 'create' | 'update'): Row;
};

/** An in-memory store with its own schema and switches. */
export function openWorld(
  options: { switches?: Partial<Switches>; schema?: ReturnType<typeof buildSchema> } = {},
): World {
  const schema = options.schema ?? buildSchema();
  const context: QueryContext = {
    store: openStore({ path: ':memory:', schema }),
    schema,
    switches: { ...DEFAULT_SWITCHES, ...options.switches },
    pageSize: MAX_PAGE_SIZE,
    apiRoot: API_ROOT,
    userId: USER,
    businessUnitId: UNIT,
    now: () => NOW,
    preferences: {},
    work: { rowsRead: 0 },
  };
  const query: World['query'] = (target, rawQuery = '', preferences = {}) =>
    runQuery({ ...context, preferences }, target, rawQuery).body;
  const object = (value: unknown): Record<string, unknown> => Object.fromEntries(Object.entries(value ?? {}));
  return {
    context,
    insert: (table, row) => void context.store.insert(table, row),
    query,
    rows(table, rawQuery, preferences) {
      const { value } = object(query({ kind: 'collection', table }, rawQuery, preferences));
      return Array.isArray(value) ? value.map(object) : [];
    },
    fetch: (table, xml, preferences) =>
      object(query({ kind: 'collection', table }, `fetchXml=${encodeURIComponent(xml)}`, preferences)),
    body(table, body, mode = 'create') {
      const given = readRow(context, table, body, mode);
      return mode === 'update' ? given : newRow({ ...context, caller: {}, newId: () => guid(0xff) }, table, given);
    },
  };
}
