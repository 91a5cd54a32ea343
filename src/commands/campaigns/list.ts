/** `dyncamp campaigns list`: what Marketo's picker shows, and why the rest is not there. */
import type { Command } from 'commander';
import type { Overview } from '../../campaign/overview.ts';
import type { Campaign } from '../../dataverse/wire.ts';
import type { Context } from '../../run/context.ts';
import { plural } from '../../run/counts.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { writeRows } from '../../terminal/output.ts';
import { notice } from '../../terminal/report-error.ts';
import { addListingOptions, type Listing, type ListingOptions, openListing } from '../listing.ts';

type CampaignsListOptions = ListingOptions & {
  readonly all?: boolean | undefined;
  readonly search?: string | undefined;
  readonly counts?: boolean | undefined;
};

const AFTER = `
Examples:
  $ dyncamp campaigns list
  $ dyncamp campaigns list --search spring --counts
  $ dyncamp campaigns list --all -o json | jq '.[] | select(.active|not).name'`;

export function define(command: Command, context: Context): void {
  command
    .option('--all', 'include inactive campaigns and templates')
    .option('--search <text>', 'only campaigns whose name or code contains this text')
    .option('--counts', 'count the leads and contacts on the own lists of each');
  addListingOptions(command, columnsOf({ all: true, counts: true }))
    .addHelpText('after', AFTER)
    .action((options: CampaignsListOptions) => context.endWith(listCampaigns(context, options)));
}

const COLUMNS = ['name', 'code', 'status', 'type', 'start', 'end', 'id'];

/** An inactive campaign and a template are marked as such in the status. */
const LAYOUT = { leastFirst: ['id', 'type', 'end', 'start', 'contacts', 'leads', 'status'], mayCut: ['type'] };

type Hidden = { inactive: number; templates: number };

async function listCampaigns(context: Context, options: CampaignsListOptions): Promise<number> {
  const { readCampaigns } = await import('../../campaign/find.ts');
  const columns = columnsOf(options);
  const listing = openListing(context.terminal, options, columns);
  const { dataverse, connection } = await context.openDataverse();
  const hidden: Hidden = { inactive: 0, templates: 0 };
  const campaigns = shown(readCampaigns(dataverse, options.search), options.all === true, hidden);
  const counted = options.counts === true ? withCounts({ dataverse, clock: context.clock }, campaigns) : campaigns;
  const count = await writeRows(context.terminal, {
    rows: rowsOf(counted, columns, listing),
    ...listing.shown(listing.isTable ? columns.filter((name) => name !== 'active' && name !== 'template') : columns),
    layout: LAYOUT,
  });
  await reportHidden(context, hidden);
  if (count === 0) await reportNothing(context, options, connection.origin);
  return EXIT.done;
}

function columnsOf({ all, counts }: CampaignsListOptions): readonly string[] {
  return [
    ...COLUMNS.slice(0, -1),
    ...(all === true ? ['active', 'template'] : []),
    ...(counts === true ? ['leads', 'contacts'] : []),
    'id',
  ];
}

async function* shown(campaigns: AsyncIterable<Campaign>, all: boolean, hidden: Hidden): AsyncGenerator<Campaign> {
  for await (const campaign of campaigns) {
    if (all || (campaign.isActive && !campaign.isTemplate)) yield campaign;
    else if (campaign.isTemplate) hidden.templates += 1;
    else hidden.inactive += 1;
  }
}

type CountedCampaign = Campaign & { readonly leads?: number; readonly contacts?: number };

async function* withCounts(
  { dataverse, clock }: Pick<Overview, 'dataverse' | 'clock'>,
  campaigns: AsyncIterable<Campaign>,
): AsyncGenerator<CountedCampaign> {
  const { identityOf, WHO_AM_I } = await import('../../campaign/open-campaign.ts');
  const { countPeople, readOverview } = await import('../../campaign/overview.ts');
  const all: Campaign[] = [];
  for await (const campaign of campaigns) all.push(campaign);
  // The derived ids recognize lists that dyncamp made even after a rename.
  const [whoAmI] = await dataverse.batch([WHO_AM_I]);
  const { organizationId } = identityOf(whoAmI, undefined);
  for (const overview of await readOverview({ dataverse, clock, organizationId, campaigns: all })) {
    const { lead: leads, contact: contacts } = countPeople(overview);
    yield { ...overview.facts.campaign, leads, contacts };
  }
}

/** The JSON keys are part of the interface: those of the columns. */
async function* rowsOf(
  campaigns: AsyncIterable<CountedCampaign>,
  columns: readonly string[],
  { isTable }: Listing,
): AsyncGenerator<object> {
  for await (const campaign of campaigns) {
    const row: Record<string, unknown> = {
      ...campaign,
      status: isTable ? statusShown(campaign) : campaign.status,
      start: dateOf(campaign.start),
      end: dateOf(campaign.end),
      active: campaign.isActive,
      template: campaign.isTemplate,
    };
    yield Object.fromEntries(columns.map((column) => [column, row[column]]));
  }
}

function statusShown({ status, isActive, isTemplate }: Campaign): string {
  const state = isActive || status === INACTIVE ? status : `${status}, ${INACTIVE}`;
  return isTemplate ? `${state}, template` : state;
}

/** The label of the one status of inactive campaigns, as Dynamics comes. */
const INACTIVE = 'Inactive';

/** proposedstart and its siblings are dates; the Web API writes some as moments. */
const dateOf = (text: string): string => text.slice(0, 10);

async function reportHidden(context: Context, { inactive, templates }: Hidden): Promise<void> {
  const parts = [
    ...(inactive > 0 ? [`${inactive} inactive`] : []),
    ...(templates > 0 ? [plural(templates, 'template')] : []),
  ];
  if (parts.length === 0) return;
  await notice(
    context.terminal,
    'HIDDEN',
    `Not shown, because people cannot be added to them: ${parts.join(', ')}. --all shows them.`,
  );
}

async function reportNothing(context: Context, options: CampaignsListOptions, origin: string): Promise<void> {
  const what =
    options.search === undefined ? 'No campaign' : `No campaign with "${options.search}" in its name or code`;
  await notice(
    context.terminal,
    'NOTHING',
    `${what} to show in ${origin}.`,
    'Check that the campaign is active in Dynamics and that you may read campaigns: `dyncamp sync check`.',
  );
}
