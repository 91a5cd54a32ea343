/** Finds the campaign that the user named, by id, code or name. Inactive ones and templates count only when nothing else matches. */

import { contains, eq, type Filter, odataGuid, odataString, or, query } from '../dataverse/odata-query.ts';
import type { Dataverse, Read } from '../dataverse/operation.ts';
import { readRows, rowsOf } from '../dataverse/reads.ts';
import { CAMPAIGN_COLUMNS, type Campaign, campaignFromRow } from '../dataverse/wire.ts';
import { CampaignError } from '../errors.ts';
import { parseGuid } from '../guid.ts';
import type { JsonObject } from '../json.ts';
import { inEachCase, namedBy, nearest } from '../text.ts';

/** Without `id:`, `code:` or `name:` all three are tried. */
type CampaignRef = { readonly text: string; readonly by: 'id' | 'code' | 'name' | 'any' };

const MAX_CANDIDATES = 50;
/** Names read for "did you mean". */
const MAX_NEAR = 200;

/** A campaign's name has 128 characters as Dynamics comes, its code 32; what is much longer would not fit into a query either. */
const LONGEST_NAME = 1000;

export function parseCampaignRef(text: string): CampaignRef {
  const match = /^(id|code|name):(.*)$/is.exec(text.trim());
  const kind = match?.[1]?.toLowerCase();
  const rest = (match?.[2] ?? text).trim();
  if (kind === 'id' || kind === 'code' || kind === 'name') return { text: rest, by: kind };
  return { text: text.trim(), by: 'any' };
}

export function campaignSearch(ref: CampaignRef): Read {
  const path = query('campaigns', { select: CAMPAIGN_COLUMNS, filter: filterOf(ref), top: MAX_CANDIDATES });
  return readRows(path, 'campaignid');
}

function filterOf({ text, by }: CampaignRef): Filter {
  refuseTooLong(text);
  const id = parseGuid(text);
  if (by === 'id' && id === undefined)
    throw new CampaignError('CAMPAIGN_NOT_FOUND', `"${text}" is not a campaign id.`, {
      hint: 'An id is a GUID: `dyncamp campaigns list` shows them.',
    });
  // The language of the organization is not known yet.
  const texts = /[iıİ]/iu.test(text) ? inEachCase(text) : [text];
  const filters = [
    ...(id !== undefined && (by === 'id' || by === 'any') ? [eq('campaignid', odataGuid(id))] : []),
    ...(by === 'code' || by === 'any' ? texts.map((each) => eq('codename', odataString(each))) : []),
    ...(by === 'name' || by === 'any' ? texts.map((each) => eq('name', odataString(each))) : []),
  ];
  return or(...filters);
}

function refuseTooLong(text: string): void {
  if (text.length <= LONGEST_NAME) return;
  const length = `it has ${text.length} characters, and a name has ${LONGEST_NAME} at most`;
  throw new CampaignError('CAMPAIGN_NOT_FOUND', `"${text.slice(0, 80)}…" names no campaign: ${length}.`, {
    hint: '`dyncamp campaigns list` shows the campaigns.',
  });
}

export async function findOneCampaign(dataverse: Dataverse, text: string): Promise<Campaign> {
  const ref = parseCampaignRef(text);
  const [found] = await dataverse.batch([campaignSearch(ref)]);
  return chooseCampaign(dataverse, ref, rowsOf(found));
}

/** Throws CampaignError when none or several match; the message lists candidates. */
export async function chooseCampaign(
  dataverse: Dataverse,
  ref: CampaignRef,
  rows: readonly JsonObject[],
): Promise<Campaign> {
  const found = rows.map(campaignFromRow);
  const named = namedBy(found, ref.text, (campaign) => namesOf(campaign, ref));
  const usable = named.filter((campaign) => campaign.isActive && !campaign.isTemplate);
  const candidates = usable.length > 0 ? usable : named;
  const [campaign] = candidates;
  if (campaign === undefined) throw await notFound(dataverse, ref, found[0]);
  if (candidates.length > 1) {
    const shown = candidates.map(describeCampaign).join('\n');
    throw new CampaignError('CAMPAIGN_AMBIGUOUS', `"${ref.text}" matches ${candidates.length} campaigns:\n${shown}`, {
      hint: hintToChoose(candidates, campaign),
    });
  }
  return campaign;
}

/** By the code, where it is one word that says which one is meant. */
function hintToChoose(candidates: readonly Campaign[], { id, code }: Campaign): string {
  const codes = new Set(candidates.map((each) => each.code.toLowerCase()));
  return /^\S+$/.test(code) && codes.size === candidates.length
    ? `Name one by its code, for example code:${code}.`
    : `Name one by its id, for example id:${id}.`;
}

/** The names that the text may be; an id is compared as one. */
function namesOf({ id, code, name }: Campaign, { text, by }: CampaignRef): readonly string[] {
  if ((by === 'any' || by === 'id') && parseGuid(text) === id) return [text];
  return [...(by === 'name' ? [] : [code]), ...(by === 'code' ? [] : [name])];
}

function describeCampaign(campaign: Campaign): string {
  const code = campaign.code === '' ? '' : `, code ${campaign.code}`;
  const state = campaign.isActive ? campaign.status : 'inactive';
  return `  "${campaign.name}" (${campaign.id}${code}, ${state}${campaign.isTemplate ? ', template' : ''})`;
}

const FILE_NAME = /\.(csv|tsv|txt|jsonl?|xlsx?)$/i;

/** `alike`: what Dynamics takes for equal, although it is written otherwise. */
async function notFound(dataverse: Dataverse, ref: CampaignRef, alike: Campaign | undefined): Promise<CampaignError> {
  const near = (ref.by === 'code' ? alike?.code : alike?.name) ?? (await nearCampaign(dataverse, ref));
  const look = FILE_NAME.test(ref.text)
    ? 'That is the name of a file: name the campaign first, and the file with -f.'
    : '`dyncamp campaigns list --all` shows the campaigns that you can read.';
  const hint = near === undefined ? look : `Did you mean "${near}"? \`dyncamp campaigns list\` shows all.`;
  return new CampaignError(
    'CAMPAIGN_NOT_FOUND',
    `No campaign has the ${ref.by === 'any' ? 'id, code or name' : ref.by} "${ref.text}", or you may not read it.`,
    { hint },
  );
}

async function nearCampaign(dataverse: Dataverse, ref: CampaignRef): Promise<string | undefined> {
  const path = query('campaigns', {
    select: ['name', 'codename'],
    filter: eq('statecode', 0),
    orderby: ['createdon desc'],
    top: MAX_NEAR,
  });
  const [result] = await dataverse.batch([readRows(path, 'campaignid')]);
  const campaigns = rowsOf(result).map(campaignFromRow);
  const names = campaigns.flatMap(({ name, code }) => [name, code]).filter((name) => name !== '');
  return nearest(ref.text, names) ?? names.find((name) => name.toLowerCase().includes(ref.text.toLowerCase()));
}

/** For `campaigns list`: every campaign, or those whose name or code contains a text. */
export function campaignsRead(search: string | undefined): Read {
  if (search !== undefined) refuseTooLong(search);
  const filter = search === undefined ? undefined : or(contains('name', search), contains('codename', search));
  return readRows(query('campaigns', { select: CAMPAIGN_COLUMNS, filter, orderby: ['name'] }), 'campaignid');
}

export async function* readCampaigns(dataverse: Dataverse, search: string | undefined): AsyncGenerator<Campaign> {
  for await (const page of dataverse.pages(campaignsRead(search))) yield* page.map(campaignFromRow);
}
