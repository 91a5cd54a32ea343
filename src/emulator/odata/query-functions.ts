import { notEmulated } from '../errors/errors.ts';
import { attributeNotFound, badQuery, refusedBySwitch, tooManyValues } from '../errors/query-errors.ts';
import { invalidArgument } from '../errors/row-errors.ts';
import { type Column, isText } from '../schema/column.ts';
import type { Value } from '../store/row.ts';
import type { Scope } from './scope.ts';
import {
  allOf,
  betweenSql,
  type Compared,
  comparedColumn,
  comparisonSql,
  inSql,
  negated,
  type Source,
  type Sql,
  sql,
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
  const { table } = scope.source;
  const { PropertyName: attribute, PropertyValue: value, PropertyValues: values } = Object.fromEntries(parameters);
  const column = typeof attribute === 'string' ? table.byLogicalName.get(attribute) : undefined;
  if (column === undefined) throw attributeNotFound(table.name, String(attribute ?? ''));
  const left = comparedColumn(scope.source, column);
  const denied = DENIALS[name];
  const compile = CONDITIONS[denied ?? name];
  if (compile !== undefined) {
    const condition = compile(scope, left, Array.isArray(values) ? values : undefined);
    return denied === undefined ? condition : negated(left.compared, condition);
  }
  const period = datePeriod(name, typeof value === 'string' ? value : undefined, scope.context.now());
  if (period === undefined) throw notEmulated(`the query function ${name}`);
  return periodSql(left, period);
}

const DENIALS: Readonly<Record<string, string | undefined>> = {
  NotIn: 'In',
  NotBetween: 'Between',
  NotEqualUserId: 'EqualUserId',
  NotEqualBusinessId: 'EqualBusinessId',
};

type CompileCondition = (scope: Scope, left: Compared, values: readonly string[] | undefined) => Sql;

const CONDITIONS: Readonly<Record<string, CompileCondition | undefined>> = {
  In: (scope, left, values) => inSql(left, listValues(scope, left.column, values)),
  Between: (_scope, left, values) => betweenSql(left, ...bounds(left.column, values)),
  EqualUserId: (scope, left) => comparisonSql(left, 'eq', scope.context.userId),
  EqualBusinessId: (scope, left) => comparisonSql(left, 'eq', scope.context.businessUnitId),
};

/** The values of a list in the store's spelling, under the limits of U29 and, where a source is given, U17 (it is about `In` only). */
export function listValues(
  scope: { context: Scope['context']; source: Source | undefined },
  column: Column,
  values: readonly string[] | undefined,
): Value[] {
  if (values === undefined) throw invalidArgument();
  const { switches } = scope.context;
  const isMemberEntity = scope.source?.table.name === 'listmember' && column.logical === 'entityid';
  if (isMemberEntity && switches.inOnEntityId !== 'works') throw refusedBySwitch('In on entityid');
  if (values.length > VALUE_LIMITS[switches.inValues]) throw tooManyValues();
  return values.map((text) => requireValue(column, text));
}

function requireValue(column: Column, text: string): Value {
  const value = textValueFor(column, text);
  if (value === undefined || (isText(column) && text.length > MAX_TEXT_IN_LIST)) throw invalidArgument();
  return value;
}

function bounds(column: Column, [low, high, more]: readonly string[] = []): [Value, Value] {
  if (low === undefined || high === undefined || more !== undefined) throw invalidArgument();
  return [requireValue(column, low), requireValue(column, high)];
}

/** From inclusive, before exclusive; an open end is absent. Days are those of UTC: the emulator's users live there. */
type Period = { from?: Date; before?: Date };

export function periodSql({ column, compared }: Compared, { from, before }: Period): Sql {
  if (column.type !== 'datetime' && column.type !== 'date') throw invalidArgument();
  const spelled = (time: Date): string => (column.type === 'date' ? formatTime(time).slice(0, 10) : formatTime(time));
  const conditions = [
    sql(`${compared} IS NOT NULL`),
    ...(from === undefined ? [] : [sql(`${compared} >= ?`, spelled(from))]),
    ...(before === undefined ? [] : [sql(`${compared} < ?`, spelled(before))]),
  ];
  return allOf(conditions);
}

type Unit = 'Hours' | 'Days' | 'Weeks' | 'Months' | 'Years';

/** Units of the calendar, counted from the present one. */
const CALENDAR: Readonly<Record<string, readonly [Unit, number] | undefined>> = {
  Today: ['Days', 0],
  Yesterday: ['Days', -1],
  Tomorrow: ['Days', 1],
  ThisWeek: ['Weeks', 0],
  LastWeek: ['Weeks', -1],
  NextWeek: ['Weeks', 1],
  ThisMonth: ['Months', 0],
  LastMonth: ['Months', -1],
  NextMonth: ['Months', 1],
  ThisYear: ['Years', 0],
  LastYear: ['Years', -1],
  NextYear: ['Years', 1],
};

/** The period of a query function such as `LastXDays`; undefined for functions that are about something else. */
export function datePeriod(name: string, value: string | undefined, now: Date): Period | undefined {
  if (name === 'Last7Days' || name === 'Next7Days') return datePeriod(name.replace('7', 'X'), '7', now);
  const [unit, offset] = CALENDAR[name] ?? [];
  if (unit !== undefined && offset !== undefined) {
    const from = shift(startOf(unit, now), unit, offset);
    return { from, before: shift(from, unit, 1) };
  }
  const [, direction, text] = /^(Last|Next|OlderThan)X(Hours|Days|Weeks|Months|Years)$/.exec(name) ?? [];
  const counted = UNITS.find((each) => each === text);
  return counted === undefined ? onDay(name, value) : countedPeriod(now, direction ?? '', counted, readCount(value));
}

const UNITS: readonly Unit[] = ['Hours', 'Days', 'Weeks', 'Months', 'Years'];

function countedPeriod(now: Date, direction: string, unit: Unit, count: number): Period {
  if (direction === 'OlderThan') return { before: shift(now, unit, -count) };
  const far = shift(now, unit, direction === 'Last' ? -count : count);
  // Whole days: `LastXDays` begins at midnight. [documented for FetchXML's last-x-days]
  if (direction === 'Last')
    return { from: unit === 'Hours' ? far : startOf('Days', far), before: new Date(now.getTime() + 1000) };
  return { from: now, before: unit === 'Hours' ? far : shift(startOf('Days', far), 'Days', 1) };
}

function onDay(name: string, value: string | undefined): Period | undefined {
  if (name !== 'On' && name !== 'OnOrAfter' && name !== 'OnOrBefore') return undefined;
  const time = storedTime(value ?? '');
  if (time === undefined) throw invalidArgument();
  const from = startOf('Days', new Date(time));
  const before = shift(from, 'Days', 1);
  if (name === 'OnOrBefore') return { before };
  return name === 'On' ? { from, before } : { from };
}

/** Weeks begin on Sunday, the default of an organization. */
function startOf(unit: Unit, time: Date): Date {
  const month = unit === 'Years' ? 0 : time.getUTCMonth();
  const day = unit === 'Years' || unit === 'Months' ? 1 : time.getUTCDate();
  const start = new Date(Date.UTC(time.getUTCFullYear(), month, day));
  return unit === 'Weeks' ? shift(start, 'Days', -start.getUTCDay()) : start;
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

function readCount(value: string | undefined): number {
  const count = Number(value);
  if (value === undefined || !Number.isInteger(count) || count < 1) throw invalidArgument();
  return count;
}
