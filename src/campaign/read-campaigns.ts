import type { Dataverse } from '../dataverse/operation.ts';
import type { Campaign } from '../dataverse/wire.ts';
import { campaignFromRow } from '../dataverse/wire.ts';
import { campaignsRead } from './find.ts';

/** All campaigns that may be read, by name; with a text, those whose name or code contains it. */
export async function* readCampaigns(dataverse: Dataverse, search: string | undefined): AsyncGenerator<Campaign> {
  for await (const page of dataverse.pages(campaignsRead(search))) yield* page.map(campaignFromRow);
}
