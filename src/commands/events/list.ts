/** `dyncamp events list`: shows the events of past runs. */
import type { Command } from 'commander';
import type { StoredEvent } from '../../journal/journal.ts';
import type { Context } from '../../run/context.ts';
import { plural, shortRunId } from '../../run/counts.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { shortLocalTime } from '../../terminal/table.ts';
import { addListingOptions, type Listing, type ListingOptions, openListing } from '../listing.ts';
import { parseCount } from '../options.ts';
import { addOrganizationOption, type OrganizationOption, openLocalJournal } from '../runs/local-journal.ts';
import { addSelectOptions, KEPT_HINT, type SelectOptions, selectEvents } from './select-events.ts';

type EventsListOptions = ListingOptions &
  OrganizationOption &
  SelectOptions & {
    readonly limit?: number | undefined;
  };

const AFTER = `
Reads the journal on this machine; sends nothing to Dynamics. To print the
events themselves: dyncamp events replay.

Examples:
  $ dyncamp events list
  $ dyncamp events list --campaign "Spring Launch" --since 2h
  $ dyncamp events list --all -n 20
  $ dyncamp events list --all --undelivered -o csv > undelivered.csv`;

export function define(command: Command, context: Context): void {
  addListingOptions(addOrganizationOption(addSelectOptions(command)), KNOWN_COLUMNS)
    .option('-n, --limit <n>', 'only the last events, up to this many (default: all)', parseCount(1))
    .addHelpText('after', AFTER)
    .action((options: EventsListOptions) => context.endWith(listEvents(context, options)));
}

/** The JSON keys are part of the interface. */
const COLUMNS = ['time', 'type', 'person', 'email', 'campaign', 'campaignId', 'listMemberId', 'delivered', 'run', 'id'];
const CSV_COLUMNS = ['time', 'type', 'person', 'email', 'campaign', 'delivered', 'run', 'id'];
/** What fits a terminal; ids need another format. */
const TABLE_COLUMNS = ['time', 'change', 'who', 'campaign', 'delivered', 'run'];
const KNOWN_COLUMNS = [...new Set([...TABLE_COLUMNS, ...COLUMNS])];

/** Most lists are of one run, so of one campaign. */
const LAYOUT = { leastFirst: ['run', 'delivered', 'campaign', 'time', 'change'], mayCut: ['campaign'] };

async function listEvents(context: Context, options: EventsListOptions): Promise<number> {
  const { terminal } = context;
  const listing = openListing(terminal, options, KNOWN_COLUMNS);
  const local = await openLocalJournal(context, options);
  const selected = local === undefined ? undefined : selectEvents(local.journal, options, context.clock.now());
  const events = local === undefined || selected === undefined ? [] : local.journal.events(selected.filter);
  const shown = options.limit === undefined ? { last: events, before: 0 } : lastOf(events, options.limit);
  const count = await writeRows(terminal, {
    rows: rowsOf(shown.last, listing),
    ...listing.shown(listing.isTable ? TABLE_COLUMNS : CSV_COLUMNS),
    layout: LAYOUT,
  });
  if (shown.before > 0)
    await notice(terminal, 'MORE', `Showing the last ${count} of ${plural(count + shown.before, 'event')}.`);
  if (local !== undefined && count === 0) {
    const hint = options.undelivered === true ? KEPT_HINT : '--all shows all.';
    await notice(terminal, 'NOTHING', `There are no events ${selected?.what ?? 'yet'}.`, hint);
  }
  return EXIT.done;
}

/** Of an iteration from old to new. */
function lastOf(
  events: Iterable<StoredEvent>,
  limit: number,
): { readonly last: readonly StoredEvent[]; readonly before: number } {
  let last: StoredEvent[] = [];
  let all = 0;
  for (const event of events) {
    last.push(event);
    all += 1;
    // Not one by one: to take the first from an array moves all others.
    if (last.length === 2 * limit) last = last.slice(limit);
  }
  const kept = last.slice(-limit);
  return { last: kept, before: all - kept.length };
}

function* rowsOf(events: Iterable<StoredEvent>, { isTable, isChosen }: Listing): Iterable<object> {
  for (const event of events) {
    const row = rowOf(event);
    if (isTable)
      yield {
        ...row,
        ...wordsOf(row),
        delivered: row.delivered ? 'yes' : 'no',
        time: shortLocalTime(row.time),
        run: shortRunId(row.run),
      };
    else yield isChosen ? { ...row, ...wordsOf(row) } : row;
  }
}

function rowOf({ id, type, at, personType, personId, email = '', campaign, listMemberId, ...event }: StoredEvent) {
  return {
    time: new Date(at).toISOString(),
    type,
    person: `${personType}:${personId}`,
    email,
    campaign: campaign.name,
    campaignId: campaign.id,
    listMemberId: listMemberId ?? null,
    delivered: event.delivered,
    run: event.runId,
    id,
  };
}

/** What a table shows instead of type, person and email. */
function wordsOf({ type, person, email }: ReturnType<typeof rowOf>): { readonly change: string; readonly who: string } {
  return { change: type.replace('dyncamp.person.', ''), who: email === '' ? person : email };
}
