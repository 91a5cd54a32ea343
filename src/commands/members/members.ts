/** `dyncamp members`: who is in a campaign, and in which campaigns a person is. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { defineMembersFind } from './find.ts';
import { defineMembersList } from './list.ts';

export function defineMembers(parent: Command, context: Context): void {
  const members = parent.command('members').description('Who is in a campaign, and which campaigns a person is in');
  defineMembersList(members, context);
  defineMembersFind(members, context);
}
