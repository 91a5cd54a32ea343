/** `dyncamp members list CAMPAIGN`: who is in, since when, added by whom, through which list. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { addListingOptions, type ListingOptions } from '../columns-option.ts';

export type MembersListOptions = ListingOptions;
export type MembersListRequest = { readonly campaign: string; readonly options: MembersListOptions };
export type MembersListRun = (context: Context, request: MembersListRequest) => Promise<number>;

const AFTER = `
People come through the campaign's own lists, which add and remove work on, and
through other static lists that are linked to it ("through": own or other). Who
is on two lists is listed twice. Members of dynamic lists are not listed.

Examples:
  $ dyncamp members list "Spring Launch"
  $ dyncamp members list code:SPRING-26 -o csv > members.csv
  $ dyncamp members list "Spring Launch" -o json | jq 'map(.email)'`;

export function defineMembersList(parent: Command, context: Context, run: MembersListRun = membersListRun): void {
  const command = parent
    .command('list')
    .description('List the people in a campaign')
    .argument('<campaign>', 'id, code or name');
  addListingOptions(command)
    .addHelpText('after', AFTER)
    .action(async (campaign: string, options: MembersListOptions) =>
      context.endWith(await run(context, { campaign, options })),
    );
}

export async function membersListRun(context: Context, request: MembersListRequest): Promise<number> {
  const { listMembers } = await import('./list-members.ts');
  return listMembers(context, request);
}
