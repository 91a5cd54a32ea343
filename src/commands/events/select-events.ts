/** Which events of the journal: those of the last run, unless an option says otherwise; undelivered ones of all runs. */
import { type Command, InvalidArgumentError } from 'commander';
import type { EventFilter, Journal } from '../../journal/journal.ts';
import { shortRunId } from '../../run/counts.ts';
import { isDay } from '../../text.ts';
import { parseDuration } from '../options.ts';
import { findKnownCampaign } from '../runs/find-known-campaign.ts';
import { findRun } from '../runs/local-journal.ts';

export type SelectOptions = {
  readonly run?: string | undefined;
  readonly since?: Since | undefined;
  readonly campaign?: string | undefined;
  readonly all?: boolean | undefined;
  readonly undelivered?: boolean | undefined;
};

export function addSelectOptions(command: Command): Command {
  return command
    .option('--run <run>', 'events of this run: its id, its first characters, or "last"')
    .option('--since <time>', 'events since then: 2026-11-21T09:00:00Z, or 2h, 3d ago', parseSince)
    .option('--campaign <campaign>', 'events of this campaign')
    .option('--all', 'events of all runs (default: of the last run, unless --run, --since or --campaign is given)')
    .option(
      '--undelivered',
      'only events that no reader has received yet, of all runs (with --no-events none was meant to)',
    );
}

/** What --no-events kept is not for the next reader: only a replay that names its run prints it. */
export const KEPT_HINT = 'What a run kept with --no-events counts as delivered: --run shows it.';

/** A time, or an age that is resolved when the command runs. */
export type Since = { readonly atMs: number } | { readonly agoMs: number };

const ISO = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/i;

/** `2026-11-21`, `2026-11-21T09:00`, `2026-11-21T09:00:00+01:00`; `2h`, `3d`. Without a zone a time is UTC, as all times of dyncamp are. */
export function parseSince(text: string): Since {
  const wanted = text.trim().replace(' ', 'T');
  const iso = ISO.exec(wanted);
  if (iso !== null && isDay(iso[1] ?? '')) {
    const isBare = !wanted.includes('T') || iso[2] !== undefined;
    const atMs = Date.parse(isBare ? wanted : `${wanted}Z`);
    if (!Number.isNaN(atMs)) return { atMs };
  }
  // A bare number is seconds to parseDuration; here it is more likely a mistyped year.
  if (iso === null && /[a-z]$/i.test(wanted)) return { agoMs: parseDuration(wanted) };
  const why = iso !== null && !isDay(iso[1] ?? '') ? 'There is no such day. ' : '';
  throw new InvalidArgumentError(`${why}Give a time such as 2026-11-21T09:00:00Z, or an age: 2h, 3d.`);
}

export function momentOf(since: Since, nowMs: number): number {
  return 'atMs' in since ? since.atMs : nowMs - since.agoMs;
}

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
  const parts = [
    ...(undelivered === true ? ['not yet delivered'] : []),
    ...(runId === undefined ? [] : [`of ${isLast ? 'the last run' : 'run'} ${shortRunId(runId)}`]),
    ...(campaign === undefined ? [] : [`of campaign "${campaign}"`]),
    ...(filter.since === undefined ? [] : [`since ${new Date(filter.since).toISOString()}`]),
  ];
  return { filter, what: parts.length === 0 ? 'of all runs' : parts.join(' ') };
}
