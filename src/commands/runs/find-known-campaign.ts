/** A campaign as the journal knows it, found without asking Dynamics: by id, by any name it had when a run worked on it, by code. */
import { parseCampaignRef } from '../../campaign/find.ts';
import { CampaignError } from '../../errors.ts';
import type { Journal } from '../../journal/journal.ts';
import { nearest } from '../../text.ts';

type KnownCampaign = { readonly id: string; readonly names: ReadonlySet<string> };

/** Gives the id. Throws CampaignError when no run of this machine worked on such a campaign, or several campaigns are meant. */
export function findKnownCampaign(journal: Pick<Journal, 'runs' | 'events'>, text: string): string {
  const ref = parseCampaignRef(text);
  const wanted = ref.text.toLowerCase();
  const known = knownCampaigns(journal);
  const isNamed = ({ names }: KnownCampaign): boolean => [...names].some((name) => name.toLowerCase() === wanted);
  const found = known.filter(
    (campaign) =>
      (ref.by === 'any' || ref.by === 'id' ? campaign.id === wanted.replace(/^\{(.*)\}$/, '$1') : false) ||
      (ref.by === 'any' || ref.by === 'name' ? isNamed(campaign) : false) ||
      (ref.by === 'any' || ref.by === 'code' ? codeOf(journal, campaign.id) === wanted : false),
  );
  const [campaign] = found;
  if (campaign === undefined) throw notFound(ref.text, known);
  if (found.length > 1) {
    const ids = found.map(({ id }) => `id:${id}`).join(', ');
    throw new CampaignError('CAMPAIGN_AMBIGUOUS', `"${ref.text}" matches ${found.length} campaigns in the journal.`, {
      hint: `Name one by its id: ${ids}.`,
    });
  }
  return campaign.id;
}

function knownCampaigns(journal: Pick<Journal, 'runs'>): readonly KnownCampaign[] {
  const names = new Map<string, Set<string>>();
  for (const { campaignId, campaignName } of journal.runs()) {
    names.set(campaignId, (names.get(campaignId) ?? new Set()).add(campaignName));
  }
  return [...names].map(([id, ofId]) => ({ id, names: ofId }));
}

/** Runs do not hold the code, events do. */
function codeOf(journal: Pick<Journal, 'events'>, campaignId: string): string | undefined {
  const [first] = journal.events({ campaignId });
  return first === undefined ? undefined : first.campaign.code.toLowerCase();
}

function notFound(text: string, known: readonly KnownCampaign[]): CampaignError {
  const near = nearest(
    text,
    known.flatMap(({ names }) => [...names]),
  );
  const meant = near === undefined ? '' : `Did you mean "${near}"? `;
  return new CampaignError('CAMPAIGN_NOT_FOUND', `There is no run on a campaign "${text}" on this machine.`, {
    hint: `${meant}\`dyncamp runs list\` shows the campaigns of past runs.`,
  });
}
