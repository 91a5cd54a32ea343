/** `dyncamp campaigns list`: what Marketo's picker shows, and why the rest is not there. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { addListingOptions, type ListingOptions } from '../columns-option.ts';

export type CampaignsListOptions = ListingOptions & {
  /** Inactive campaigns and templates too. */
  readonly all?: boolean | undefined;
  readonly search?: string | undefined;
  /** People on the own lists of each. */
  readonly counts?: boolean | undefined;
};

export type CampaignsListRun = (context: Context, options: CampaignsListOptions) => Promise<number>;

const AFTER = `
Examples:
  $ dyncamp campaigns list
  $ dyncamp campaigns list --search spring --counts
  $ dyncamp campaigns list --all -o json | jq '.[] | select(.active|not).name'`;

export function defineCampaignsList(parent: Command, context: Context, run: CampaignsListRun = campaignsListRun): void {
  const command = parent
    .command('list')
    .description('List the campaigns people can be added to')
    .option('--all', 'inactive campaigns and templates too')
    .option('--search <text>', 'only campaigns whose name or code contains this text')
    .option('--counts', 'how many leads and contacts are on the own lists of each');
  addListingOptions(command)
    .addHelpText('after', AFTER)
    .action(async (options: CampaignsListOptions) => context.endWith(await run(context, options)));
}

export async function campaignsListRun(context: Context, options: CampaignsListOptions): Promise<number> {
  const { listCampaigns } = await import('./list-campaigns.ts');
  return listCampaigns(context, options);
}
