/** What `members` says beside its rows. */
import type { ListsOfCampaign } from '../../membership/members/campaign-members.ts';
import { blindSpots, type Depth } from '../../membership/privileges.ts';
import { notice, warn } from '../../terminal/report-error.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { plural } from '../tally.ts';
import type { Counts } from './list-members.ts';

/** A listing is no reason to stop; but who reads it should know that rows may be missing. */
export async function sayBlindSpots(terminal: Terminal, depths: ReadonlyMap<string, Depth> | undefined): Promise<void> {
  if (depths === undefined) return;
  const spots = blindSpots(depths).map(({ privilege, depth }) => `${privilege.table} (${privilege.name}: ${depth})`);
  if (spots.length === 0) return;
  await warn(terminal, 'PARTIAL_VIEW', `You do not see every row of ${spots.join(', ')}: people may be missing here.`);
}

export async function sayCounts(terminal: Terminal, { leads, contacts, throughOther }: Counts): Promise<void> {
  const other = throughOther === 0 ? '' : `, ${throughOther} of them through other lists`;
  const said =
    leads + contacts === 0 ? 'Nobody is in the campaign' : `${plural(leads, 'lead')}, ${plural(contacts, 'contact')}`;
  await notice(terminal, 'MEMBERS', `${said}${other}.`);
}

export async function sayNotListed(
  terminal: Terminal,
  { dynamic, ofAccounts, detached }: ListsOfCampaign,
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
      'Link it again: `dyncamp sync repair CAMPAIGN`.',
    );
}

const named = (lists: readonly { readonly id: string; readonly name: string }[]): string =>
  lists.map((list) => `"${list.name}" (${list.id})`).join(', ');
