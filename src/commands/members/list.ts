/** `dyncamp members list CAMPAIGN`: the members, since when, added by whom, through which list. */
import type { Command } from 'commander';
import type { HeldPrivileges } from '../../campaign/privileges.ts';
import type { UserNames } from '../../campaign/user-names.ts';
import type { CampaignMember, ListsOfCampaign } from '../../people/members/campaign-members.ts';
import type { Context } from '../../run/context.ts';
import { plural } from '../../run/counts.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { notice, warn } from '../../terminal/report-error.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { addListingOptions, type ListingOptions, openListing } from '../listing.ts';
import { parseCount } from '../options.ts';
import {
  addedHere,
  MEMBER_COLUMNS,
  MEMBER_LAYOUT,
  type MemberRendering,
  type MemberRow,
  memberRow,
  WIDE,
} from './member-row.ts';

type MembersListOptions = ListingOptions & {
  readonly search?: string | undefined;
  readonly limit?: number | undefined;
};

const AFTER = `
Lists people on the campaign's own lists (the two that dyncamp writes to) and on
other static lists linked to it; the column "through" says which: own or other.
People on two lists appear twice. Members of dynamic lists are not listed.

Examples:
  $ dyncamp members list "Spring Launch"
  $ dyncamp members list "Spring Launch" --search nordlicht -n 10
  $ dyncamp members list code:SPRING-26 -o csv > members.csv
  $ dyncamp members list "Spring Launch" -o json | jq 'map(.email)'`;

export function define(command: Command, context: Context): void {
  command
    .argument('<campaign>', 'id, code or name')
    .option('--search <text>', 'only people whose name or e-mail address contains this text')
    .option('-n, --limit <n>', 'number of people to show (default: all)', parseCount(1));
  addListingOptions(command, MEMBER_COLUMNS)
    .addHelpText('after', AFTER)
    .action((campaign: string, options: MembersListOptions) =>
      context.endWith(listMembers(context, campaign, options)),
    );
}

type Counts = { leads: number; contacts: number; throughOther: number; isCutShort: boolean };

async function listMembers(context: Context, campaign: string, options: MembersListOptions): Promise<number> {
  const { campaignMembers, listsOfCampaign } = await import('../../people/members/campaign-members.ts');
  const { userNames } = await import('../../campaign/user-names.ts');
  const { connectToCampaign } = await import('../../run/connect-campaign.ts');
  const { terminal } = context;
  // An unknown column is an error before any request.
  const listing = openListing(terminal, options, MEMBER_COLUMNS);
  const { isTable } = listing;
  const { opened } = await connectToCampaign(context, campaign);
  await reportBlindSpots(terminal, opened.privileges);
  const lists = listsOfCampaign(opened.facts);
  const hasOther = lists.readable.some((list) => list.through === 'other');
  const counts: Counts = { leads: 0, contacts: 0, throughOther: 0, isCutShort: false };
  const pages = campaignMembers(opened.access, lists.readable);
  await writeRows(terminal, {
    rows: rowsOf(pages, {
      names: userNames(opened.access.dataverse),
      addedHere: await addedHere(context, opened.access),
      counts,
      isTable,
      ...options,
    }),
    ...listing.shown(isTable ? tableColumns(terminal.stdout.columns, hasOther) : MEMBER_COLUMNS),
    layout: MEMBER_LAYOUT,
  });
  await reportCounts(terminal, counts, options);
  await reportNotListed(terminal, lists, opened.facts.campaign.id);
  return EXIT.done;
}

/** What fits: ids and dates of ids are for wide terminals, the list only where there is more than the campaign's own. */
function tableColumns(width: number, hasOther: boolean): readonly string[] {
  const through = hasOther ? ['through', 'list'] : [];
  return ['type', 'name', 'email', 'since', 'addedBy', ...through, ...(width >= WIDE ? ['id'] : [])];
}

type Rendering = Pick<MembersListOptions, 'search' | 'limit'> & {
  readonly names: UserNames;
  readonly addedHere: Awaited<ReturnType<typeof addedHere>>;
  readonly counts: Counts;
  readonly isTable: boolean;
};

async function* rowsOf(
  pages: AsyncIterable<readonly CampaignMember[]>,
  { names, counts, isTable, search = '', limit = Number.POSITIVE_INFINITY, ...rendering }: Rendering,
): AsyncGenerator<MemberRow> {
  const wanted = search.normalize().toLowerCase();
  const isWanted = ({ name, email }: CampaignMember): boolean =>
    [name, email].some((text) => text.normalize().toLowerCase().includes(wanted));
  for await (const page of pages) {
    const found = page.filter(isWanted);
    const isAddedHere = rendering.addedHere(found.map(({ member }) => member));
    const known = await names(found.flatMap(({ member }) => member.createdBy ?? []));
    for (const member of found) {
      counts.isCutShort = counts.leads + counts.contacts === limit;
      if (counts.isCutShort) return;
      count(counts, member);
      yield rowOf(member, { names: known, isAddedHere, isTable });
    }
  }
}

function rowOf({ member, name, email, list }: CampaignMember, rendering: MemberRendering): MemberRow {
  const person = { type: list.personType, id: member.personId, name, email };
  return memberRow({ person, member, list, through: list.through }, rendering);
}

function count(counts: Counts, { list }: CampaignMember): void {
  if (list.personType === 'lead') counts.leads += 1;
  else counts.contacts += 1;
  if (list.through === 'other') counts.throughOther += 1;
}

/** A listing goes on, with a warning that rows may be missing. */
async function reportBlindSpots(terminal: Terminal, held: HeldPrivileges | undefined): Promise<void> {
  if (held === undefined) return;
  const { blindSpots } = await import('../../campaign/privileges.ts');
  const spots = blindSpots(held).map(({ privilege, depth }) => `${privilege.table} (${privilege.name}: ${depth})`);
  if (spots.length === 0) return;
  await warn(
    terminal,
    'PARTIAL_VIEW',
    `You cannot see all records of ${spots.join(', ')}: people may be missing here.`,
  );
}

async function reportCounts(
  terminal: Terminal,
  { leads, contacts, throughOther, isCutShort }: Counts,
  { search }: MembersListOptions,
): Promise<void> {
  const shown = leads + contacts;
  const matching = search === undefined ? '' : ` with "${search}" in the name or e-mail address`;
  if (isCutShort) return notice(terminal, 'MORE', `Showing the first ${shown}${matching}. For more: -n ${shown * 5}`);
  const other = throughOther === 0 ? '' : `, ${throughOther} of them through other lists`;
  const said = shown === 0 ? 'No one is in the campaign' : `${plural(leads, 'lead')}, ${plural(contacts, 'contact')}`;
  await notice(terminal, 'MEMBERS', `${said}${matching}${other}.`);
}

async function reportNotListed(
  terminal: Terminal,
  { dynamic, ofAccounts, detached }: ListsOfCampaign,
  campaignId: string,
): Promise<void> {
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
      `Link it again: \`dyncamp sync repair id:${campaignId}\`.`,
    );
}

const named = (lists: readonly { readonly id: string; readonly name: string }[]): string =>
  lists.map((list) => `"${list.name}" (${list.id})`).join(', ');
