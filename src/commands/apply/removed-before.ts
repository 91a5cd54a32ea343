/**
 * Whom interrupted runs of `apply` on the campaign removed since one was finished. A run that is repeated goes on with its work: without
 * them each repetition could remove as many again as --max-removals allows.
 */

import type { Journal } from '../../journal/journal.ts';
import { EVENT_TYPES } from '../../journal/journal.ts';

export function removedBefore({
  journal,
  campaignId,
  run,
}: {
  readonly journal: Pick<Journal, 'runs' | 'events'>;
  readonly campaignId: string;
  readonly run: { readonly id: string };
}): number {
  let removed = 0;
  for (const { id, command, status } of journal.runs({ campaignId })) {
    if (command !== 'apply' || id === run.id) continue;
    if (status === 'finished') break;
    for (const { type } of journal.events({ runId: id })) if (type === EVENT_TYPES.removed) removed += 1;
  }
  return removed;
}
