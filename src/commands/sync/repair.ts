/** `dyncamp sync repair CAMPAIGN`: puts right what `sync check` finds and can be put right; asks first. */
import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { commaList } from '../options.ts';
import { addOutputOptions, type OutputOptions } from '../output-options.ts';

export type SyncRepairOptions = OutputOptions & {
  /** Campaigns that an own list may be taken off. Not implied by --yes. */
  readonly unlinkFrom?: readonly string[] | undefined;
  /** Not implied by --yes. */
  readonly unlock?: boolean | undefined;
  readonly addedBy?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
};
export type SyncRepairRequest = { readonly campaign: string; readonly options: SyncRepairOptions };
export type SyncRepairRun = (context: Context, request: SyncRepairRequest) => Promise<number>;

const AFTER = `
Links a detached own list again, renames a renamed one, merges doubled ones
(moving only members that flow actions added), activates an inactive one, gives
a copied campaign a pair of its own. Each step is shown and asked, written, and
read back; what it takes to undo it is printed. Ends with 10 when something is
left that it cannot put right.

Examples:
  $ dyncamp sync repair "Roadshow"
  $ dyncamp sync repair "Trade Fair Berlin" --unlock --yes
  $ dyncamp sync repair "Product Day" --unlink-from "Product Day Copy"`;

export function defineSyncRepair(parent: Command, context: Context, run: SyncRepairRun = syncRepairRun): void {
  const command = parent
    .command('repair')
    .description("Put a campaign's own lists in order, step by step")
    .argument('<campaign>', 'id, code or name')
    .option('--unlink-from <campaigns>', 'take own lists off these other campaigns (comma between)', commaList)
    .option('--unlock', 'unlock own lists that are locked')
    .option('--added-by <users>', 'whose members a merge moves too: anyone, or ids of users', commaList)
    .option('--dry-run', 'show the steps, write nothing')
    .option('--yes', 'do not ask before each step');
  addOutputOptions(command)
    .addHelpText('after', AFTER)
    .action(async (campaign: string, options: SyncRepairOptions) =>
      context.endWith(await run(context, { campaign, options })),
    );
}

export async function syncRepairRun(context: Context, request: SyncRepairRequest): Promise<number> {
  const { runSyncRepair } = await import('./run-sync-repair.ts');
  return runSyncRepair(context, request);
}
