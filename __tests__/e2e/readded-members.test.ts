/**
 * U23 `same`: somebody whom dyncamp put in, and whom another user took out and put in again, stands there with the id of the old row. That
 * addition is not ours, whatever the journal knows of the row's id.
 */
import { ownListId } from '../../src/campaign/ids.ts';
import { MARKETO, MARKETO_NAME, useCampaignCli } from '../support/campaign-cli.ts';
import { itUnder, members, peopleOn } from '../support/emulator.ts';

const DAY_MS = 24 * 60 * 60_000;

let ahead = 0;
const cli = useCampaignCli({ seed: 'default', now: () => new Date(Date.now() + ahead) });

/** dyncamp put Anna and Bert on `list`; a day later another user took Bert out and put him in again. */
async function campaignWithBertReadded(list?: string) {
  const campaign = list ?? (await cli.make.campaign());
  const [anna, bert] = [`anna@${campaign}.example`, `bert@${campaign}.example`];
  const annaId = await cli.make.lead({ emailaddress1: anna });
  const bertId = await cli.make.lead({ emailaddress1: bert });
  expect((await cli.change(['add', campaign, anna, bert])).told).toHaveLength(2);
  const listId = String((await cli.ownLists(campaign))[0]?.listid);
  const rowOfBert = async () =>
    (await cli.api.rows(`listmembers?$filter=_listid_value eq ${listId} and _entityid_value eq ${bertId}`))[0];
  const before = await rowOfBert();
  ahead += DAY_MS;
  const gone = await cli.api.post('RemoveListMembersList', members(listId, 'lead', [bertId]), {
    Authorization: MARKETO,
  });
  expect(gone.status).toBe(204);
  await cli.putOn(listId, 'lead', [bertId]);
  expect((await rowOfBert())?.listmemberid).toBe(before?.listmemberid);
  return { campaign, anna, bert, annaId, bertId, listId };
}

beforeEach(() => cli.api.switch({ readdedMemberId: 'same' }));

describe('a member whom others put in again under the old row id (U23: same)', () => {
  itUnder({ memberCreator: 'caller' })('is not taken out by remove, which names who put them in', async () => {
    const { campaign, anna, bert } = await campaignWithBertReadded();
    const removed = await cli.outcomes(['remove', campaign, anna, bert]);
    expect(removed.rows).toMatchObject([{ outcome: 'removed' }, { outcome: 'added-by-other', addedBy: MARKETO_NAME }]);
    expect(removed.told).toEqual([`removed lead ${anna}`]);
    expect(await cli.peopleIn(campaign)).toEqual([bert]);
  });

  itUnder({ memberCreator: 'caller' })('is left alone by apply, and counted among those of others', async () => {
    const { campaign, anna, bert } = await campaignWithBertReadded();
    const carl = `carl@${campaign}.example`;
    await cli.make.lead({ emailaddress1: carl });
    const applied = await cli.change(['apply', campaign, '-f', cli.file('wanted.txt', `${carl}\n`)]);
    expect(applied.told).toEqual([`added lead ${carl}`, `removed lead ${anna}`]);
    expect(applied.stderr).toContain(`1 by ${MARKETO_NAME}`);
    expect(await cli.peopleIn(campaign)).toEqual([bert, carl]);
  });

  it('is not moved when sync repair merges two lists', async () => {
    const campaign = await cli.make.campaign();
    const old = await cli.make.leadList({ listname: `Mkto-leads-${campaign}` });
    await cli.link(old, campaign);
    const { annaId, bertId, listId } = await campaignWithBertReadded(campaign);
    expect(listId).toBe(old);
    const kept = ownListId(cli.api.emulator().organizationId, campaign, 'lead');
    await cli.make.leadList({ listid: kept, listname: `Mkto-leads-${campaign}` });
    await cli.link(kept, campaign);
    const repaired = await cli.run(['sync', 'repair', `id:${campaign}`, '--yes']);
    expect(repaired).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('1 moved, 1 added by others stay on it'),
    });
    expect([await peopleOn(cli.api, kept), await peopleOn(cli.api, old)]).toEqual([[annaId], [bertId]]);
  });
});
