/** `dyncamp campaigns`: which campaigns there are. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { defineCampaignsList } from './list.ts';

export function defineCampaigns(parent: Command, context: Context): void {
  const campaigns = parent.command('campaigns').description('The campaigns people can be added to');
  defineCampaignsList(campaigns, context);
}
