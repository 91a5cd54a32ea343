/** `campaigns list --counts` and `sync check` over thousands of campaigns: tens of requests, some hundred operations. */
import { readCampaigns } from '../../src/campaign/find.ts';
import { ownListId } from '../../src/campaign/ids.ts';
import { countPeople, readOverview } from '../../src/campaign/overview.ts';
import type { Campaign } from '../../src/dataverse/wire.ts';
import { ORGANIZATION } from '../../src/emulator/organization/organization.ts';
import { MARKETO_USER_ID } from '../../src/emulator/seed/bare-organization.ts';
import type { Seed } from '../../src/emulator/seed/seed.ts';
import type { Check } from '../../src/sync/check.ts';
import { checkSync } from '../../src/sync/check-sync.ts';
import { itUnder } from '../support/emulator.ts';
import { useRigs } from './membership/use-rigs.ts';

const CAMPAIGNS = 3000;
const id = (kind: string, number: number): string => `${kind}-0000-4000-8000-${String(number).padStart(12, '0')}`;
const campaignId = (number: number): string => id('c0000000', number);
/** Every other campaign has a list of dyncamp's, the rest one of Marketo's. */
const listId = (number: number): string =>
  number % 2 === 0 ? ownListId(ORGANIZATION.id, campaignId(number), 'lead') : id('a0000000', number);
const numbers = Array.from({ length: CAMPAIGNS }, (_, number) => number);
const membersOf = (number: number): number => number % 3;

const seed: Seed = {
  campaigns: numbers.map((number) => ({ campaignid: campaignId(number), name: `Campaign ${number}`, statecode: 0 })),
  lists: numbers.map((number) => ({
    listid: listId(number),
    listname: number % 2 === 0 ? `Mkto-leads-${campaignId(number)}` : `Mkto-leads-${number}`,
    createdfromcode: 4,
    lockstatus: number === 7,
  })),
  campaignitems: numbers.map((number) => ({
    campaignid: campaignId(number),
    entityid: listId(number),
    entitytype: 'list',
  })),
  listmembers: numbers.flatMap((number) =>
    Array.from({ length: membersOf(number) }, (_, member) => ({
      listid: listId(number),
      entityid: id('e0000000', member),
      entitytype: 'lead',
      ...(number % 2 === 0 ? {} : { createdby: MARKETO_USER_ID }),
    })),
  ),
};

const { api, rigWith } = useRigs({ seed });

function traffic() {
  const requests = api.emulator().admin.requests();
  return { requests: requests.length, operations: requests.reduce((sum, { parts }) => sum + (parts?.length ?? 1), 0) };
}

it('counts the people of 3,000 campaigns', async () => {
  const rig = rigWith();
  api.emulator().admin.clearRequests();
  const campaigns: Campaign[] = [];
  for await (const campaign of readCampaigns(rig.dataverse, undefined)) campaigns.push(campaign);
  const overview = await readOverview({ ...rig, organizationId: ORGANIZATION.id, campaigns });
  const counted = new Map(overview.map((each) => [each.facts.campaign.name, countPeople(each).lead]));
  expect(counted).toEqual(new Map(numbers.map((number) => [`Campaign ${number}`, membersOf(number)])));
  const { requests, operations } = traffic();
  expect(requests).toBeLessThanOrEqual(20);
  expect(operations).toBeLessThanOrEqual(200);
});

itUnder({ privilegesByNames: 'full' })('checks 3,000 campaigns, and finds the one whose list is locked', async () => {
  const rig = rigWith();
  api.emulator().admin.clearRequests();
  const checks: Check[] = [];
  const all = checkSync({
    ...rig,
    signIn: 'by a test',
    pinnedOrganizationId: undefined,
    confirmOrganization: () => undefined,
    flowUsers: [MARKETO_USER_ID],
    campaign: undefined,
    deep: false,
  });
  for await (const check of all) checks.push(check);
  expect(checks.filter(({ campaign }) => campaign !== undefined)).toHaveLength(12 * CAMPAIGNS);
  expect(checks.filter(({ status }) => status === 'problem').map((check) => [check.id, check.campaign?.name])).toEqual([
    ['lists.unlocked', 'Campaign 7'],
  ]);
  expect(checks.at(-1)?.found).toBe('3000 active, 3000 of them with own lists.');
  const { requests, operations } = traffic();
  expect(requests).toBeLessThanOrEqual(20);
  expect(operations).toBeLessThanOrEqual(200);
});

it('reads the same where an organization refuses the join with the links', async () => {
  const { dataverse, clock } = rigWith();
  const campaigns: Campaign[] = [];
  for await (const campaign of readCampaigns(dataverse, undefined)) campaigns.push(campaign);
  const some = { dataverse, clock, organizationId: ORGANIZATION.id, campaigns: campaigns.slice(0, 60) };
  const joined = await readOverview(some);
  const effect = { kind: 'fail-part', status: 400, code: '0x8004005f', message: 'Link entity refused.' } as const;
  api.emulator().admin.addFaults([{ match: { path: 'campaignitem', inBatch: true }, effect }]);
  expect(await readOverview(some)).toEqual(joined);
});
