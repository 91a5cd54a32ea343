/** The run of `dyncamp members find`. */
import type { Context } from '../../context.ts';
import { UsageError } from '../../errors.ts';
import type { PersonRow } from '../../input/input-row.ts';
import { makeRowOfText } from '../../input/make-row.ts';
import type { Campaign } from '../../membership/campaign.ts';
import { type FoundPerson, findMemberships } from '../../membership/members/find-memberships.ts';
import { identityOf, WHO_AM_I } from '../../membership/open-session.ts';
import { whyUnaskable } from '../../membership/person-queries.ts';
import { describePeople } from '../../membership/plan-additions.ts';
import { trackAbilities } from '../../membership/server-abilities.ts';
import { userNames } from '../../membership/user-names.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { openListing } from '../columns-option.ts';
import { plural } from '../tally.ts';
import type { MembersFindRequest } from './find.ts';
import { MEMBER_COLUMNS, memberRow, WIDE } from './member-row.ts';

/** The JSON keys are part of the interface. */
const COLUMNS = ['campaign', 'campaignId', 'code', 'status', ...MEMBER_COLUMNS] as const;

export async function findPersonsCampaigns(context: Context, { person, options }: MembersFindRequest): Promise<number> {
  const { terminal, clock } = context;
  const listing = openListing(terminal, options, COLUMNS);
  const asked = askedPerson(person);
  const { dataverse, connection } = await context.openDataverse();
  const [whoAmI] = await dataverse.batch([WHO_AM_I]);
  const { organizationId, userId } = identityOf(whoAmI, undefined);
  connection.confirmOrganization(organizationId);
  const found = await findMemberships(
    {
      dataverse,
      clock,
      organizationId,
      userId,
      campaignId: '',
      abilities: trackAbilities(),
      knownCampaignIds: new Map(),
    },
    asked,
  );
  const names = await userNames(dataverse)(found.memberships.flatMap(({ member }) => member.createdBy ?? []));
  const { isTable } = listing;
  await writeRows(terminal, {
    rows: found.memberships.map((each) => ({
      ...campaignCells(each.campaign),
      ...memberRow(each, { names, isTable }),
    })),
    ...listing.shown(isTable ? tableColumns(terminal.stdout.columns) : COLUMNS),
  });
  await sayFound(context, person, found);
  return EXIT.done;
}

function askedPerson(text: string): PersonRow {
  const row = makeRowOfText({ source: 'arguments', line: 1 }, text, undefined);
  const fault = row.kind === 'invalid' ? row : whyUnaskable(row);
  if (row.kind === 'person' && fault === undefined) return row;
  throw new UsageError(fault?.code ?? 'BAD_PERSON', fault?.message ?? `"${text}" names nobody.`, {
    hint: 'Give lead:GUID, contact:GUID, a GUID or an e-mail address.',
  });
}

function tableColumns(width: number): readonly string[] {
  const wide = width >= WIDE ? ['list', 'id'] : [];
  return ['campaign', 'status', 'type', 'since', 'addedBy', 'through', ...wide];
}

function campaignCells({ id, name, code, isActive, status }: Campaign): object {
  return { campaign: name, campaignId: id, code, status: isActive ? status : 'inactive' };
}

async function sayFound(
  { terminal }: Context,
  text: string,
  { people, memberships, listsWithoutCampaign }: FoundPerson,
): Promise<void> {
  if (people.length === 0) {
    const hint = '`dyncamp sync check` shows what you may read.';
    return notice(terminal, 'NOTHING', `Nobody in Dynamics matches ${text}, or you may not read them.`, hint);
  }
  const who = `${people.length === 1 ? 'Found' : `Found ${people.length} records`}: ${describePeople(people)}.`;
  const where = memberships.length === 0 ? ' In no campaign through a static list.' : '';
  const lists = listsWithoutCampaign === 0 ? '' : ` Also on ${plural(listsWithoutCampaign, 'list')} of no campaign.`;
  return notice(terminal, 'PERSON', `${who}${where}${lists}`);
}
