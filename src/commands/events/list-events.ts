/** The run of `dyncamp events list`. */
import type { Context } from '../../context.ts';
import type { StoredEvent } from '../../journal/journal.ts';
import { readEvent } from '../../membership/replay/read-event.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { type Listing, openListing } from '../columns-option.ts';
import { openLocalJournal } from '../runs/local-journal.ts';
import { SHORT_ID, shortTimeText } from '../runs/run-row.ts';
import type { EventsListOptions } from './list.ts';
import { selectEvents } from './select-events.ts';

/** The JSON keys are part of the interface. */
const COLUMNS = ['time', 'type', 'person', 'email', 'campaign', 'campaignId', 'listMemberId', 'told', 'run', 'id'];
const CSV_COLUMNS = ['time', 'type', 'person', 'email', 'campaign', 'told', 'run', 'id'];
/** What fits a terminal; whoever wants ids asks for another format. */
const TABLE_COLUMNS = ['time', 'change', 'who', 'campaign', 'told', 'run'];

export async function listEvents(context: Context, options: EventsListOptions): Promise<number> {
  const { terminal } = context;
  const listing = openListing(terminal, options, [...new Set([...TABLE_COLUMNS, ...COLUMNS])]);
  const local = await openLocalJournal(context, options);
  const selected = local === undefined ? undefined : selectEvents(local.journal, options, context.clock.now());
  const events = local === undefined || selected === undefined ? [] : local.journal.events(selected.filter);
  const count = await writeRows(terminal, {
    rows: rowsOf(events, listing),
    ...listing.shown(listing.isTable ? TABLE_COLUMNS : CSV_COLUMNS),
  });
  if (local !== undefined && count === 0) {
    await notice(terminal, 'NOTHING', `There are no events ${selected?.what ?? 'yet'}.`, '--all shows all.');
  }
  return EXIT.done;
}

function* rowsOf(events: Iterable<StoredEvent>, { isTable, isChosen }: Listing): Iterable<object> {
  for (const event of events) {
    const row = rowOf(event);
    if (isTable)
      yield {
        ...row,
        ...wordsOf(row),
        told: row.told ? 'yes' : 'no',
        time: shortTimeText(Date.parse(row.time)),
        run: row.run.slice(0, SHORT_ID),
      };
    else yield isChosen ? { ...row, ...wordsOf(row) } : row;
  }
}

type Row = Readonly<Record<'time' | 'type' | 'person' | 'email' | 'campaign' | 'campaignId' | 'run' | 'id', string>> & {
  readonly listMemberId: string | null;
  readonly told: boolean;
};

function rowOf({ id, type, time, told, runId, listMemberId, line }: StoredEvent): Row {
  const { campaign, person, email } = readEvent(line);
  return {
    time,
    type,
    person: person === undefined ? '' : `${person.type}:${person.id}`,
    email,
    campaign: campaign.name,
    campaignId: campaign.id,
    listMemberId: listMemberId ?? null,
    told,
    run: runId,
    id,
  };
}

/** What a table shows instead of type, person and email. */
function wordsOf({ type, person, email }: Row): { readonly change: string; readonly who: string } {
  return { change: type.replace('dyncamp.person.', ''), who: email === '' ? person : email };
}
