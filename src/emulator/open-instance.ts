/** Opens the store, seeds it when it is new, and puts an instance together. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { anyToken } from './caller.ts';
import { openFaultBook } from './faults/fault-book.ts';
import type { Instance } from './instance.ts';
import { openLateReads } from './late-reads.ts';
import { openRetryAfterWatch } from './limits/retry-after-watch.ts';
import { openGate } from './limits/service-protection.ts';
import { MAX_PAGE_SIZE } from './odata/paging.ts';
import { openRequestLog } from './request-log.ts';
import { buildSchema } from './schema/build-schema.ts';
import { applySeed } from './seed/apply-seed.ts';
import { generatePeople } from './seed/generated-people.ts';
import { BARE_ORGANIZATION, DEFAULT_ORGANIZATION } from './seed/organization/default-organization.ts';
import type { Seed } from './seed/seed.ts';
import { rememberedChanges } from './seed/table-changes.ts';
import { readToken } from './sign-in/tokens.ts';
import { sleepUntilClosed } from './sleep.ts';
import type { EmulatorOptions } from './start-emulator.ts';
import { openStore } from './store/open-store.ts';
import { DEFAULT_SWITCHES } from './switches.ts';

export type OpenedInstance = { instance: Instance; close(): Promise<void> };

const DOP_HINT = 10;
const FILE = 'dataverse.sqlite';

export function openInstance(options: EmulatorOptions): OpenedInstance {
  const { now = () => new Date(), dataDir } = options;
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const seed = chosenSeed(options.seed ?? 'default');
  const changes = rememberedChanges(dataDir, {
    extraColumns: [...(seed.extraColumns ?? []), ...(options.extraColumns ?? [])],
    requiredColumns: seed.requiredColumns ?? [],
  });
  const schema = buildSchema(changes.extraColumns, changes.requiredColumns);
  const store = openStore({ path: dataDir === undefined ? ':memory:' : join(dataDir, FILE), schema });
  try {
    applySeed({ store, schema, now }, [BARE_ORGANIZATION, seed]);
    generatePeople(store, options.people ?? 0);
  } catch (error) {
    store.close();
    throw error;
  }
  return assemble(options, { store, schema, now });
}

function chosenSeed(seed: Seed | 'default' | 'none'): Seed {
  if (seed === 'none') return {};
  return seed === 'default' ? DEFAULT_ORGANIZATION : seed;
}

function assemble(options: EmulatorOptions, parts: Pick<Instance, 'store' | 'schema' | 'now'>): OpenedInstance {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const conditions: Instance['conditions'] = {
    switches: { ...DEFAULT_SWITCHES, ...options.switches },
    limits: options.limits,
    latency: options.latency ?? {},
    dopHint: options.dopHint ?? DOP_HINT,
    pageSize: options.pageSize ?? MAX_PAGE_SIZE,
  };
  const instance: Instance = {
    ...parts,
    conditions,
    checkToken: options.signIn === true ? (token) => readToken(token, parts.now().getTime()) : anyToken,
    faults: openFaultBook(options.faults ?? []),
    gate: openGate(() => conditions.limits),
    retryAfters: openRetryAfterWatch(),
    lateReads: openLateReads(),
    log: openRequestLog(options.onRequest),
    sleep: sleepUntilClosed(closing.signal),
    background(work) {
      const task = work().finally(() => running.delete(task));
      running.add(task);
    },
  };
  return {
    instance,
    async close() {
      closing.abort();
      await Promise.allSettled(running);
      parts.store.close();
    },
  };
}
