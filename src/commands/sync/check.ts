/** `dyncamp sync check [CAMPAIGN]`: the counterpart of Marketo's "Validate Sync". */
import { type Command, Option } from 'commander';
import type { Context } from '../../context.ts';
import { addOutputOptions, type OutputOptions } from '../output-options.ts';

export type SyncCheckCommandOptions = OutputOptions & {
  /** What no document settles, as this organization answers it. */
  readonly deep?: boolean | undefined;
  /** Print what to ask the administrator for, and check nothing. */
  readonly request?: boolean | undefined;
};

export type SyncCheckRequest = {
  /** Undefined: every active campaign that has own lists. */
  readonly campaign: string | undefined;
  readonly options: SyncCheckCommandOptions;
};
export type SyncCheckRun = (context: Context, request: SyncCheckRequest) => Promise<number>;

const AFTER = `
CAMPAIGN is an id, a code or a name; without it every active campaign with own
lists is checked.
Only reads. Ends with 10 when there is a problem, with 0 otherwise, warnings
included.

Examples:
  $ dyncamp sync check
  $ dyncamp sync check "Spring Launch"
  $ dyncamp sync check -o jsonl | jq 'select(.status != "ok")'
  $ dyncamp sync check --request > ask-the-administrator.txt`;

export function defineSyncCheck(parent: Command, context: Context, run: SyncCheckRun = syncCheckRun): void {
  const command = parent
    .command('check')
    .description('Check that campaign sync works, and say what to do where it does not')
    .argument('[campaign]', 'id, code or name')
    .option('--deep', 'also how this organization answers what no document settles (reads only)')
    .addOption(
      new Option('--request', 'print what to ask the administrator for: app, user, exact privileges').conflicts([
        'deep',
        'output',
        'json',
      ]),
    );
  addOutputOptions(command)
    .addHelpText('after', AFTER)
    .action(async (campaign: string | undefined, options: SyncCheckCommandOptions) =>
      context.endWith(await run(context, { campaign, options })),
    );
}

export async function syncCheckRun(context: Context, request: SyncCheckRequest): Promise<number> {
  if (request.options.request === true) {
    const { printAccessRequest } = await import('./access-request.ts');
    return printAccessRequest(context);
  }
  const { runSyncCheck } = await import('./run-sync-check.ts');
  return runSyncCheck(context, request);
}
