/** `dyncamp members find PERSON`: which campaigns a person is in. */
import type { Command } from 'commander';
import type { Campaign } from '../../dataverse/wire.ts';
import { UsageError } from '../../errors.ts';
import type { PersonRow } from '../../input/input-row.ts';
import type { FoundPerson } from '../../people/members/find-memberships.ts';
import type { Context } from '../../run/context.ts';
import { plural } from '../../run/counts.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { addListingOptions, type ListingOptions, openListing } from '../listing.ts';
import { addedHere, MEMBER_COLUMNS, MEMBER_LAYOUT, memberRow, WIDE } from './member-row.ts';

const AFTER = `
Searches all records of the person, as remove does: inactive records, survivors
of merges, the contact of a qualified lead and the leads of a contact. Dynamic
lists are not searched.

Examples:
  $ dyncamp members find kim@example.com
  $ dyncamp members find contact:7c6f9a52-1f0b-4c55-9d0e-2b1a6b0c1d11
  $ dyncamp members find kim@example.com -o jsonl --columns campaign,since`;

export function define(command: Command, context: Context): void {
  command.argument('<person>', 'lead:GUID, contact:GUID, a GUID or an e-mail address');
  addListingOptions(command, COLUMNS)
    .addHelpText('after', AFTER)
    .action((person: string, options: ListingOptions) =>
      context.endWith(findPersonsCampaigns(context, person, options)),
    );
}

/** The JSON keys are part of the interface. */
const COLUMNS = ['campaign', 'campaignId', 'code', 'status', ...MEMBER_COLUMNS] as const;

async function findPersonsCampaigns(context: Context, person: string, options: ListingOptions): Promise<number> {
  const { findMemberships } = await import('../../people/members/find-memberships.ts');
  const { openOrganization } = await import('../../campaign/open-campaign.ts');
  const { userNames } = await import('../../campaign/user-names.ts');
  const { terminal, clock } = context;
  const listing = openListing(terminal, options, COLUMNS);
  const asked = await askedPerson(person);
  const { dataverse, connection } = await context.openDataverse();
  const access = await openOrganization({ dataverse, clock, confirmOrganization: connection.confirmOrganization });
  const found = await findMemberships(access, asked);
  const names = await userNames(dataverse)(found.memberships.flatMap(({ member }) => member.createdBy ?? []));
  const isAddedHere = (await addedHere(context, access))(found.memberships.map(({ member }) => member));
  const { isTable } = listing;
  await writeRows(terminal, {
    rows: found.memberships.map((each) => ({
      ...campaignCells(each.campaign),
      ...memberRow(each, { names, isAddedHere, isTable }),
    })),
    ...listing.shown(isTable ? tableColumns(terminal.stdout.columns) : COLUMNS),
    layout: MEMBER_LAYOUT,
  });
  await reportFound(context, person, found);
  return EXIT.done;
}

async function askedPerson(text: string): Promise<PersonRow> {
  const { makeRowOfText } = await import('../../input/make-row.ts');
  const { whyUnaskable } = await import('../../people/queries.ts');
  const row = makeRowOfText({ source: 'arguments', line: 1 }, text, undefined);
  const fault = row.kind === 'invalid' ? row : whyUnaskable(row);
  if (row.kind === 'person' && fault === undefined) return row;
  throw new UsageError(fault?.code ?? 'BAD_PERSON', fault?.message ?? `"${text}" is not a person.`, {
    hint: 'Give lead:GUID, contact:GUID, a GUID or an e-mail address.',
  });
}

function tableColumns(width: number): readonly string[] {
  const wide = width >= WIDE ? ['list', 'id'] : [];
  return ['campaign', 'code', 'status', 'type', 'since', 'addedBy', 'through', ...wide];
}

function campaignCells({ id, name, code, isActive, status }: Campaign): object {
  return { campaign: name, campaignId: id, code, status: isActive ? status : 'inactive' };
}

async function reportFound(
  { terminal }: Context,
  text: string,
  { people, memberships, listsWithoutCampaign }: FoundPerson,
): Promise<void> {
  if (people.length === 0) {
    const hint = '`dyncamp sync check` shows what you may read.';
    return notice(terminal, 'NOTHING', `No one in Dynamics matches ${text}, or you may not read them.`, hint);
  }
  const { describePeople } = await import('../../people/match.ts');
  const who = `${people.length === 1 ? 'Found' : `Found ${people.length} records`}: ${describePeople(people)}.`;
  const where = memberships.length === 0 ? ' Not in any campaign through a static list.' : '';
  const lists =
    listsWithoutCampaign === 0 ? '' : ` Also on ${plural(listsWithoutCampaign, 'list')} not linked to a campaign.`;
  return notice(terminal, 'PERSON', `${who}${where}${lists}`);
}
