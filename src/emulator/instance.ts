/** One running emulator: what its requests share. Anything that several processes must agree on is in the store. */

import type { ServiceProtection } from './errors/errors.ts';
import type { FaultBook } from './faults/fault.ts';
import type { TokenCheck } from './organization/caller.ts';
import type { RequestLog } from './requests/request-log.ts';
import type { Schema } from './schema/schema.ts';
import type { RowStore } from './store/store.ts';
import type { Switches } from './switches.ts';
import type { LateReads } from './timing/late-reads.ts';
import type { Gate } from './timing/service-protection.ts';

export type Latency = {
  /** Milliseconds added to every request; default 0. */
  perRequestMs?: number;
  /** Milliseconds per row written; default 0. */
  perRowWrittenMs?: number;
  /** Milliseconds per row read; default 0. */
  perRowReadMs?: number;
};

/** What may be changed while the emulator runs. */
type Conditions = {
  switches: Switches;
  limits: ServiceProtection | undefined;
  latency: Latency;
  dopHint: number;
  /** Rows per page at most. The service's 5,000; fewer make pages that a client meets only in large organizations. */
  pageSize: number;
};

export type Instance = {
  store: RowStore;
  schema: Schema;
  now: () => Date;
  checkToken: TokenCheck;
  conditions: Conditions;
  faults: FaultBook;
  gate: Gate;
  lateReads: LateReads;
  /** Lists that are being written to (U33), each with the end of the last write. */
  heldLists: Map<string, Promise<void>>;
  log: RequestLog;
  sleep: (ms: number) => Promise<void>;
  /** Work that goes on after its request was given up; awaited when the server closes. */
  background: (work: () => Promise<void>) => void;
};
