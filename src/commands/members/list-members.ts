/** The run of `dyncamp members list`. */
import type { Context } from '../../context.ts';
import { type CampaignMember, campaignMembers, listsOfCampaign } from '../../membership/members/campaign-members.ts';
import { openSession } from '../../membership/open-session.ts';
import type { UserNames } from '../../membership/user-names.ts';
import { userNames } from '../../membership/user-names.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { type OutputFormat, writeRows } from '../../terminal/output.ts';
import { chosenColumns } from '../columns-option.ts';
import { outputFormat } from '../output-options.ts';
import { sayWhere } from '../say-run.ts';
import type { MembersListRequest } from './list.ts';
import { sayBlindSpots, sayCounts, sayNotListed } from './say-members.ts';
import { dayOf, WIDE } from './table-day.ts';

/** The JSON keys are part of the interface. */
const COLUMNS = [
  'type',
  'id',
  'name',
  'email',
  'since',
  'addedBy',
  'addedById',
  'through',
  'list',
  'listId',
  'listMemberId',
] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number], string | undefined>>;

export type Counts = { leads: number; contacts: number; throughOther: number };

export async function listMembers(context: Context, { campaign, options }: MembersListRequest): Promise<number> {
  const { terminal, clock } = context;
  const format: OutputFormat = outputFormat(options) ?? (terminal.stdout.isTTY ? 'table' : 'jsonl');
  // A column that is none is said before anything is asked.
  chosenColumns(options, COLUMNS);
  const { dataverse, connection } = await context.openDataverse();
  const { confirmOrganization } = connection;
  const opened = await openSession({ dataverse, clock, campaign, confirmOrganization });
  await sayWhere(terminal, opened, connection);
  await sayBlindSpots(terminal, opened.depths);
  const lists = listsOfCampaign(opened.facts);
  const hasOther = lists.readable.some((list) => list.through === 'other');
  const counts: Counts = { leads: 0, contacts: 0, throughOther: 0 };
  const pages = campaignMembers(opened.session, lists.readable);
  await writeRows(terminal, {
    rows: rowsOf(pages, { names: userNames(dataverse), counts, format }),
    ...chosenColumns(options, COLUMNS, format === 'table' ? tableColumns(terminal.stdout.columns, hasOther) : COLUMNS),
    format,
  });
  await sayCounts(terminal, counts);
  await sayNotListed(terminal, lists);
  return EXIT.done;
}

/** What fits: ids and dates of ids are for wide terminals, the list only where there is more than the campaign's own. */
function tableColumns(width: number, hasOther: boolean): readonly string[] {
  const through = hasOther ? ['through', 'list'] : [];
  return ['type', 'name', 'email', 'since', 'addedBy', ...through, ...(width >= WIDE ? ['id'] : [])];
}

type Rendering = { readonly names: UserNames; readonly counts: Counts; readonly format: OutputFormat };

async function* rowsOf(
  pages: AsyncIterable<readonly CampaignMember[]>,
  { names, counts, format }: Rendering,
): AsyncGenerator<Row> {
  for await (const page of pages) {
    const known = await names(page.flatMap(({ member }) => member.createdBy ?? []));
    for (const member of page) {
      count(counts, member);
      yield rowOf(member, known, format);
    }
  }
}

function rowOf(
  { member, personType, name, email, list }: CampaignMember,
  names: ReadonlyMap<string, string>,
  format: OutputFormat,
): Row {
  const { createdBy } = member;
  return {
    type: personType,
    id: member.personId,
    name,
    email,
    since: format === 'table' ? dayOf(member.createdOn) : member.createdOn,
    addedBy: createdBy === undefined ? undefined : (names.get(createdBy) ?? createdBy),
    addedById: createdBy,
    through: list.through,
    list: list.name,
    listId: list.id,
    listMemberId: member.id,
  };
}

function count(counts: Counts, { personType, list }: CampaignMember): void {
  if (personType === 'lead') counts.leads += 1;
  else counts.contacts += 1;
  if (list.through === 'other') counts.throughOther += 1;
}
