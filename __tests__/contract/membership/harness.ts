/**
 * The domain against the emulator over real HTTP, in one process: the real transport and Dataverse client, a journal in a folder of its
 * own, and the steps of `add` and `remove` without the command line. Waiting costs no time.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownLists } from '../../../src/campaign/known-lists.ts';
import { type OpenedCampaign, openCampaign } from '../../../src/campaign/open-campaign.ts';
import { usableLists } from '../../../src/campaign/usable.ts';
import { userNames } from '../../../src/campaign/user-names.ts';
import { addBatch } from '../../../src/change/add-batch.ts';
import { eventLine } from '../../../src/change/events.ts';
import { settle } from '../../../src/change/recover-changes.ts';
import { type RemoveRules, removeBatch } from '../../../src/change/remove-batch.ts';
import type { Session } from '../../../src/change/session.ts';
import { openDataverse } from '../../../src/dataverse/open-dataverse.ts';
import type { Dataverse, Operation } from '../../../src/dataverse/operation.ts';
import type { PersonType } from '../../../src/dataverse/wire.ts';
import type { DyncampError } from '../../../src/errors.ts';
import type { Exclusions } from '../../../src/input/exclusions.ts';
import type { InputRow, PersonKey, PersonRow } from '../../../src/input/input-row.ts';
import type { Outcome } from '../../../src/input/outcome.ts';
import type { Journal, StoredEvent } from '../../../src/journal/journal.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import type { AddRules } from '../../../src/people/add-rules.ts';
import { creationPlanner } from '../../../src/people/creation-planner.ts';
import { normalizeEmail } from '../../../src/people/identity.ts';
import { changePeople } from '../../../src/run/pipeline.ts';
import type { Clock, Send } from '../../../src/transport/http.ts';
import { openTransport } from '../../../src/transport/open-transport.ts';
import { openSend } from '../../../src/transport/undici-send.ts';

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
  return async (request, signal) => {
    const response = await send(request, signal);
    return { ...response, headers: { ...response.headers, date: new Date(clock.serverNow()).toUTCString() } };
  };
}

export const ADD_RULES: AddRules = {
  matchBy: undefined,
  onAmbiguous: 'fail',
  onInactive: 'fail',
  mayCreate: true,
  createAs: 'lead',
  sourceCampaign: true,
  defaults: {},
  duplicateRules: 'honour',
  maxCreates: Number.POSITIVE_INFINITY,
  skipOptedOut: false,
  allowSharedList: false,
  isDryRun: false,
};

export type RunOptions = {
  readonly rules?: Partial<AddRules>;
  readonly removal?: Partial<RemoveRules>;
  readonly batchSize?: number;
  readonly limit?: number;
  readonly exclusions?: Exclusions;
  /** Left without an end, as by a crash: its lock is given back when the journal is closed. */
  readonly crashes?: boolean;
  /** Called when a chunk was reported. */
  readonly onReport?: () => Promise<void> | void;
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
    async batch(parts, signal) {
      const operations = parts.flatMap((part): readonly Operation[] => ('changeSet' in part ? part.changeSet : [part]));
      await options.beforeBatch?.(operations.map((operation) => operation.path));
      return client.batch(parts, signal);
    },
  };
  const directory = mkdtempSync(join(tmpdir(), 'dyncamp-membership-'));
  let journal: Journal | undefined;
  const openedJournal = (): Journal => {
    journal ??= openJournal({
      directory,
      organizationId: 'organization',
      now: clock.now,
      serverNow: dataverse.serverNow,
    });
    return journal;
  };
  const open = (campaignId: string) =>
    openCampaign({ dataverse, clock, campaign: `id:${campaignId}`, confirmOrganization: () => undefined });
  const start = async (campaignId: string, command: string, exclusions?: Exclusions) => {
    const opened = await open(campaignId);
    const { id, name } = opened.facts.campaign;
    const run = openedJournal().startRun({ id: randomUUID(), command, campaignId: id, campaignName: name });
    const session: Session = {
      ...opened.session,
      ...{ journal: openedJournal(), run, eventEmail: 'full', exclusions },
      userNames: userNames(dataverse),
      lists: knownLists(opened.facts),
    };
    return { opened, session };
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
    session: async (campaignId) => (await start(campaignId, 'test')).session,
    async add(campaignId, rows, runOptions = {}) {
      const rules = { ...ADD_RULES, ...runOptions.rules };
      const { opened, session } = await start(campaignId, 'add', runOptions.exclusions);
      usableLists(opened.facts, { allowInactive: false, allowSharedList: rules.allowSharedList });
      const additions = { session, rules, creations: creationPlanner(session, rules) };
      return go(session, opened, { rows, runOptions, work: (some, claims) => addBatch(additions, some, claims) });
    },
    async remove(campaignId, rows, runOptions = {}) {
      const { opened, session } = await start(campaignId, 'remove', runOptions.exclusions);
      const rules: RemoveRules = {
        matchBy: undefined,
        addedBy: { kind: 'users', userIds: new Set([session.userId]) },
        allowInactive: false,
        allowSharedList: false,
        isDryRun: false,
        ...runOptions.removal,
      };
      usableLists(opened.facts, rules);
      return go(session, opened, {
        rows,
        runOptions,
        work: (some, claims) => removeBatch({ session, rules }, some, claims),
      });
    },
    async close() {
      rig.reopen();
      await network.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return rig;
}

type Going = {
  readonly rows: readonly InputRow[];
  readonly runOptions: RunOptions;
  readonly work: Parameters<typeof changePeople>[0]['work'];
};

async function go(session: Session, opened: OpenedCampaign, { rows, runOptions, work }: Going) {
  const before = session.dataverse.traffic().requests;
  const settled = await settle(session, opened.facts.campaign);
  const untold = [...session.journal.undeliveredEvents(session.campaignId)];
  const known = new Set(untold.map((event) => event.sequence));
  const events: StoredEvent[] = [...untold, ...settled.events.filter((event) => !known.has(event.sequence))];
  const outcomes: Outcome[] = [];
  const warnings = new Set<string>();
  let fatal: DyncampError | undefined;
  const reports = changePeople({
    rows: stream([rows]),
    work,
    batchSize: runOptions.batchSize ?? 1000,
    limit: runOptions.limit ?? 4,
    clock: session.clock,
    stop: new AbortController().signal,
    drains: true,
    shard: undefined,
    excludes: (row) => runOptions.exclusions?.excludesRow(row) === true,
  });
  for await (const report of reports) {
    outcomes.push(...report.outcomes);
    events.push(...report.events);
    for (const warning of report.warnings) warnings.add(warning);
    fatal ??= report.fatal;
    await runOptions.onReport?.();
  }
  if (runOptions.crashes !== true) {
    session.run.markDelivered(events.map((event) => event.sequence));
    session.run.finish({ exitCode: fatal === undefined ? 0 : 3, status: fatal === undefined ? 'finished' : 'stopped' });
  }
  const requests = session.dataverse.traffic().requests - before;
  const names = outcomes.map((outcome) => outcome.outcome);
  return { outcomes, names, events, fatal, warnings: [...warnings], requests };
}

async function* stream<Thing>(things: readonly Thing[]): AsyncGenerator<Thing> {
  yield* things;
}

/** The JSON of an event that has to be there. */
export const saidBy = (event: StoredEvent | undefined): unknown =>
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

export function byColumn(value: string, attributes: Readonly<Record<string, string>> = {}): PersonRow {
  return rowOf({ by: 'column', value }, value, attributes);
}
