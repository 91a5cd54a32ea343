/** `dyncamp profiles list`. */
import type { Command } from 'commander';
import type { Context } from '../../run/context.ts';
import { EMULATOR_PROFILE } from '../../settings/settings.ts';
import { writeRows } from '../../terminal/output.ts';
import { addListingOptions, type ListingOptions, openListing } from '../listing.ts';

const AFTER = `
Examples:
  $ dyncamp profiles list
  $ dyncamp profiles list --json
  $ dyncamp profiles list -o csv`;

export function define(command: Command, context: Context): void {
  addListingOptions(command, COLUMNS)
    .addHelpText('after', AFTER)
    .action((options: ListingOptions) => listProfiles(context, options));
}

const COLUMNS = ['name', 'url', 'signIn', 'inUse', 'organizationId'];

const LAYOUT = { leastFirst: ['organizationId', 'signIn', 'inUse'], mayCut: [] };

async function listProfiles(context: Context, options: ListingOptions): Promise<void> {
  const listing = openListing(context.terminal, options, COLUMNS);
  const store = await context.openProfiles();
  const inUse = (name: string): boolean | string => {
    const isUsed = store.inUse() === name;
    const word = isUsed ? 'yes' : '';
    return listing.isTable ? word : isUsed;
  };
  const stored = store.names().map((name) => {
    const { url, signIn, organizationId } = store.profile(name);
    return { name, url, signIn: signIn.kind, inUse: inUse(name), organizationId: organizationId ?? null };
  });
  const builtIn = {
    name: EMULATOR_PROFILE,
    url: 'built in',
    signIn: 'none',
    inUse: inUse(EMULATOR_PROFILE),
    organizationId: null,
  };
  await writeRows(context.terminal, { rows: [...stored, builtIn], ...listing.shown(), layout: LAYOUT });
}
