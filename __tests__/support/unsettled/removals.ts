/** Questions about taking people out: U7–U10, U14, U18, U25. */
import { peopleOn } from '../emulator.ts';
import { how, isGood, isNotOffered, mustBeOffered, mustWork, type Probe, type ProbeTools } from './probe.ts';

export const removalProbes: readonly Probe[] = [
  { question: 'U7', name: 'removeNonMember', ask: nonMember },
  { question: 'U8', name: 'removeListNonMembers', ask: nonMembersAmongMany },
  { question: 'U9', name: 'removeListMembersList', ask: bulkAction },
  { question: 'U10', name: 'removeMemberList', ask: singleAction },
  { question: 'U14', name: 'removeFromLockedList', ask: lockedList },
  { question: 'U18', name: 'deleteListMember', ask: deletedRow },
  { question: 'U25', name: 'qualifiedLeadMembership', ask: qualifiedLead },
];

async function nonMember({ make, removeOne }: ProbeTools): Promise<string> {
  const answer = mustBeOffered('RemoveMemberList', await removeOne(await make.leadList(), await make.lead()));
  return how(answer, 'no-content', 'error');
}

async function nonMembersAmongMany({ api, make, removeMany, listed }: ProbeTools): Promise<string> {
  const [member, other] = [await make.lead(), await make.lead()];
  const list = await listed(member);
  if (isGood(mustBeOffered('RemoveListMembersList', await removeMany(list, [member, other])))) return 'ignored';
  return (await peopleOn(api, list)).length === 0 ? 'partial' : 'error';
}

async function bulkAction({ make, removeMany, listed }: ProbeTools): Promise<string> {
  const lead = await make.lead();
  const answer = await removeMany(await listed(lead), [lead]);
  if (isNotOffered(answer)) return 'absent';
  mustWork('RemoveListMembersList', answer);
  return 'offered';
}

async function singleAction({ make, removeOne, listed }: ProbeTools): Promise<string> {
  const lead = await make.lead();
  const answer = await removeOne(await listed(lead), lead);
  if (isNotOffered(answer)) return 'absent';
  if (answer.status === 400) return 'parameter-refused';
  return mustWork('RemoveMemberList', answer).status === 200 ? 'ok-200' : 'no-content';
}

async function lockedList({ api, make, removeOne, listed }: ProbeTools): Promise<string> {
  const lead = await make.lead();
  const list = await listed(lead);
  await api.patch(`lists(${list})`, { lockstatus: true });
  const answer = await removeOne(list, lead);
  await api.patch(`lists(${list})`, { lockstatus: false });
  return how(mustBeOffered('RemoveMemberList', answer), 'allowed', 'refused');
}

async function deletedRow({ api, make, listed }: ProbeTools): Promise<string> {
  const list = await listed(await make.lead());
  const [row] = await api.rows(`listmembers?$select=listmemberid&$filter=_listid_value eq ${list}`);
  return how(await api.delete(`listmembers(${row?.listmemberid})`), 'works', 'refused');
}

async function qualifiedLead({ api, make, listed }: ProbeTools): Promise<string> {
  const lead = await make.lead();
  const list = await listed(lead);
  const body = { CreateAccount: false, CreateContact: false, CreateOpportunity: false, Status: 3 };
  mustWork('QualifyLead', await api.post(`leads(${lead})/Microsoft.Dynamics.CRM.QualifyLead`, body));
  return (await peopleOn(api, list)).length === 1 ? 'stays' : 'vanishes';
}
