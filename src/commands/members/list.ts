/** `dyncamp members list CAMPAIGN`: the members, since when, added by whom, through which list. */

import type { Command } from 'commander';
import type { Depth } from '../../campaign/privileges.ts';
import type { UserNames } from '../../campaign/user-names.ts';
import type { CampaignMember, ListsOfCampaign } from '../../people/members/campaign-members.ts';
import type { Context } from '../../run/context.ts';
import { plural } from '../../run/summary.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { notice, warn } from '../../terminal/report-error.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { addListingOptions, type ListingOptions, openListing } from '../columns-option.ts';
import { MEMBER_COLUMNS, type MemberRendering, type MemberRow, memberRow, WIDE } from './member-row.ts';

type MembersListOptions = ListingOptions;
type MembersListRequest = { readonly campaign: string; readonly options: MembersListOptions };

const AFTER = `
Lists people on the campaign's own lists (the two that dyncamp writes to) and on
other static lists linked to it; the column "through" says which: own or other.
People on two lists appear twice. Members of dynamic lists are not listed.

Examples:
  $ dyncamp members list "Spring Launch"
  $ dyncamp members list code:SPRING-26 -o csv > members.csv
  $ dyncamp members list "Spring Launch" -o json | jq 'map(.email)'`;

export function defineMembersList(parent: Command, context: Context): void {
  const command = parent
    .command('list')
    .description('List the people in a campaign')
    .argument('<campaign>', 'id, code or name');
  addListingOptions(command)
    .addHelpText('after', AFTER)
    .action(async (campaign: string, options: MembersListOptions) =>
      context.endWith(await listMembers(context, { campaign, options })),
    );
}

export type Counts = { leads: number; contacts: number; throughOther: number };

async function listMembers(context: Context, { campaign, options }: MembersListRequest): Promise<number> {
  const { campaignMembers, listsOfCampaign } = await import('../../people/members/campaign-members.ts');
  const { openCampaign } = await import('../../campaign/open-campaign.ts');
  const { userNames } = await import('../../campaign/user-names.ts');
  const { reportConnection } = await import('../../run/report.ts');
  const { terminal, clock } = context;
  // An unknown column is an error before any request.
  const listing = openListing(terminal, options, MEMBER_COLUMNS);
  const { isTable } = listing;
  const { dataverse, connection } = await context.openDataverse();
  const { confirmOrganization } = connection;
  const opened = await openCampaign({ dataverse, clock, campaign, confirmOrganization });
  await reportConnection(terminal, opened, connection);
  await reportBlindSpots(terminal, opened.depths);
  const lists = listsOfCampaign(opened.facts);
  const hasOther = lists.readable.some((list) => list.through === 'other');
  const counts: Counts = { leads: 0, contacts: 0, throughOther: 0 };
  const pages = campaignMembers(opened.session, lists.readable);
  await writeRows(terminal, {
    rows: rowsOf(pages, { names: userNames(dataverse), counts, isTable }),
    ...listing.shown(isTable ? tableColumns(terminal.stdout.columns, hasOther) : MEMBER_COLUMNS),
  });
  await reportCounts(terminal, counts);
  await reportNotListed(terminal, lists);
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

/** A listing goes on, with a warning that rows may be missing. */
async function reportBlindSpots(terminal: Terminal, depths: ReadonlyMap<string, Depth> | undefined): Promise<void> {
  if (depths === undefined) return;
  const { blindSpots } = await import('../../campaign/privileges.ts');
  const spots = blindSpots(depths).map(({ privilege, depth }) => `${privilege.table} (${privilege.name}: ${depth})`);
  if (spots.length === 0) return;
  await warn(
    terminal,
    'PARTIAL_VIEW',
    `You cannot see all records of ${spots.join(', ')}: people may be missing here.`,
  );
}

async function reportCounts(terminal: Terminal, { leads, contacts, throughOther }: Counts): Promise<void> {
  const other = throughOther === 0 ? '' : `, ${throughOther} of them through other lists`;
  const said =
    leads + contacts === 0 ? 'No one is in the campaign' : `${plural(leads, 'lead')}, ${plural(contacts, 'contact')}`;
  await notice(terminal, 'MEMBERS', `${said}${other}.`);
}

async function reportNotListed(terminal: Terminal, { dynamic, ofAccounts, detached }: ListsOfCampaign): Promise<void> {
  if (dynamic.length > 0)
    await notice(
      terminal,
      'DYNAMIC_LISTS',
      `Not listed are the members of ${plural(dynamic.length, 'dynamic list')}, which Dynamics computes: ${named(dynamic)}.`,
    );
  if (ofAccounts.length > 0)
    await notice(
      terminal,
      'ACCOUNT_LISTS',
      `Not listed are the members of ${plural(ofAccounts.length, 'list')} of accounts: ${named(ofAccounts)}.`,
    );
  if (detached.length > 0)
    await warn(
      terminal,
      'LIST_DETACHED',
      `Not listed, because it is not linked to the campaign: ${named(detached)}.`,
      'Link it again: `dyncamp sync repair CAMPAIGN`.',
    );
}

const named = (lists: readonly { readonly id: string; readonly name: string }[]): string =>
  lists.map((list) => `"${list.name}" (${list.id})`).join(', ');
