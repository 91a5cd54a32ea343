/** Own lists that cannot be made, or are half made: final only where Dynamics said no. */

import { ownListId } from '../../../src/campaign/ids.ts';
import { readOverview } from '../../../src/campaign/overview.ts';
import { campaignFromRow } from '../../../src/dataverse/wire.ts';
import type { Fault } from '../../../src/emulator/faults/fault.ts';
import { itUnder, members } from '../../support/emulator.ts';
import { heldTime } from '../../support/held-time.ts';
import { byId, type Rig } from './harness.ts';
import { truthOf } from './truth.ts';
import { useRigs } from './use-rigs.ts';

const { sleep, untilAsleep, wakeAll } = heldTime();
const { api, make, rigWith } = useRigs({ seed: 'none', sleep });
let rig: Rig;
beforeEach(() => {
  rig = rigWith();
});

const failing = (effect: Fault['effect'], times?: number): readonly Fault[] =>
  [true, false].map((inBatch) => ({
    match: { operation: 'AddItemCampaign', inBatch },
    ...(times === undefined ? {} : { times }),
    effect,
  }));
const busy = { kind: 'fail-part', status: 503, code: '0x8004a001', message: 'The server is busy.' } as const;
const no = { kind: 'fail-part', status: 400, code: '0x80040203', message: 'No.' } as const;
const plugIn = { ...no, code: '0x80040265', message: 'A plug-in said no.' } as const;

it.each([
  ['temporary', 'the server is busy each time', busy, [5, 0]],
  ['dataverse', 'the server refuses each time', no, [1, 5]],
  ['dataverse', 'a plug-in refuses', plugIn, [1, 1]],
] as const)('is %s when %s, and nobody is written anywhere', async (category, _, effect, tries) => {
  const [campaign, lead] = [await make.campaign(), await make.lead()];
  api.emulator().admin.addFaults(failing(effect));
  const result = await rig.add(campaign, [byId(lead, 'lead')]);
  expect(result.fatal).toMatchObject({ category, code: 'LIST_NOT_MADE' });
  expect(result).toMatchObject({ names: ['not-reached'], events: [] });
  expect(api.emulator().admin.faults()).toMatchObject(tries.map((fired) => ({ fired })));
  api.emulator().admin.clearFaults();
  expect(await rig.add(campaign, [byId(lead, 'lead')])).toMatchObject({ names: ['added'], fatal: undefined });
  expect((await truthOf(api, campaign)).people).toEqual([lead]);
});

itUnder({ addItemCampaign: 'offered' })('is success when the last try of several makes the list', async () => {
  const [campaign, lead] = [await make.campaign(), await make.lead()];
  api.emulator().admin.addFaults([{ match: { operation: 'AddItemCampaign', inBatch: true }, times: 4, effect: busy }]);
  expect(await rig.add(campaign, [byId(lead, 'lead')])).toMatchObject({ names: ['added'], fatal: undefined });
});

it('makes no second list while a creation whose answer was lost may still land, also where deleted ids are kept (U31)', async () => {
  const [campaign, lead] = [await make.campaign(), await make.lead()];
  api.switch({ reusedId: 'refused', addItemCampaign: 'refused-in-change-set' });
  const later = { kind: 'delay-commit', ms: 400 } as const;
  api.emulator().admin.addFaults([{ match: { operation: 'Create', inBatch: false }, times: 1, effect: later }]);
  const ids = async () => (await truthOf(api, campaign)).lists.map(({ id }) => id);
  const own = [ownListId(api.emulator().organizationId, campaign, 'lead')];
  await rig.add(campaign, [byId(lead, 'lead')]);
  await untilAsleep(1);
  wakeAll();
  expect(await ids()).toEqual(own);
  expect(await rig.add(campaign, [byId(lead, 'lead')])).toMatchObject({ fatal: undefined });
  expect(await ids()).toEqual(own);
});

it('is not called detached where another run links it and adds somebody between two reads', async () => {
  const [campaign, lead, other] = [await make.campaign(), await make.lead(), await make.lead()];
  const listid = ownListId(api.emulator().organizationId, campaign, 'lead');
  await make.leadList({ listid, listname: `Mkto-leads-${campaign}` });
  let hasRun = false;
  const late = rigWith({
    async beforeBatch(paths) {
      if (hasRun || !paths.every((path) => path.startsWith('listmembers'))) return;
      hasRun = true;
      const link = { Campaign: { '@odata.type': 'Microsoft.Dynamics.CRM.campaign', campaignid: campaign } };
      await api.post(`lists(${listid})/Microsoft.Dynamics.CRM.AddItemCampaign`, link);
      await api.post('AddListMembersList', members(listid, 'lead', [other]));
    },
  });
  expect(await late.add(campaign, [byId(lead, 'lead')])).toMatchObject({ names: ['added'], fatal: undefined });
  expect((await truthOf(api, campaign)).people).toEqual([lead, other].sort());
  expect(hasRun).toBe(true);
});

it('is not called detached by an overview whose read of the link is late (U22)', async () => {
  const { organizationId } = api.emulator();
  const [campaignid, lead] = [await make.campaign(), await make.lead()];
  const listid = await make.leadList({ listname: `Mkto-leads-${campaignid}` });
  await api.post('AddListMembersList', members(listid, 'lead', [lead]));
  const campaigns = [campaignFromRow({ campaignid, name: 'Late', statecode: 0 })];
  const problems = async () => {
    const [read] = await readOverview({ ...rig, organizationId, campaigns });
    return read?.lists.problems.map(({ code }) => code);
  };
  expect(await problems()).toEqual(['LIST_DETACHED']);
  api.switch({ readAfterWrite: 'late-3' });
  const Campaign = { '@odata.type': 'Microsoft.Dynamics.CRM.campaign', campaignid };
  await api.post(`lists(${listid})/Microsoft.Dynamics.CRM.AddItemCampaign`, { Campaign });
  expect(await problems()).toEqual([]);
});
