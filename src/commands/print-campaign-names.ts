/** The names of the campaigns that people can be added to, one per line. */
import type { Context } from '../context.ts';
import { readCampaigns } from '../membership/read-campaigns.ts';
import { resolveConnection } from '../settings/settings.ts';
import { safeText } from '../terminal/safe-text.ts';

export async function printCampaignNames(context: Context): Promise<void> {
  const { env, options, openProfiles } = context;
  // The shell takes stdout and hides stderr, yet it is a person who pressed the key: the profile in use counts.
  const settings = await resolveConnection({ env, profile: options.profile, isAttended: true, openProfiles });
  const { dataverse } = await context.openDataverse({ settings });
  const names = new Set<string>();
  for await (const { name, isActive, isTemplate } of readCampaigns(dataverse, undefined)) {
    // A name that cannot be shown as it is cannot be completed either.
    if (isActive && !isTemplate && safeText(name) === name) names.add(name);
  }
  if (names.size > 0) await context.terminal.stdout.write(`${[...names].join('\n')}\n`);
}
