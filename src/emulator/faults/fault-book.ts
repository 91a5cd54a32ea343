/** The faults in force and how often each was met. Lives in one server: what several processes must share is in the store. */
import type { Fault, FaultEffect, FaultMatch } from './fault.ts';

export type RequestFacts = { method: string; target: string; operation: string; isInBatch: boolean };

/** `count`: how often this fault has fired, this time included. */
export type Fired = { effect: FaultEffect; count: number };

export type FaultBook = {
  /** The first fault that fires for this request. Counts as a meeting for every fault that matches. */
  decide(facts: RequestFacts): Fired | undefined;
  add(faults: readonly Fault[]): void;
  clear(): void;
  isEmpty(): boolean;
  list(): readonly (Fault & { met: number; fired: number })[];
};

type Entry = { fault: Fault; met: number; fired: number };

export function openFaultBook(initial: readonly Fault[]): FaultBook {
  const entries: Entry[] = [];
  const add = (faults: readonly Fault[]): void => {
    for (const fault of faults) entries.push({ fault, met: 0, fired: 0 });
  };
  add(initial);
  return {
    decide(facts) {
      const firing = entries.filter((entry) => meets(entry, facts))[0];
      if (firing === undefined) return undefined;
      firing.fired += 1;
      return { effect: firing.fault.effect, count: firing.fired };
    },
    add,
    clear: () => void entries.splice(0),
    isEmpty: () => entries.length === 0,
    list: () => entries.map(({ fault, met, fired }) => ({ ...fault, met, fired })),
  };
}

function meets(entry: Entry, facts: RequestFacts): boolean {
  const { match, skip = 0, times = Number.POSITIVE_INFINITY } = entry.fault;
  if (!matches(match, facts)) return false;
  entry.met += 1;
  const number = entry.met - skip;
  if (number <= 0 || entry.fired >= times) return false;
  if (match.nth !== undefined && number !== match.nth) return false;
  return match.every === undefined || number % match.every === 0;
}

function matches(match: FaultMatch, facts: RequestFacts): boolean {
  const inBatch = match.inBatch ?? (match.path === undefined && match.operation === undefined ? false : undefined);
  if (inBatch !== undefined && inBatch !== facts.isInBatch) return false;
  if (match.method !== undefined && match.method.toUpperCase() !== facts.method) return false;
  if (match.operation !== undefined && match.operation !== facts.operation) return false;
  return match.path === undefined || matchesPath(match.path, facts.target);
}

function matchesPath(pattern: string, target: string): boolean {
  const expression = /^\/(.+)\/(i?)$/.exec(pattern);
  if (expression === null) return target.includes(pattern);
  return new RegExp(expression[1] ?? '', expression[2]).test(target);
}
