/** The passes of `runs undo`: one over the changes of a run, each taken back by the steps of `add` or `remove`. */
import type { Session } from '../change/session.ts';
import { undoBatch, undoRows } from '../change/undo-batch.ts';
import { creationPlanner } from '../people/creation-planner.ts';
import type { Prepared } from './plan.ts';

export type UndoOptions = {
  readonly allowInactive?: boolean | undefined;
  readonly allowSharedList?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
};

/** `total`: changes of the run, as far as its events tell. */
export function undoing(session: Session, options: UndoOptions, runId: string, total: number): Prepared {
  const shared = { allowSharedList: options.allowSharedList === true, isDryRun: options.dryRun === true };
  // Nobody is created: who was deleted in the meantime is not found.
  const rules = {
    ...shared,
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
  const undo = {
    add: { session, rules, creations: creationPlanner(session, rules) },
    remove: { session, rules: { ...shared, matchBy: undefined, allowInactive: options.allowInactive === true } },
  };
  return {
    async *passes() {
      const rows = undoRows(runId, session.journal.events({ runId }));
      yield { rows, total: () => total, work: (batch, claims) => undoBatch(undo, batch, claims) };
    },
  };
}
