/** The pass of `runs undo` over the changes of a run, each undone by the steps of `add` or `remove`. */
import type { OpenedCampaign } from '../campaign/open-campaign.ts';
import { openSession, type Session } from '../change/session.ts';
import { type Undoing, undoBatch, undoRows } from '../change/undo-batch.ts';
import type { Journal } from '../journal/journal.ts';
import { creationPlanner } from '../people/creation-planner.ts';
import { MAX_MEMBERS_PER_CALL } from '../transport/pace.ts';
import type { Context } from './context.ts';
import { startCounting } from './counts.ts';
import { noRunJournal } from './dry-run.ts';
import { pipeline } from './pipeline.ts';
import type { PreparedStrategy } from './strategy.ts';

type UndoOptions = {
  readonly allowInactive?: boolean | undefined;
  readonly allowSharedList?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
};

/** `total`: changes of the run, by its events. */
export function undoing(session: Session, options: UndoOptions, runId: string, total: number): PreparedStrategy {
  const undo = undoOf(session, options);
  return {
    async *passes() {
      const rows = undoRows(runId, session.journal.events({ runId }));
      yield { rows, total: () => total, work: (batch, claims) => undoBatch(undo, batch, claims) };
    },
  };
}

export type WouldUndo = { readonly added: number; readonly removed: number };

/** Counts, by a dry run, how many people an undo would add and remove now: some may have left or come back since. */
export async function countUndo(
  { clock, stop }: Pick<Context, 'clock' | 'stop'>,
  opened: OpenedCampaign,
  { journal, options, runId }: { readonly journal: Journal; readonly options: UndoOptions; readonly runId: string },
): Promise<WouldUndo> {
  const session = openSession(opened, {
    journal,
    runJournal: noRunJournal(),
    eventEmail: 'none',
    exclusions: undefined,
    flowUsers: [],
  });
  const undo = undoOf(session, { ...options, dryRun: true });
  const batches = pipeline({
    rows: undoRows(runId, journal.events({ runId })),
    work: (batch, claims) => undoBatch(undo, batch, claims),
    batchSize: MAX_MEMBERS_PER_CALL,
    limit: session.dataverse.allowed().requests,
    clock,
    stop,
    drains: false,
  });
  const counter = startCounting();
  for await (const { outcomes, fatal } of batches) {
    if (fatal !== undefined) throw fatal;
    for (const outcome of outcomes) counter.add(outcome);
  }
  stop.throwIfAborted();
  const { added = 0, removed = 0 } = counter.current().outcomes;
  return { added, removed };
}

function undoOf(session: Session, options: UndoOptions): Undoing {
  const shared = { allowSharedList: options.allowSharedList === true, isDryRun: options.dryRun === true };
  // Nobody is created: people who were deleted since are not found.
  const rules = {
    ...shared,
    organizationId: session.organizationId,
    campaignId: session.campaignId,
    matchBy: undefined,
    onAmbiguous: 'fail',
    onInactive: 'fail',
    mayCreate: false,
    createAs: 'lead',
    sourceCampaign: false,
    defaults: {},
    duplicateRules: 'honour',
    maxCreates: 0,
    skipOptedOut: false,
  } as const;
  return {
    add: { session, rules, creations: creationPlanner(session, rules) },
    remove: { session, rules: { ...shared, matchBy: undefined, allowInactive: options.allowInactive === true } },
  };
}
