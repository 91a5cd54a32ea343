/**
 * The emulator as a whole: a Dataverse Web API on loopback over a store of its own. Knows Dataverse; nothing of the client, with which
 * it shares neither code nor constants. Several processes may serve one data folder: what they must agree on is in the store.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Admin, openAdmin } from './admin/admin.ts';
import { ADMIN_PREFIX, answerAdmin } from './admin/admin-requests.ts';
import { pageAnswer } from './admin/page.ts';
import type { ServiceProtection } from './errors/errors.ts';
import { type Fault, openFaultBook } from './faults/fault.ts';
import type { Instance, Latency } from './instance.ts';
import { MAX_PAGE_SIZE } from './odata/paging.ts';
import { anyToken, type TokenCheck } from './organization/caller.ts';
import { ORGANIZATION } from './organization/organization.ts';
import { answerRequest } from './requests/answer-request.ts';
import { openRequestLog, type RequestLogEntry } from './requests/request-log.ts';
import { refuseForeignCaller, refuseForeignPage, startServer } from './requests/server.ts';
import type { Delivery, WireAnswer, WireRequest } from './requests/wire.ts';
import { buildSchema, type ExtraColumn } from './schema/schema.ts';
import { applySeed, generatePeople, writeOrganization } from './seed/apply-seed.ts';
import { BARE_ORGANIZATION } from './seed/bare-organization.ts';
import { defaultOrganization, rememberedChanges, type Seed } from './seed/seed.ts';
import { openStore } from './store/store.ts';
import { DEFAULT_SWITCHES, type Switches } from './switches.ts';
import { openLateReads } from './timing/late-reads.ts';
import { openGate } from './timing/service-protection.ts';

/** The types in the options and the emulator, for those who import `dyncamp/emulator`. */
export type {
  Admin,
  ExtraColumn,
  Fault,
  Latency,
  RequestLogEntry,
  Seed,
  ServiceProtection,
  Switches,
  TokenCheck,
  WireAnswer,
  WireRequest,
};

export type EmulatorOptions = {
  /** Port on 127.0.0.1; 0, the default, takes a free one. */
  port?: number;
  /** Folder that keeps the tables between starts; absent: in memory. */
  dataDir?: string;
  /** What a new store starts with; default `default`. `none` has users and nothing else. Ignored where the folder has rows already. */
  seed?: Seed | 'default' | 'none';
  /** How many generated leads and contacts to add, numbered from 1; default 0. */
  people?: number;
  /** Faults in force from the start; more can be added later. */
  faults?: readonly Fault[];
  /** Unsettled behaviours that differ from the defaults. */
  switches?: Partial<Switches>;
  /** Limits of service protection that are enforced; absent: none. */
  limits?: ServiceProtection;
  /** Simulated time of work; absent: none. */
  latency?: Latency;
  /** How simulated time passes; default: in real time. */
  sleep?: (ms: number) => Promise<void>;
  /** `x-ms-dop-hint`; default 10. */
  dopHint?: number;
  /** Rows per page at most; default the service's 5,000. */
  pageSize?: number;
  /** Columns that the organization added, in addition to those of the seed. */
  extraColumns?: readonly ExtraColumn[];
  /** Says to whom a bearer token was issued; absent: any token is accepted, and acts as the organization's own application user. */
  checkToken?: TokenCheck;
  /** Called before the Web API; its answer, if any, is sent. So another service, such as an identity provider, can use the same port. */
  intercept?: (request: WireRequest) => WireAnswer | undefined;
  /** Origins other than loopback under which the API may be called, as behind a proxy; other hosts are refused. Read at each request. */
  knownOrigins?: readonly string[];
  /** The clock; default the system's. */
  now?: () => Date;
  /** Called for every request when it is done, with what was sent: headers and body hold what the log does not keep. */
  onRequest?: (entry: RequestLogEntry, request: WireRequest) => void;
};

export type Emulator = {
  /** `http://127.0.0.1:PORT`, without a slash. */
  url: string;
  organizationId: string;
  close(): Promise<void>;
  requests(): readonly RequestLogEntry[];
  admin: Admin;
};

const DOP_HINT = 10;
const FILE = 'dataverse.sqlite';

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { instance, reset, close } = openInstance(options);
  const admin = openAdmin(instance, { reset, killConnections: () => server.killConnections() });
  const server = await startServer(options.port ?? 0, (request) => answerSite(instance, admin, options, request));
  return {
    url: `http://127.0.0.1:${server.port}`,
    organizationId: ORGANIZATION.id,
    async close() {
      await server.close();
      await close();
    },
    requests: () => instance.log.entries(),
    admin,
  };
}

/** What answers on the port: the page, the admin interface, `intercept`, and the API. */
async function answerSite(
  instance: Instance,
  admin: Admin,
  { intercept, knownOrigins = [] }: EmulatorOptions,
  request: WireRequest,
): Promise<Delivery> {
  const isAdmin = request.target.startsWith(ADMIN_PREFIX);
  const isPage = request.method === 'GET' && request.target === '/';
  const answer =
    (isAdmin ? refuseForeignPage(request) : refuseForeignCaller(request, knownOrigins)) ??
    (isPage ? pageAnswer({ id: ORGANIZATION.id, name: ORGANIZATION.friendlyName }) : undefined) ??
    (isAdmin ? answerAdmin(admin, request) : intercept?.(request));
  return answer === undefined ? answerRequest(instance, request) : { kind: 'answer', answer };
}

/** Opens the store, seeds it when it is new, and puts an instance together. `reset`: the data is as in a new store again. */
function openInstance(options: EmulatorOptions) {
  const { now = () => new Date(), dataDir } = options;
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const seed = chosenSeed(options.seed ?? 'default');
  const changes = rememberedChanges(dataDir, {
    extraColumns: [...(seed.extraColumns ?? []), ...(options.extraColumns ?? [])],
    requiredColumns: seed.requiredColumns ?? [],
  });
  const schema = buildSchema(changes.extraColumns, changes.requiredColumns);
  const store = openStore({ path: dataDir === undefined ? ':memory:' : join(dataDir, FILE), schema });
  const switches = { ...DEFAULT_SWITCHES, ...options.switches };
  const fill = (): void => {
    applySeed({ store, schema, now, switches }, [BARE_ORGANIZATION, seed]);
    writeOrganization(store, switches);
    generatePeople(store, options.people ?? 0);
  };
  try {
    fill();
  } catch (error) {
    store.close();
    throw error;
  }
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const conditions: Instance['conditions'] = {
    switches,
    limits: options.limits,
    latency: options.latency ?? {},
    dopHint: options.dopHint ?? DOP_HINT,
    pageSize: options.pageSize ?? MAX_PAGE_SIZE,
  };
  const instance: Instance = {
    store,
    schema,
    now,
    conditions,
    checkToken: options.checkToken ?? anyToken,
    faults: openFaultBook(options.faults ?? []),
    gate: openGate(() => conditions.limits),
    lateReads: openLateReads(),
    heldLists: new Map(),
    log: openRequestLog(options.onRequest),
    // Waiting ends early when the server closes.
    async sleep(ms) {
      if (options.sleep !== undefined) return options.sleep(ms);
      if (ms > 0) await wait(ms, undefined, { signal: closing.signal }).catch(() => undefined);
    },
    background(work) {
      const task = work().finally(() => running.delete(task));
      running.add(task);
    },
  };
  return {
    instance,
    reset: () =>
      store.transaction(() => {
        store.clear();
        fill();
      }),
    async close() {
      closing.abort();
      await Promise.allSettled(running);
      store.close();
    },
  };
}

function chosenSeed(seed: Seed | 'default' | 'none'): Seed {
  if (seed === 'none') return {};
  return seed === 'default' ? defaultOrganization() : seed;
}
