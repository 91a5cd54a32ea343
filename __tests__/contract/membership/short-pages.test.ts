/** A service that answers fewer rows per page than anybody asked for: nothing is taken for the whole that has a next page. */
import { randomUUID } from 'node:crypto';
import { readCampaigns } from '../../../src/campaign/find.ts';
import { countPeople, readOverview } from '../../../src/campaign/overview.ts';
import { readMemberships } from '../../../src/campaign/read-memberships.ts';
import type { Campaign } from '../../../src/dataverse/wire.ts';
import { campaignMembers } from '../../../src/people/members/campaign-members.ts';
import { findMemberships } from '../../../src/people/members/find-memberships.ts';
import { crm, members } from '../../support/emulator.ts';
import { beginAndDie, campaignWithList, intentFor, told } from './dead-runs.ts';
import { byEmail, byId, leadRows, type Rig } from './harness.ts';
import { membersOf, truthOf } from './truth.ts';
import { useRigs } from './use-rigs.ts';

const { api, make, rigWith } = useRigs();
let rig: Rig;
beforeEach(() => {
  rig = rigWith();
});

const shortPages = (pageSize: number) => api.emulator().admin.setConditions({ pageSize });
const wholePages = () => shortPages(5000);
const MANY = 20;
const PAGE = 7;

const makeLeads = (count: number) =>
  Promise.all(Array.from({ length: count }, () => make.lead({ emailaddress1: `${randomUUID()}@x.example` })));

describe('short pages', () => {
  it('of the read that confirms removals do not make removed who is still in', async () => {
    const { campaign, list, first } = await campaignWithList({ api, make }, rig);
    const leads = [first, ...(await makeLeads(MANY - 1))];
    const rows = leadRows(leads);
    await rig.add(campaign, rows);
    shortPages(PAGE);
    const match = { operation: 'RemoveListMembersList', inBatch: true };
    api.emulator().admin.addFaults([{ match, times: 1, effect: { kind: 'status', status: 503, html: true } }]);
    const result = await rig.remove(campaign, rows);
    wholePages();
    expect(await membersOf(api, list.id)).toEqual([]);
    expect(told(result).toSorted()).toEqual(leads.map((lead) => `removed ${lead}`).toSorted());
  });

  it('of a recovery lose no addition of a run that was killed', async () => {
    const { campaign, list } = await campaignWithList({ api, make }, rig);
    const leads = await makeLeads(MANY);
    const intents = leads.map((lead) => intentFor(lead, list, { kind: 'add' }));
    await beginAndDie(rig, campaign, intents);
    await api.post('AddListMembersList', members(list.id, 'lead', leads));
    rig.clock.advance(6 * 60_000);
    shortPages(PAGE);
    const result = await rig.add(campaign, []);
    expect(told(result).toSorted()).toEqual(leads.map((lead) => `added ${lead}`).toSorted());
    expect(rig.journal().openIntents(campaign)).toEqual([]);
  });

  it.each([1, 2, 3])('of %d change nothing of what an addition and a removal do', async (pageSize) => {
    shortPages(pageSize);
    const campaign = await make.campaign();
    const foreign = [await make.leadList(), await make.leadList(), await make.leadList()];
    const Campaign = crm('campaign', campaign);
    for (const list of foreign) await api.post(`lists(${list})/Microsoft.Dynamics.CRM.AddItemCampaign`, { Campaign });
    const [leads, newcomer] = [await makeLeads(5), `${randomUUID()}@x.example`];
    const rows = [...leads.map((lead) => byId(lead)), byEmail(newcomer, { lastname: 'New' })];
    const added = await rig.add(campaign, rows);
    expect(added.names).toEqual(Array(6).fill('added'));
    expect((await rig.add(campaign, rows)).names).toEqual(Array(6).fill('already-member'));
    const removed = await rig.remove(campaign, rows);
    expect(removed.names).toEqual(Array(6).fill('removed'));
    expect([added.events.length, removed.events.length]).toEqual([7, 6]);
    wholePages();
    const truth = await truthOf(api, campaign);
    expect(truth.people).toEqual([]);
    expect(truth.lists.filter(({ name }) => name.startsWith('Mkto-'))).toHaveLength(1);
  });

  it.each(['works', 'refused', 'fetchxml-too'] as const)(
    'hide nobody where In on entityid %s',
    async (inOnEntityId) => {
      api.switch({ inOnEntityId });
      const { campaign, list, first } = await campaignWithList({ api, make }, rig);
      const leads = [first, ...(await makeLeads(9))];
      await rig.add(campaign, leadRows(leads));
      shortPages(2);
      const found = await readMemberships((await rig.open(campaign)).access, [list.id], leads);
      expect(found.map(({ personId }) => personId).toSorted()).toEqual(leads.toSorted());
    },
  );

  it.each(['works', 'refused'] as const)(
    'hide nobody from the lists of people where the join %s',
    async (outerJoin) => {
      api.switch({ outerJoin });
      const { campaign, list, first } = await campaignWithList({ api, make }, rig);
      const leads = [first, ...(await makeLeads(6))];
      await rig.add(campaign, leadRows(leads));
      shortPages(3);
      const { access } = await rig.open(campaign);
      const seen: string[] = [];
      const lists = [{ ...list, personType: 'lead', through: 'own' }] as const;
      for await (const page of campaignMembers(access, lists))
        seen.push(...page.filter(({ email }) => email !== '').map(({ member }) => member.personId));
      expect(seen.toSorted()).toEqual(leads.toSorted());
      const memberships = await findMemberships(access, byId(first));
      expect(memberships.memberships.map((each) => each.campaign.id)).toEqual([campaign]);
    },
  );

  it('do not shorten counts', async () => {
    const { campaign, first } = await campaignWithList({ api, make }, rig);
    const leads = [first, ...(await makeLeads(6))];
    await rig.add(campaign, leadRows(leads));
    shortPages(2);
    const campaigns: Campaign[] = [];
    for await (const each of readCampaigns(rig.dataverse, undefined)) campaigns.push(each);
    const { organizationId } = (await rig.open(campaign)).access;
    const overview = await readOverview({ ...rig, organizationId, campaigns });
    const found = overview.filter(({ facts }) => facts.campaign.id === campaign).map(countPeople);
    expect(found).toEqual([{ lead: 7, contact: 0 }]);
  });
});
