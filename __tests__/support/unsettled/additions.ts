/** Questions about adding people: U1–U6, U16, U22, U23, U32, and the count of U26. */
import { randomUUID } from 'node:crypto';
import { crm, members, peopleOn } from '../emulator.ts';
import { codeOf, how, isGood, mustWork, type Probe, type ProbeTools } from './probe.ts';

export const additionProbes: readonly Probe[] = [
  { question: 'U1', name: 'addExistingMember', ask: existingMember },
  { question: 'U2', name: 'addSamePersonTwice', ask: samePersonTwice },
  { question: 'U3', name: 'addOneBadPerson', ask: oneBadPerson },
  { question: 'U4', name: 'addWrongTable', ask: wrongTable },
  { question: 'U5', name: 'addInactivePerson', ask: inactivePerson },
  { question: 'U6', name: 'addMergedPerson', ask: mergedPerson },
  { question: 'U16', name: 'membersSize', ask: manyMembers },
  { question: 'U22', name: 'readAfterWrite', ask: readAfterWrite },
  { question: 'U23', name: 'readdedMemberId', ask: readdedMember },
  { question: 'U26', name: 'memberCount', ask: memberCount },
  { question: 'U32', name: 'memberCreator', ask: memberCreator },
];

async function existingMember({ api, make, add, listed }: ProbeTools): Promise<string> {
  const lead = await make.lead();
  const list = await listed(lead);
  if (!isGood(await add(list, [lead]))) return 'error';
  return (await peopleOn(api, list)).length === 1 ? 'ignored' : 'second-row';
}

async function samePersonTwice({ api, make, add }: ProbeTools): Promise<string> {
  const [list, lead] = [await make.leadList(), await make.lead()];
  if (!isGood(await add(list, [lead, lead]))) return 'error';
  return (await peopleOn(api, list)).length === 1 ? 'one-row' : 'two-rows';
}

async function oneBadPerson({ api, make, add }: ProbeTools): Promise<string> {
  const [list, lead] = [await make.leadList(), await make.lead()];
  await add(list, [lead, randomUUID()]);
  return (await peopleOn(api, list)).length === 0 ? 'nothing-added' : 'good-ones-added';
}

async function wrongTable({ make, add }: ProbeTools): Promise<string> {
  return codeOf(await add(await make.contactList(), [await make.lead()]));
}

async function inactivePerson({ api, make, add, close }: ProbeTools): Promise<string> {
  const [list, lead] = [await make.leadList(), await make.lead()];
  await close(lead);
  if (!isGood(await add(list, [lead]))) return 'refused';
  return (await peopleOn(api, list)).length === 1 ? 'accepted' : 'skipped';
}

/** A contact: a merged lead is closed as well, which is U5. A merged contact is inactive too: only where U5 accepts is this about merging. */
async function mergedPerson({ api, make }: ProbeTools): Promise<string> {
  const [list, kept, gone] = [await make.contactList(), await make.contact(), await make.contact()];
  const Target = crm('contact', kept);
  const body = { Target, Subordinate: crm('contact', gone), PerformParentingChecks: false };
  mustWork('Merge', await api.post('Merge', body));
  return how(await api.post('AddListMembersList', members(list, 'contact', [gone])), 'accepted', 'refused');
}

/** One more than the smallest cap that anybody tells of. */
const MANY = 501;
/** [documented] 100 rows per call are recommended to start with. */
const ROWS_PER_CALL = 100;

/** `unlimited` means: this many at once, and there when they were read. */
async function manyMembers({ api, make, add }: ProbeTools): Promise<string> {
  const list = await make.leadList();
  const ids = Array.from({ length: MANY }, () => randomUUID());
  for (let start = 0; start < MANY; start += ROWS_PER_CALL) {
    const some = ids.slice(start, start + ROWS_PER_CALL);
    const Targets = some.map((leadid) => ({ ...crm('lead', leadid), lastname: 'dyncamp-contract' }));
    mustWork('CreateMultiple', await api.post('leads/Microsoft.Dynamics.CRM.CreateMultiple', { Targets }));
  }
  if (!isGood(await add(list, ids))) return 'limit-500';
  return (await peopleOn(api, list)).length === MANY ? 'unlimited' : 'asynchronous';
}

const MOST_READS = 8;

/** How many reads, sent one right after the other, do not show what was written before. */
async function readAfterWrite({ api, make, listed }: ProbeTools): Promise<string> {
  const list = await listed(await make.lead());
  let late = 0;
  while (late < MOST_READS && (await peopleOn(api, list)).length === 0) late += 1;
  if (late === 0) return 'consistent';
  return late === 1 ? 'late-1' : 'late-3';
}

async function readdedMember({ api, make, add, removeOne, listed }: ProbeTools): Promise<string> {
  const lead = await make.lead();
  const list = await listed(lead);
  const rowId = async () =>
    (await api.rows(`listmembers?$select=listmemberid&$filter=_listid_value eq ${list}`))[0]?.listmemberid;
  const before = await rowId();
  mustWork('RemoveMemberList', await removeOne(list, lead));
  await add(list, [lead]);
  return (await rowId()) === before ? 'same' : 'new';
}

async function memberCount({ api, make, listed }: ProbeTools): Promise<string> {
  const list = await listed(await make.lead());
  return (await api.get(`lists(${list})?$select=membercount`)).json.membercount === 1 ? 'exact' : 'lags';
}

async function memberCreator({ api, make, listed }: ProbeTools): Promise<string> {
  const list = await listed(await make.lead());
  const [row] = await api.rows(`listmembers?$select=_createdby_value&$filter=_listid_value eq ${list}`);
  const creator = row?._createdby_value ?? undefined;
  if (creator === undefined) return 'none';
  if (creator === (await api.get('WhoAmI')).json.UserId) return 'caller';
  const { json } = await api.get(`systemusers(${String(creator)})?$select=fullname`);
  return json.fullname === 'SYSTEM' ? 'system' : 'constant';
}
