/**
 * The domain against the emulator over real HTTP, in one process: the real transport and Dataverse client, a journal in a folder of its
 * own, and the run of `add` and `remove` as the commands make it, without the command line. Waiting costs no time.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenedCampaign, openCampaign } from '../../../src/campaign/open-campaign.ts';
import { addBatch } from '../../../src/change/add-batch.ts';
import { eventLine } from '../../../src/change/events.ts';
import type { RemoveRules } from '../../../src/change/plan-remove.ts';
import { removeBatch } from '../../../src/change/remove-batch.ts';
import type { Session } from '../../../src/change/session.ts';
import { openDataverse } from '../../../src/dataverse/open-dataverse.ts';
import type { Dataverse, Operation } from '../../../src/dataverse/operation.ts';
import { DyncampError } from '../../../src/errors.ts';
import type { PersonType } from '../../../src/events.ts';
import type { Exclusions } from '../../../src/input/exclusions.ts';
import type { InputRow, PersonKey, PersonRow } from '../../../src/input/input-row.ts';
import type { Outcome } from '../../../src/input/outcome.ts';
import type { Journal, StoredEvent } from '../../../src/journal/journal.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import type { AddRules } from '../../../src/people/add-rules.ts';
import { creationPlanner } from '../../../src/people/creation-planner.ts';
import { normalizeEmail } from '../../../src/people/identity.ts';
import type { Connection } from '../../../src/run/connect.ts';
import type { Context } from '../../../src/run/context.ts';
import type { Delivery } from '../../../src/run/deliver.ts';
import { openRun } from '../../../src/run/open-run.ts';
import { runPass } from '../../../src/run/pipeline.ts';
import { recover } from '../../../src/run/recover.ts';
import type { Results } from '../../../src/run/results/open-results.ts';
import type { OpenRun, Pass } from '../../../src/run/strategy.ts';
import type { Clock, Send } from '../../../src/transport/http.ts';
import { openTransport } from '../../../src/transport/open-transport.ts';
import { openSend } from '../../../src/transport/undici-send.ts';
import { fakeTerminal } from '../../support/terminal.ts';
import { ADD_RULES } from '../../unit/change/people.ts';

/**
 * Sleeps end at once and move the time on by as much; what else is ready goes first. `advance` lets time pass everywhere; `set` puts the
 * clock of this machine forward or back, and the server's time stays as it is.
 */
export function fastClock(): Clock & { advance(ms: number): void; set(ms: number): void; serverNow(): number } {
  let ahead = 0;
  let wrong = 0;
  return {
    now: () => Date.now() + ahead + wrong,
    serverNow: () => Date.now() + ahead,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      ahead += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
    advance(ms) {
      ahead += ms;
    },
    set(ms) {
      wrong += ms;
    },
  };
}

/** The server lives in the time of the rig. */
function datedBy(clock: ReturnType<typeof fastClock>, send: Send): Send {
  return async (request) => {
    const response = await send(request);
    return { ...response, headers: { ...response.headers, date: new Date(clock.serverNow()).toUTCString() } };
  };
}

/** As `add` has them without options. */
export const addRules = (
  { organizationId, campaignId }: Pick<AddRules, 'organizationId' | 'campaignId'>,
  more: Partial<AddRules> = {},
): AddRules => ({
  ...{ ...ADD_RULES, organizationId, campaignId },
  ...more,
});

export type RunOptions = {
  readonly rules?: Partial<AddRules>;
  readonly removal?: Partial<RemoveRules>;
  readonly batchSize?: number;
  readonly limit?: number;
  readonly exclusions?: Exclusions;
  /** Left without an end, as by a crash: its lock is given back when the journal is closed. */
  readonly crashes?: boolean;
  /** Called when a chunk was reported. */
  readonly onBatch?: () => Promise<void> | void;
};

export type RunResult = {
  readonly outcomes: readonly Outcome[];
  /** Names of the outcomes, in the order of the rows. */
  readonly names: readonly string[];
  readonly events: readonly StoredEvent[];
  readonly fatal: DyncampError | undefined;
  readonly warnings: readonly string[];
  readonly requests: number;
};

export type Rig = {
  readonly clock: ReturnType<typeof fastClock>;
  readonly dataverse: Dataverse;
  journal(): Journal;
  /** Closes and opens the journal, as another process would find it. */
  reopen(): void;
  open(campaignId: string): Promise<OpenedCampaign>;
  /** A session that writes, for tests that work below `add` and `remove`. */
  session(campaignId: string): Promise<Session>;
  add(campaignId: string, rows: readonly InputRow[], options?: RunOptions): Promise<RunResult>;
  remove(campaignId: string, rows: readonly InputRow[], options?: RunOptions): Promise<RunResult>;
  close(): Promise<void>;
};

/** One machine with its journal, before the organization at `url`. `token`: `app:<application id>` is another user. */
export type RigOptions = {
  readonly token?: string;
  /** Called before each batch is sent: what somebody else does at that moment. */
  readonly beforeBatch?: (paths: readonly string[]) => Promise<void>;
};

/** Does something once, just before the first request that names such a path. */
export function onceBefore(path: RegExp, act: () => Promise<unknown>): RigOptions {
  let isDone = false;
  return {
    async beforeBatch(paths) {
      if (isDone || !paths.some((each) => path.test(each))) return;
      isDone = true;
      await act();
    },
  };
}

export function openRig(url: string, options: RigOptions = {}): Rig {
  const clock = fastClock();
  const network = openSend({ connections: 16, environment: {} });
  const transport = openTransport({
    origin: url,
    send: datedBy(clock, network.send),
    tokens: { token: async () => options.token ?? 'token' },
    clock,
    random: () => 0.5,
    uuid: randomUUID,
    userAgent: 'dyncamp-test',
    maxWaitMs: 600_000,
  });
  const client = openDataverse({ origin: url, transport, uuid: randomUUID });
  const dataverse: Dataverse = {
    ...client,
    async batch(parts) {
      const operations = parts.flatMap((part): readonly Operation[] => ('changeSet' in part ? part.changeSet : [part]));
      await options.beforeBatch?.(operations.map((operation) => operation.path));
      return client.batch(parts);
    },
  };
  const directory = mkdtempSync(join(tmpdir(), 'dyncamp-membership-'));
  let journal: Journal | undefined;
  const openedJournal = (): Journal => {
    const { now, serverNow } = { ...clock, serverNow: dataverse.serverNow };
    journal ??= openJournal({ directory, organizationId: 'organization', now, serverNow });
    return journal;
  };
  const open = (campaignId: string) =>
    openCampaign({ dataverse, clock, campaign: `id:${campaignId}`, confirmOrganization: () => undefined });
  const context: Context = {
    terminal: fakeTerminal({ quiet: true }).terminal,
    clock,
    random: () => 0.5,
    env: {},
    words: [],
    options: {
      color: false,
      input: false,
      verbose: false,
      debug: false,
      logFormat: 'text',
      quiet: true,
      maxWaitMs: 600_000,
    },
    stateDirectory: directory,
    configDirectory: directory,
    stop: new AbortController().signal,
    openDataverse: async () => ({ dataverse, connection: CONNECTION }),
    traffic: dataverse.traffic,
    openJournal: async () => openedJournal(),
    onClose: () => undefined,
    endWith: async () => undefined,
    ...{ untilStopped: never, settings: never, openProfiles: never },
  };
  /** As the commands open it, with rows of the test in place of those of the input: a strategy with people of its own does not ask what is secured. */
  const start = async (campaignId: string, command: 'add' | 'remove', runOptions: RunOptions = {}) => {
    const { batchSize = 1000, exclusions } = runOptions;
    const allowSharedList = (runOptions.rules ?? runOptions.removal)?.allowSharedList;
    const { allowInactive } = runOptions.removal ?? {};
    const options = { events: true, eventEmail: 'full', batchSize, allowSharedList, allowInactive } as const;
    const run = await openRun(
      { ...context, options: { ...context.options, concurrency: runOptions.limit ?? 4 } },
      { command, campaign: `id:${campaignId}`, people: ['a person of the test'], options },
      { people: 'input', prepare: async () => ({ work: never }) },
    );
    // With results, whoever is not reached is reported, too.
    return { ...run, session: { ...run.session, exclusions }, results: NO_RESULTS };
  };

  const rig: Rig = {
    clock,
    dataverse,
    journal: openedJournal,
    reopen() {
      journal?.close();
      journal = undefined;
    },
    open,
    session: async (campaignId) => (await start(campaignId, 'add')).session,
    async add(campaignId, rows, runOptions = {}) {
      const run = await start(campaignId, 'add', runOptions);
      const rules = addRules(run.session, runOptions.rules);
      const adding = { session: run.session, rules, creations: creationPlanner(run.session, rules) };
      return finish(run, runOptions, rows, (some, claims) => addBatch(adding, some, claims));
    },
    async remove(campaignId, rows, runOptions = {}) {
      const run = await start(campaignId, 'remove', runOptions);
      const { session } = run;
      const rules: RemoveRules = {
        matchBy: undefined,
        addedBy: { kind: 'users', userIds: new Set([session.userId]) },
        allowInactive: false,
        allowSharedList: false,
        isDryRun: false,
        ...runOptions.removal,
      };
      return finish(run, runOptions, rows, (some, claims) => removeBatch({ session, rules }, some, claims));
    },
    async close() {
      rig.reopen();
      await network.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return rig;
}

const never = (): never => {
  throw new Error('Not in these tests.');
};

const NO_RESULTS: Results = {
  write: async () => undefined,
  failure: () => undefined,
  finish: async () => ({}),
  abandon: async () => undefined,
};

const CONNECTION: Connection = {
  origin: '',
  profileName: undefined,
  flowUsers: [],
  set: {},
  pinnedOrganizationId: undefined,
  emulator: false,
  confirmOrganization: () => undefined,
};

/** The course of a run, with what its batches came to in hand. */
async function finish(
  opened: OpenRun,
  runOptions: RunOptions,
  rows: readonly InputRow[],
  work: Pass['work'],
): Promise<RunResult> {
  async function* all() {
    yield rows;
  }
  const events: StoredEvent[] = [];
  const delivery: Delivery = {
    ...opened.delivery,
    async deliver(some) {
      const these = [...some];
      events.push(...these);
      // A run that crashes delivers nothing.
      return runOptions.crashes === true || opened.delivery.deliver(these);
    },
  };
  const run = { ...opened, delivery };
  const before = run.session.dataverse.traffic().requests;
  await recover(run);
  const outcomes: Outcome[] = [];
  const warnings = new Set<string>();
  let fatal: DyncampError | undefined;
  try {
    for await (const result of runPass(run, { rows: all(), work })) {
      outcomes.push(...result.outcomes);
      await delivery.deliver(result.events);
      for (const warning of result.warnings) warnings.add(warning);
      await runOptions.onBatch?.();
    }
  } catch (error) {
    if (!(error instanceof DyncampError)) throw error;
    fatal = error;
  }
  if (runOptions.crashes !== true) {
    await delivery.finish();
    const status = fatal === undefined ? 'finished' : 'stopped';
    run.session.runJournal.finish({ exitCode: fatal === undefined ? 0 : 3, status });
  }
  const requests = run.session.dataverse.traffic().requests - before;
  const names = outcomes.map((outcome) => outcome.outcome);
  return { outcomes, names, events, fatal, warnings: [...warnings], requests };
}

/** The JSON of an event that has to be there. */
export const jsonOf = (event: StoredEvent | undefined): unknown =>
  JSON.parse(event === undefined ? '' : eventLine(event));

let line = 0;

function rowOf(key: PersonKey, ref: string, attributes: Readonly<Record<string, string>> = {}): PersonRow {
  line += 1;
  const email = attributes.emailaddress1 ?? '';
  const place = { source: 'test', line, ref };
  return { kind: 'person', place, key, email: normalizeEmail(email), attributes, columns: {} };
}

/** Somebody by e-mail as it is written; with a last name they may be created. */
export function byEmail(text: string, attributes: Readonly<Record<string, string>> = {}): PersonRow {
  return rowOf({ by: 'email', email: normalizeEmail(text) }, text, { emailaddress1: text, ...attributes });
}

export function byId(id: string, personType?: PersonType): PersonRow {
  return rowOf({ by: 'id', id, personType }, id);
}

/** Leads by their ids. */
export const leadRows = (ids: readonly string[]): readonly PersonRow[] => ids.map((id) => byId(id, 'lead'));

export function byColumn(value: string, attributes: Readonly<Record<string, string>> = {}): PersonRow {
  return rowOf({ by: 'column', value }, value, attributes);
}
