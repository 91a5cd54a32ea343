/** `dyncamp __campaigns`, hidden: the names that a shell offers for CAMPAIGN. Silent whatever goes wrong, and quick or nothing. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';

export type CampaignNamesRun = (context: Context) => Promise<void>;

/** Somebody waits at the prompt for it. */
const PATIENCE_MS = 2_000;

export function defineCampaignNames(parent: Command, context: Context, run: CampaignNamesRun = campaignNamesRun): void {
  parent.command('__campaigns', { hidden: true }).action(() => run(context));
}

export async function campaignNamesRun(context: Context): Promise<void> {
  const { printCampaignNames } = await import('./print-campaign-names.ts');
  const ended = new AbortController();
  const tooLong = context.clock.sleep(PATIENCE_MS, ended.signal);
  await Promise.race([printCampaignNames(context), tooLong]).catch(() => undefined);
  ended.abort();
  await tooLong.catch(() => undefined);
}
