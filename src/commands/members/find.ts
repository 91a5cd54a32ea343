/** `dyncamp members find PERSON`: which campaigns a person is in. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { addListingOptions, type ListingOptions } from '../columns-option.ts';

export type MembersFindOptions = ListingOptions;
export type MembersFindRequest = { readonly person: string; readonly options: MembersFindOptions };
export type MembersFindRun = (context: Context, request: MembersFindRequest) => Promise<number>;

const AFTER = `
Found are all records of the person, as remove finds them: inactive ones,
survivors of merges, the contact of a qualified lead and the leads of a contact.
Campaigns that reach people through dynamic lists are not found.

Examples:
  $ dyncamp members find kim@example.com
  $ dyncamp members find contact:7c6f9a52-1f0b-4c55-9d0e-2b1a6b0c1d11
  $ dyncamp members find kim@example.com -o jsonl --columns campaign,since`;

export function defineMembersFind(parent: Command, context: Context, run: MembersFindRun = membersFindRun): void {
  const command = parent
    .command('find')
    .description('List the campaigns a person is in')
    .argument('<person>', 'lead:GUID, contact:GUID, a GUID or an e-mail address');
  addListingOptions(command)
    .addHelpText('after', AFTER)
    .action(async (person: string, options: MembersFindOptions) =>
      context.endWith(await run(context, { person, options })),
    );
}

export async function membersFindRun(context: Context, request: MembersFindRequest): Promise<number> {
  const { findPersonsCampaigns } = await import('./find-campaigns.ts');
  return findPersonsCampaigns(context, request);
}
