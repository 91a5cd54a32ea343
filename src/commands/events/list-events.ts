/** The run of `dyncamp events list`. */
import type { Context } from '../../context.ts';
import type { StoredEvent } from '../../journal/journal.ts';
import { readEvent } from '../../membership/replay/read-event.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { outputFormat } from '../output-options.ts';
import { openLocalJournal } from '../runs/local-journal.ts';
import { timeText } from '../runs/run-row.ts';
import type { EventsListOptions } from './list.ts';
import { selectEvents } from './select-events.ts';

/** The keys are part of the interface. */
const COLUMNS = ['time', 'type', 'person', 'email', 'campaign', 'told', 'run', 'id'];
/** What fits a terminal; whoever wants ids asks for another format. */
const TABLE_COLUMNS = ['time', 'change', 'who', 'campaign', 'told', 'run'];

export async function listEvents(context: Context, options: EventsListOptions): Promise<number> {
  const local = await openLocalJournal(context, options);
  const selected = local === undefined ? undefined : selectEvents(local.journal, options, context.clock.now());
  const events = local === undefined || selected === undefined ? [] : local.journal.events(selected.filter);
  const format = outputFormat(options) ?? (context.terminal.stdout.isTTY ? 'table' : 'jsonl');
  const isTable = format === 'table';
  const count = await writeRows(context.terminal, {
    rows: rowsOf(events, isTable ? tableRowOf : rowOf),
    columns: isTable ? TABLE_COLUMNS : COLUMNS,
    format,
  });
  if (local !== undefined && count === 0) {
    await notice(context.terminal, 'NOTHING', `There are no events ${selected?.what ?? 'yet'}.`, '--all shows all.');
  }
  return EXIT.done;
}

function* rowsOf(events: Iterable<StoredEvent>, toRow: (event: StoredEvent) => object): Iterable<object> {
  for (const event of events) yield toRow(event);
}

function tableRowOf({ type, time, told, runId, json }: StoredEvent): object {
  const { campaign, person, email } = readEvent(json);
  return {
    time: timeText(Date.parse(time)),
    change: type.replace('dyncamp.person.', ''),
    who: email === '' ? `${person?.type ?? ''}:${person?.id ?? ''}` : email,
    campaign: campaign.name,
    told: told ? 'yes' : 'no',
    run: runId.slice(0, 8),
  };
}

function rowOf({ id, type, time, told, runId, listMemberId, json }: StoredEvent): object {
  const { campaign, person, email } = readEvent(json);
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
