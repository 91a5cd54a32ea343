/** The run of `dyncamp members list`. */
import type { Context } from '../../context.ts';
import { type CampaignMember, campaignMembers, listsOfCampaign } from '../../membership/members/campaign-members.ts';
import { openSession } from '../../membership/open-session.ts';
import type { UserNames } from '../../membership/user-names.ts';
import { userNames } from '../../membership/user-names.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { openListing } from '../columns-option.ts';
import { sayWhere } from '../say-run.ts';
import type { MembersListRequest } from './list.ts';
import { MEMBER_COLUMNS, type MemberRendering, type MemberRow, memberRow, WIDE } from './member-row.ts';
import { sayBlindSpots, sayCounts, sayNotListed } from './say-members.ts';

export type Counts = { leads: number; contacts: number; throughOther: number };

export async function listMembers(context: Context, { campaign, options }: MembersListRequest): Promise<number> {
  const { terminal, clock } = context;
  // A column that is none is said before anything is asked.
  const listing = openListing(terminal, options, MEMBER_COLUMNS);
  const { isTable } = listing;
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
    rows: rowsOf(pages, { names: userNames(dataverse), counts, isTable }),
    ...listing.shown(isTable ? tableColumns(terminal.stdout.columns, hasOther) : MEMBER_COLUMNS),
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

type Rendering = { readonly names: UserNames; readonly counts: Counts; readonly isTable: boolean };

async function* rowsOf(
  pages: AsyncIterable<readonly CampaignMember[]>,
  { names, counts, isTable }: Rendering,
): AsyncGenerator<MemberRow> {
  for await (const page of pages) {
    const known = await names(page.flatMap(({ member }) => member.createdBy ?? []));
    for (const member of page) {
      count(counts, member);
      yield rowOf(member, { names: known, isTable });
    }
  }
}

function rowOf({ member, personType, name, email, list }: CampaignMember, rendering: MemberRendering): MemberRow {
  const person = { type: personType, id: member.personId, name, email };
  return memberRow({ person, member, list, through: list.through }, rendering);
}

function count(counts: Counts, { personType, list }: CampaignMember): void {
  if (personType === 'lead') counts.leads += 1;
  else counts.contacts += 1;
  if (list.through === 'other') counts.throughOther += 1;
}
