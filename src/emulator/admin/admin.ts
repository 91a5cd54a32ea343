/** What tests may see and change while the emulator runs; the same in process and over HTTP. */
import type { Fault } from '../faults/fault.ts';
import type { Instance, Latency } from '../instance.ts';
import type { ServiceProtection } from '../limits/service-protection.ts';
import { ORGANIZATION } from '../organization.ts';
import { shownCampaigns, shownMembers, shownRequests } from '../page/browse.ts';
import { type PrivilegeSet, writePrivileges } from '../privileges.ts';
import type { RequestLogEntry } from '../request-log.ts';
import { parseSwitches } from '../switches.ts';
import type { Switches } from '../unsettled.ts';

export type ConditionChanges = {
  limits?: ServiceProtection | null;
  latency?: Latency;
  dopHint?: number;
  pageSize?: number;
};

export type Admin = {
  requests(): readonly RequestLogEntry[];
  clearRequests(): void;
  faults(): readonly (Fault & { met: number; fired: number })[];
  addFaults(faults: readonly Fault[]): void;
  clearFaults(): void;
  switches(): Switches;
  setSwitches(changes: Readonly<Record<string, unknown>>): void;
  setConditions(changes: ConditionChanges): void;
  /** Privileges that differ from Global; null gives a user everything again. */
  setPrivileges(userId: string, privileges: PrivilegeSet | null): void;
  /** Ends all lateness of reads, so that a test can look at the truth. */
  settleReads(): void;
  state(): unknown;
  /** For the page at `/`. */
  campaigns(): unknown;
  members(listId: string): unknown;
  recent(): unknown;
  killConnections(): void;
};

export function openAdmin(instance: Instance, killConnections: () => void): Admin {
  const { log, faults, conditions, store } = instance;
  return {
    requests: () => [...log.entries()],
    clearRequests: () => log.clear(),
    faults: () => faults.list(),
    addFaults: (added) => faults.add(added),
    clearFaults: () => faults.clear(),
    switches: () => conditions.switches,
    setSwitches(changes) {
      conditions.switches = { ...conditions.switches, ...parseSwitches(changes) };
    },
    setConditions(changes) {
      if (changes.limits !== undefined) conditions.limits = changes.limits ?? undefined;
      if (changes.latency !== undefined) conditions.latency = changes.latency;
      if (changes.dopHint !== undefined) conditions.dopHint = changes.dopHint;
      if (changes.pageSize !== undefined) conditions.pageSize = changes.pageSize;
    },
    setPrivileges: (userId, privileges) => writePrivileges(store, userId.toLowerCase(), privileges),
    settleReads: () => instance.lateReads.settle(),
    state: () => summary(instance),
    campaigns: () => shownCampaigns(store),
    members: (listId) => shownMembers(store, listId),
    recent: () => shownRequests(log.entries()),
    killConnections,
  };
}

const COUNTED = ['campaign', 'list', 'listmember', 'campaignitem', 'lead', 'contact', 'systemuser'];

function summary({ store, conditions, faults, log }: Instance): unknown {
  const rows = COUNTED.map((table) => [
    table,
    Number([...store.select(`SELECT count(*) AS n FROM "${table}"`, [])][0]?.n),
  ]);
  return {
    organizationId: ORGANIZATION.id,
    rows: Object.fromEntries(rows),
    conditions,
    faults: faults.list().length,
    requests: log.entries().length,
  };
}
