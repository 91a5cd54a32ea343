/** What the organization holds after a run, read by itself: no code of the client, no late read, no switch in between. */
import { type Api, type Json, USUAL } from '../../support/emulator.ts';

export type Truth = {
  /** Lists linked to the campaign, by name. */
  readonly lists: readonly { readonly id: string; readonly name: string; readonly code: number }[];
  /** Person ids of all rows on those lists, sorted; somebody twice is there twice. */
  readonly people: readonly string[];
  /** Rows, by person. */
  readonly rows: readonly Json[];
};

const TABLES = ['listmembers', 'lists', 'campaigns', 'leads', 'contacts', 'campaignitems'];
/** More than any switch or fault of these tests keeps reads late. */
const READS_UNTIL_NOTHING_IS_LATE = 5;

export async function truthOf(api: Api, campaignId: string): Promise<Truth> {
  for (let read = 0; read < READS_UNTIL_NOTHING_IS_LATE; read += 1)
    await Promise.all(TABLES.map((table) => api.get(`${table}?$top=1`)));
  const linked = await api.rows(`campaigns(${campaignId})/campaignlist_association?$select=listname,createdfromcode`);
  const lists = linked.map((row) => ({
    id: String(row.listid),
    name: String(row.listname),
    code: Number(row.createdfromcode),
  }));
  const rows = (await Promise.all(lists.map((list) => membersOf(api, list.id)))).flat();
  const ids = rows.map((row) => String(row._entityid_value)).sort();
  // Under `npm run unsettled`: where reads are late and an addition of somebody who is in makes a second row, no client can avoid it.
  const people = 'addExistingMember' in USUAL && 'readAfterWrite' in USUAL ? [...new Set(ids)] : ids;
  return { lists: lists.sort((a, b) => a.name.localeCompare(b.name)), people, rows };
}

export function membersOf(api: Api, listId: string): Promise<Json[]> {
  return api.rows(`listmembers?$filter=_listid_value eq ${listId}`);
}

export async function leadsWith(api: Api, email: string): Promise<Json[]> {
  return api.rows(`leads?$select=emailaddress1,_campaignid_value&$filter=emailaddress1 eq '${email}'`);
}
