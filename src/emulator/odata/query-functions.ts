import { notEmulated } from '../errors/errors.ts';
import { attributeNotFound, badQuery, refusedBySwitch, tooManyValues } from '../errors/query-errors.ts';
import { invalidArgument } from '../errors/row-errors.ts';
import { type Column, isText } from '../schema/column.ts';
import type { Value } from '../store/row.ts';
import type { Scope } from './scope.ts';
import {
  betweenSql,
  type Compared,
  comparedSql,
  comparisonSql,
  inSql,
  notInSql,
  orNull,
  type Source,
  type Sql,
  sql,
  wrap,
} from './sql.ts';
import { formatTime, storedTime, textValueFor } from './values.ts';

type FunctionParameters = ReadonlyMap<string, string | readonly string[] | null>;

/** "In over strings: 850 characters per value". [documented] */
const MAX_TEXT_IN_LIST = 850;
const VALUE_LIMITS = { unlimited: Number.POSITIVE_INFINITY, 'limit-2000': 2000, 'limit-300': 300 } as const;

/** A query function of `$filter`. PropertyName is a logical name, of lookups too. */
export function compileFunction(scope: Scope, name: string, parameters: FunctionParameters): Sql {
  if (!scope.context.schema.queryFunctions.has(name))
    throw badQuery(
      `An unknown function with name 'Microsoft.Dynamics.CRM.${name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.`,
    );
  const column = namedColumn(scope, parameters);
  const left = { column, compared: comparedSql(scope.source, column) };
  const compileList = LISTS[name];
  if (compileList !== undefined) return compileList(scope, left, listParameter(parameters));
  const identity = IDENTITIES[name];
  if (identity !== undefined) return identity(scope, left);
  const period = datePeriod(name, single(parameters.get('PropertyValue')), scope.context.now());
  if (period === undefined) throw notEmulated(`the query function ${name}`);
  return periodSql(left, period);
}

function namedColumn(scope: Scope, parameters: FunctionParameters): Column {
  const { table } = scope.source;
  const name = parameters.get('PropertyName');
  const column = typeof name === 'string' ? table.byLogicalName.get(name) : undefined;
  if (column === undefined) throw attributeNotFound(table.name, String(name ?? ''));
  return column;
}

type CompileList = (scope: Scope, left: Compared, values: readonly string[]) => Sql;

const LISTS: Readonly<Record<string, CompileList | undefined>> = {
  In: (scope, left, values) => inSql(left, listValues(scope, left.column, values)),
  NotIn: (scope, left, values) => notInSql(left, listValues(scope, left.column, values)),
  Between: (_scope, left, values) => betweenSql(left, ...bounds(left.column, values)),
  NotBetween: (_scope, left, values) =>
    orNull(left.compared, wrap('NOT (', betweenSql(left, ...bounds(left.column, values)), ')')),
};

const IDENTITIES: Readonly<Record<string, ((scope: Scope, left: Compared) => Sql) | undefined>> = {
  EqualUserId: (scope, left) => comparisonSql(left, 'eq', scope.context.userId),
  NotEqualUserId: (scope, left) => comparisonSql(left, 'ne', scope.context.userId),
  EqualBusinessId: (scope, left) => comparisonSql(left, 'eq', scope.context.businessUnitId),
  NotEqualBusinessId: (scope, left) => comparisonSql(left, 'ne', scope.context.businessUnitId),
};

function listParameter(parameters: FunctionParameters): readonly string[] {
  const values = parameters.get('PropertyValues');
  if (values === undefined || values === null || typeof values === 'string') throw invalidArgument();
  return values;
}

/** The values of a list in the store's spelling, under the limits of U29 and, where a source is given, U17 (it is about `In` only). */
export function listValues(
  scope: { context: Scope['context']; source: Source | undefined },
  column: Column,
  values: readonly string[],
): Value[] {
  const { switches } = scope.context;
  const isMemberEntity = scope.source?.table.name === 'listmember' && column.logical === 'entityid';
  if (isMemberEntity && switches.inOnEntityId === 'refused') throw refusedBySwitch('In on entityid');
  if (values.length > VALUE_LIMITS[switches.inValues]) throw tooManyValues();
  return values.map((text) => requireValue(column, text));
}

function requireValue(column: Column, text: string): Value {
  const value = textValueFor(column, text);
  if (value === undefined || (isText(column) && text.length > MAX_TEXT_IN_LIST)) throw invalidArgument();
  return value;
}

function bounds(column: Column, values: readonly string[]): [Value, Value] {
  const [low, high] = values;
  if (low === undefined || high === undefined || values.length > 2) throw invalidArgument();
  return [requireValue(column, low), requireValue(column, high)];
}

function single(value: string | readonly string[] | null | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function periodSql({ column, compared }: Compared, period: { from?: string; before?: string }): Sql {
  if (column.type !== 'datetime' && column.type !== 'date') throw invalidArgument();
  const spelled = (time: string): string => (column.type === 'date' ? time.slice(0, 10) : time);
  const conditions: string[] = [`${compared} IS NOT NULL`];
  const values: string[] = [];
  if (period.from !== undefined) {
    conditions.push(`${compared} >= ?`);
    values.push(spelled(period.from));
  }
  if (period.before !== undefined) {
    conditions.push(`${compared} < ?`);
    values.push(spelled(period.before));
  }
  return sql(`(${conditions.join(' AND ')})`, ...values);
}

/** From inclusive, before exclusive; an open end is absent. Days are those of UTC: the emulator's users live there. */
type Period = { from?: string; before?: string };

type Unit = 'Hours' | 'Days' | 'Weeks' | 'Months' | 'Years';

/** The period of a query function such as `LastXDays`; undefined for functions that are about something else. */
export function datePeriod(name: string, value: string | undefined, now: Date): Period | undefined {
  const fixed = FIXED[name];
  if (fixed !== undefined) return fixed(now);
  const counted = /^(Last|Next)X(Hours|Days|Weeks|Months|Years)$/.exec(name);
  if (counted !== null) {
    return countedPeriod(now, {
      direction: counted[1] === 'Last' ? -1 : 1,
      unit: readUnit(counted[2]),
      count: readCount(value),
    });
  }
  const older = /^OlderThanX(Hours|Days|Weeks|Months|Years)$/.exec(name);
  if (older !== null) return { before: formatTime(shift(now, readUnit(older[1]), -readCount(value))) };
  return onDay(name, value);
}

function onDay(name: string, value: string | undefined): Period | undefined {
  if (name !== 'On' && name !== 'OnOrAfter' && name !== 'OnOrBefore') return undefined;
  const time = storedTime(value ?? '');
  if (time === undefined) throw invalidArgument();
  const day = dayOf(new Date(time));
  const next = formatTime(shift(day, 'Days', 1));
  if (name === 'OnOrBefore') return { before: next };
  return name === 'On' ? { from: formatTime(day), before: next } : { from: formatTime(day) };
}

type Span = { direction: 1 | -1; unit: Unit; count: number };

function countedPeriod(now: Date, { direction, unit, count }: Span): Period {
  const present = formatTime(shift(now, 'Hours', 0));
  // Whole days: `LastXDays` begins at midnight. [documented for FetchXML's last-x-days]
  const far = unit === 'Hours' ? shift(now, unit, direction * count) : dayOf(shift(now, unit, direction * count));
  if (direction < 0) return { from: formatTime(far), before: formatTime(new Date(now.getTime() + 1000)) };
  return { from: present, before: formatTime(unit === 'Hours' ? far : shift(far, 'Days', 1)) };
}

const FIXED: Readonly<Record<string, ((now: Date) => Period) | undefined>> = {
  Today: (now) => span(dayOf(now), 'Days', 1),
  Yesterday: (now) => span(shift(dayOf(now), 'Days', -1), 'Days', 1),
  Tomorrow: (now) => span(shift(dayOf(now), 'Days', 1), 'Days', 1),
  Last7Days: (now) => ({
    from: formatTime(shift(dayOf(now), 'Days', -7)),
    before: formatTime(new Date(now.getTime() + 1000)),
  }),
  Next7Days: (now) => ({ from: formatTime(now), before: formatTime(shift(dayOf(now), 'Days', 8)) }),
  ThisWeek: (now) => span(weekOf(now), 'Weeks', 1),
  LastWeek: (now) => span(shift(weekOf(now), 'Weeks', -1), 'Weeks', 1),
  NextWeek: (now) => span(shift(weekOf(now), 'Weeks', 1), 'Weeks', 1),
  ThisMonth: (now) => span(monthOf(now), 'Months', 1),
  LastMonth: (now) => span(shift(monthOf(now), 'Months', -1), 'Months', 1),
  NextMonth: (now) => span(shift(monthOf(now), 'Months', 1), 'Months', 1),
  ThisYear: (now) => span(yearOf(now), 'Years', 1),
  LastYear: (now) => span(shift(yearOf(now), 'Years', -1), 'Years', 1),
  NextYear: (now) => span(shift(yearOf(now), 'Years', 1), 'Years', 1),
};

function span(from: Date, unit: Unit, count: number): Period {
  return { from: formatTime(from), before: formatTime(shift(from, unit, count)) };
}

function dayOf(time: Date): Date {
  return new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()));
}

/** Weeks begin on Sunday, the default of an organization. */
function weekOf(time: Date): Date {
  return shift(dayOf(time), 'Days', -time.getUTCDay());
}

function monthOf(time: Date): Date {
  return new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), 1));
}

function yearOf(time: Date): Date {
  return new Date(Date.UTC(time.getUTCFullYear(), 0, 1));
}

function shift(time: Date, unit: Unit, count: number): Date {
  const shifted = new Date(time.getTime());
  if (unit === 'Hours') shifted.setUTCHours(shifted.getUTCHours() + count);
  if (unit === 'Days') shifted.setUTCDate(shifted.getUTCDate() + count);
  if (unit === 'Weeks') shifted.setUTCDate(shifted.getUTCDate() + 7 * count);
  if (unit === 'Months') shifted.setUTCMonth(shifted.getUTCMonth() + count);
  if (unit === 'Years') shifted.setUTCFullYear(shifted.getUTCFullYear() + count);
  return shifted;
}

const UNITS: readonly Unit[] = ['Hours', 'Days', 'Weeks', 'Months', 'Years'];

function readUnit(text: string | undefined): Unit {
  return UNITS.find((unit) => unit === text) ?? 'Days';
}

function readCount(value: string | undefined): number {
  const count = Number(value);
  if (value === undefined || !Number.isInteger(count) || count < 1) throw invalidArgument();
  return count;
}
