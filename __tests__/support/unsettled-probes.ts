/** For each question of docs/unsettled.md that rows of one's own can answer: what to do, and how to read the answer. */
import { randomUUID } from 'node:crypto';
import type { SwitchName } from '../../src/emulator/unsettled.ts';
import { type Api, crm, type Json, type makers, members, peopleOn, type TestAnswer } from './emulator.ts';
import { changeSet, part, parts, sendBatch } from './raw-batch.ts';

export type Probe = { question: string; name: SwitchName; ask: () => Promise<string> };

const GONE = 404;
const isGood = ({ status }: TestAnswer) => status < 300;
const codeOf = ({ json }: TestAnswer) => String(Object(json.error).code ?? '').toLowerCase();

export function probes(api: Api, make: ReturnType<typeof makers>): Probe[] {
  const add = (list: string, people: readonly string[], table = 'lead') =>
    api.post('AddListMembersList', members(list, table, people));
  const removeMany = (list: string, people: readonly string[]) =>
    api.post('RemoveListMembersList', members(list, 'lead', people));
  const removeOne = (list: string, person: string) =>
    api.post(`lists(${list})/Microsoft.Dynamics.CRM.RemoveMemberList`, { ListMember: { listmemberid: person } });
  const linkAction = (list: string, campaign: string) =>
    api.post(`lists(${list})/Microsoft.Dynamics.CRM.AddItemCampaign`, { Campaign: crm('campaign', campaign) });
  const unlink = (list: string, campaign: string) =>
    api.post(`campaigns(${campaign})/Microsoft.Dynamics.CRM.RemoveItemCampaign`, {
      CampaignItem: crm('campaignitem', list),
    });
  const reference = (list: string, campaign: string) =>
    api.post(`campaigns(${campaign})/campaignlist_association/$ref`, { '@odata.id': `lists(${list})` });
  const close = (lead: string) => api.patch(`leads(${lead})`, { statecode: 2, statuscode: 4 });
  const listed = async (...people: string[]) => {
    const list = await make.leadList();
    await add(list, people);
    return list;
  };
  const linked = async (): Promise<readonly [string, string]> => {
    const pair = [await make.leadList(), await make.campaign()] as const;
    await linkAction(...pair);
    return pair;
  };
  const how = (answer: TestAnswer, good: string, refused: string) => (isGood(answer) ? good : refused);
  const offered = ({ status }: TestAnswer) => (status === GONE ? 'absent' : undefined);

  const asked: [number, SwitchName, () => Promise<string>][] = [
    [
      1,
      'addExistingMember',
      async () => {
        const lead = await make.lead();
        const list = await listed(lead);
        const answer = await add(list, [lead]);
        if (!isGood(answer)) return 'error';
        return (await peopleOn(api, list)).length === 1 ? 'ignored' : 'second-row';
      },
    ],
    [
      2,
      'addSamePersonTwice',
      async () => {
        const [list, lead] = [await make.leadList(), await make.lead()];
        const answer = await add(list, [lead, lead]);
        if (!isGood(answer)) return 'error';
        return (await peopleOn(api, list)).length === 1 ? 'one-row' : 'two-rows';
      },
    ],
    [
      3,
      'addOneBadPerson',
      async () => {
        const [list, lead] = [await make.leadList(), await make.lead()];
        await add(list, [lead, randomUUID()]);
        return (await peopleOn(api, list)).length === 0 ? 'nothing-added' : 'good-ones-added';
      },
    ],
    [4, 'addWrongTable', async () => codeOf(await add(await make.contactList(), [await make.lead()]))],
    [
      5,
      'addInactivePerson',
      async () => {
        const [list, lead] = [await make.leadList(), await make.lead()];
        await close(lead);
        const answer = await add(list, [lead]);
        if (!isGood(answer)) return 'refused';
        return (await peopleOn(api, list)).length === 1 ? 'accepted' : 'skipped';
      },
    ],
    [
      7,
      'removeNonMember',
      async () => how(await removeOne(await make.leadList(), await make.lead()), 'no-content', 'error'),
    ],
    [
      8,
      'removeListNonMembers',
      async () => {
        const [member, other] = [await make.lead(), await make.lead()];
        const list = await listed(member);
        const answer = await removeMany(list, [member, other]);
        if (isGood(answer)) return 'ignored';
        return (await peopleOn(api, list)).length === 0 ? 'partial' : 'error';
      },
    ],
    [
      9,
      'removeListMembersList',
      async () => {
        const lead = await make.lead();
        return offered(await removeMany(await listed(lead), [lead])) ?? 'offered';
      },
    ],
    [
      10,
      'removeMemberList',
      async () => {
        const lead = await make.lead();
        const answer = await removeOne(await listed(lead), lead);
        if (answer.status === 400) return 'parameter-refused';
        return offered(answer) ?? (answer.status === 200 ? 'ok-200' : 'no-content');
      },
    ],
    [
      11,
      'removeItemCampaign',
      async () => {
        const answer = await unlink(...(await linked()));
        return offered(answer) ?? (answer.status === 200 ? 'ok-200' : 'no-content');
      },
    ],
    [12, 'addExistingLink', async () => how(await linkAction(...(await linked())), 'ok-200', 'error-412')],
    [
      13,
      'linkByRef',
      async () => {
        const pair = [await make.leadList(), await make.campaign()] as const;
        if (!isGood(await reference(...pair))) return 'refused';
        return how(await reference(...pair), 'works-idempotent', 'works-strict');
      },
    ],
    [
      14,
      'removeFromLockedList',
      async () => {
        const lead = await make.lead();
        const list = await listed(lead);
        await api.patch(`lists(${list})`, { lockstatus: true });
        const answer = await removeOne(list, lead);
        await api.patch(`lists(${list})`, { lockstatus: false });
        return how(answer, 'allowed', 'refused');
      },
    ],
    [
      15,
      'linkToInactiveCampaign',
      async () => {
        const campaign = await make.campaign();
        await api.patch(`campaigns(${campaign})`, { statecode: 1, statuscode: 6 });
        return how(await linkAction(await make.leadList(), campaign), 'allowed', 'refused');
      },
    ],
    [
      17,
      'inOnEntityId',
      async () => {
        const filter = `Microsoft.Dynamics.CRM.In(PropertyName='entityid',PropertyValues=["${randomUUID()}"])`;
        return how(
          await api.get(`listmembers?$select=listmemberid&$filter=${encodeURIComponent(filter)}`),
          'works',
          'refused',
        );
      },
    ],
    [
      18,
      'deleteListMember',
      async () => {
        const list = await listed(await make.lead());
        const [row] = await api.rows(`listmembers?$select=listmemberid&$filter=_listid_value eq ${list}`);
        return how(await api.delete(`listmembers(${row?.listmemberid})`), 'works', 'refused');
      },
    ],
    [
      21,
      'batchOuterStatus',
      async () => {
        const taken = await make.lead();
        const answer = await sendBatch(api, [part('POST', 'leads', { leadid: taken, lastname: 'X' })]);
        return answer.status === 400 ? '400' : 'of-the-part';
      },
    ],
    [
      21,
      'batchLineEnds',
      async () => {
        const body =
          '--b\nContent-Type: application/http\nContent-Transfer-Encoding: binary\n\nGET /api/data/v9.2/WhoAmI HTTP/1.1\n\n\n--b--\n';
        const answer = await sendBatch(api, { boundary: 'b', body });
        return how(answer, 'lenient', 'strict');
      },
    ],
    [
      21,
      'changeSetError',
      async () => {
        const taken = await make.lead();
        const answer = await sendBatch(api, [changeSet(part('POST', 'leads', { leadid: taken, lastname: 'X' }, '1'))]);
        return answer.text.includes('changesetresponse_') ? 'nested' : 'bare';
      },
    ],
    [
      23,
      'readdedMemberId',
      async () => {
        const lead = await make.lead();
        const list = await listed(lead);
        const rowId = async () =>
          (await api.rows(`listmembers?$select=listmemberid&$filter=_listid_value eq ${list}`))[0]?.listmemberid;
        const before = await rowId();
        await removeMany(list, [lead]);
        await add(list, [lead]);
        return (await rowId()) === before ? 'same' : 'new';
      },
    ],
    [
      24,
      'createOnlyPatchOnList',
      async () => {
        const list = await make.leadList();
        const row: Json = { listname: 'dyncamp-contract', createdfromcode: 4 };
        return how(await api.patch(`lists(${list})`, row, { 'If-None-Match': '*' }), 'upsert', '412');
      },
    ],
    [
      28,
      'addItemCampaign',
      async () => {
        const [list, campaign] = [await make.leadList(), await make.campaign()];
        if ((await linkAction(await make.leadList(), campaign)).status === GONE) return 'absent';
        const path = `lists(${list})/Microsoft.Dynamics.CRM.AddItemCampaign`;
        const answer = await sendBatch(api, [
          changeSet(part('POST', path, { Campaign: crm('campaign', campaign) }, '1')),
        ]);
        return parts(answer).every(({ status }) => status < 300) ? 'offered' : 'refused-in-change-set';
      },
    ],
    [
      30,
      'outerJoin',
      async () => {
        const xml = `<fetch top='1'><entity name='lead'><attribute name='leadid'/><link-entity name='listmember' from='entityid' to='leadid' link-type='outer' alias='m'><attribute name='listid' alias='m_list'/><filter><condition attribute='listid' operator='eq' value='${randomUUID()}'/></filter></link-entity></entity></fetch>`;
        return how(await api.get(`leads?fetchXml=${encodeURIComponent(xml)}`), 'works', 'refused');
      },
    ],
    [
      31,
      'reusedId',
      async () => {
        const leadid = await make.lead();
        await api.delete(`leads(${leadid})`);
        return how(await api.post('leads', { leadid, lastname: 'Again' }), 'allowed', 'refused');
      },
    ],
  ];
  return asked.map(([number, name, ask]) => ({ question: `U${number}`, name, ask }));
}
