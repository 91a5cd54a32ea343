import { formatTime, storedTime } from './literal.ts';
import { invalidArgument } from './query-errors.ts';

/** From inclusive, before exclusive; an open end is absent. Days are those of UTC: the emulator's users live there. */
export type Period = { from?: string; before?: string };

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
