/** The run of `dyncamp members find`. */
import type { Context } from '../../context.ts';
import { UsageError } from '../../errors.ts';
import { makeRowOfText } from '../../membership/input/make-row.ts';
import type { PersonRow } from '../../membership/input-row.ts';
import { type FoundMembership, type FoundPerson, findMemberships } from '../../membership/members/find-memberships.ts';
import { identityOf, WHO_AM_I } from '../../membership/open-session.ts';
import { whyUnaskable } from '../../membership/person-queries.ts';
import { describePeople } from '../../membership/plan-additions.ts';
import { trackAbilities } from '../../membership/server-abilities.ts';
import { userNames } from '../../membership/user-names.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { type OutputFormat, writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { chosenColumns } from '../columns-option.ts';
import { outputFormat } from '../output-options.ts';
import { plural } from '../tally.ts';
import type { MembersFindRequest } from './find.ts';
import { dayOf, WIDE } from './table-day.ts';

/** The JSON keys are part of the interface. */
const COLUMNS = [
  'campaign',
  'campaignId',
  'code',
  'status',
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

export async function findPersonsCampaigns(context: Context, { person, options }: MembersFindRequest): Promise<number> {
  const { terminal, clock } = context;
  const format: OutputFormat = outputFormat(options) ?? (terminal.stdout.isTTY ? 'table' : 'jsonl');
  const columns = chosenColumns(options, COLUMNS, format === 'table' ? tableColumns(terminal.stdout.columns) : COLUMNS);
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
  await writeRows(terminal, { rows: found.memberships.map((each) => rowOf(each, names, format)), ...columns, format });
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

function rowOf(
  { person, member, list, campaign, through }: FoundMembership,
  names: ReadonlyMap<string, string>,
  format: OutputFormat,
): Row {
  const { createdBy } = member;
  return {
    campaign: campaign.name,
    campaignId: campaign.id,
    code: campaign.code,
    status: campaign.isActive ? campaign.status : 'inactive',
    type: person.type,
    id: person.id,
    name: person.name,
    email: person.email,
    since: format === 'table' ? dayOf(member.createdOn) : member.createdOn,
    addedBy: createdBy === undefined ? undefined : (names.get(createdBy) ?? createdBy),
    addedById: createdBy,
    through,
    list: list.name,
    listId: list.id,
    listMemberId: member.id,
  };
}

async function sayFound(
  { terminal }: Context,
  text: string,
  { people, memberships, listsWithoutCampaign }: FoundPerson,
): Promise<void> {
  if (people.length === 0) {
    const hint = 'dyncamp sync check shows what you may read.';
    return notice(terminal, 'NOTHING', `Nobody in Dynamics matches ${text}, or you may not read them.`, hint);
  }
  const who = `${people.length === 1 ? 'Found' : `Found ${people.length} records`}: ${describePeople(people)}.`;
  const where = memberships.length === 0 ? ' In no campaign through a static list.' : '';
  const lists = listsWithoutCampaign === 0 ? '' : ` Also on ${plural(listsWithoutCampaign, 'list')} of no campaign.`;
  return notice(terminal, 'PERSON', `${who}${where}${lists}`);
}
