/** Questions about the link between list and campaign: U11–U13, U15, U27, U28. */
import { crm } from '../emulator.ts';
import { changeSet, part, parts, sendBatch } from '../raw-batch.ts';
import { how, isGood, isNotOffered, mustBeOffered, mustWork, type Probe, type ProbeTools } from './probe.ts';

export const linkProbes: readonly Probe[] = [
  { question: 'U11', name: 'removeItemCampaign', ask: unlink },
  { question: 'U12', name: 'addExistingLink', ask: existingLink },
  { question: 'U13', name: 'linkByRef', ask: linkByRef },
  { question: 'U15', name: 'linkToInactiveCampaign', ask: inactiveCampaign },
  { question: 'U27', name: 'copyCampaignLinks', ask: copiedCampaign },
  { question: 'U28', name: 'addItemCampaign', ask: linkAction },
];

async function unlink({ api, linked }: ProbeTools): Promise<string> {
  const [list, campaign] = await linked();
  const answer = await api.post(`campaigns(${campaign})/Microsoft.Dynamics.CRM.RemoveItemCampaign`, {
    CampaignItem: crm('campaignitem', list),
  });
  if (isNotOffered(answer)) return 'absent';
  return mustWork('RemoveItemCampaign', answer).status === 200 ? 'ok-200' : 'no-content';
}

async function existingLink({ linkAction: link, linked }: ProbeTools): Promise<string> {
  return how(await link(...(await linked())), 'ok-200', 'error-412');
}

async function linkByRef({ api, make }: ProbeTools): Promise<string> {
  const [list, campaign] = [await make.leadList(), await make.campaign()];
  const write = () =>
    api.post(`campaigns(${campaign})/campaignlist_association/$ref`, { '@odata.id': `lists(${list})` });
  if (!isGood(await write())) return 'refused';
  return how(await write(), 'works-idempotent', 'works-strict');
}

async function inactiveCampaign({ api, make, linkAction: link }: ProbeTools): Promise<string> {
  const campaign = await make.campaign();
  await api.patch(`campaigns(${campaign})`, { statecode: 1, statuscode: 6 });
  return how(mustBeOffered('AddItemCampaign', await link(await make.leadList(), campaign)), 'allowed', 'refused');
}

async function copiedCampaign({ api, linked }: ProbeTools): Promise<string> {
  const [, campaign] = await linked();
  const path = `campaigns(${campaign})/Microsoft.Dynamics.CRM.CopyCampaign`;
  const copy = mustWork('CopyCampaign', await api.post(path, { SaveAsTemplate: false }));
  const links = await api.rows(`campaigns(${String(copy.json.campaignid)})/campaignlist_association?$select=listid`);
  return links.length === 0 ? 'no' : 'yes';
}

async function linkAction({ api, make, linkAction: link }: ProbeTools): Promise<string> {
  const [list, campaign] = [await make.leadList(), await make.campaign()];
  if (isNotOffered(await link(await make.leadList(), campaign))) return 'absent';
  const path = `lists(${list})/Microsoft.Dynamics.CRM.AddItemCampaign`;
  const answer = await sendBatch(api, [changeSet(part('POST', path, { Campaign: crm('campaign', campaign) }, '1'))]);
  return parts(answer).every(isGood) ? 'offered' : 'refused-in-change-set';
}
