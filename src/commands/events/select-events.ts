/** Selects events of the journal: those of the last run, unless an option says otherwise; undelivered ones of all runs. */
import type { EventFilter, Journal } from '../../journal/journal.ts';
import { shortRunId } from '../../run/counts.ts';
import { findKnownCampaign } from '../runs/find-known-campaign.ts';
import { findRun } from '../runs/local-journal.ts';
import { momentOf, type SelectOptions } from './select-options.ts';

type SelectedEvents = {
  readonly filter: EventFilter;
  /** For people: `of run 5f0c9a1e`. */
  readonly what: string;
};

/** Undefined when the journal has no run. Throws UsageError and CampaignError for a run or campaign that the journal does not know. */
export function selectEvents(
  journal: Pick<Journal, 'run' | 'runs' | 'events'>,
  options: SelectOptions,
  nowMs: number,
): SelectedEvents | undefined {
  const { since, campaign, all, undelivered } = options;
  const isLast = [options.run, since, campaign, all, undelivered].every(
    (option) => option === undefined || option === false,
  );
  const run = options.run === undefined ? undefined : findRun(journal, options.run);
  const [last] = isLast ? journal.runs({ limit: 1 }) : [];
  if (isLast && last === undefined) return undefined;
  const runId = run?.id ?? last?.id;
  const filter = {
    runId,
    campaignId: campaign === undefined ? undefined : findKnownCampaign(journal, campaign),
    since: since === undefined ? undefined : momentOf(since, nowMs),
    delivered: undelivered === true ? false : undefined,
  };
  return { filter, what: describe(filter, { campaign, isLast }) };
}

function describe(
  { runId, since, delivered }: EventFilter,
  { campaign, isLast }: { readonly campaign: string | undefined; readonly isLast: boolean },
): string {
  const parts = [
    ...(delivered === false ? ['not yet delivered'] : []),
    ...(runId === undefined ? [] : [`of ${isLast ? 'the last run' : 'run'} ${shortRunId(runId)}`]),
    ...(campaign === undefined ? [] : [`of campaign "${campaign}"`]),
    ...(since === undefined ? [] : [`since ${new Date(since).toISOString()}`]),
  ];
  return parts.length === 0 ? 'of all runs' : parts.join(' ');
}
