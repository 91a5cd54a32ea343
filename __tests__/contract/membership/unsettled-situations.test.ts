/**
 * What `add` and `remove` do where an unsettled answer decides: large calls, people who turn bad between read and write, leads that are
 * qualified, campaigns that are copied or end. Each under every answer.
 */
import { randomUUID } from 'node:crypto';
import { type SwitchName, UNSETTLED } from '../../../src/emulator/switches.ts';
import { crm, itUnder, members } from '../../support/emulator.ts';
import { byEmail, byId, leadRows, onceBefore } from './harness.ts';
import { truthOf } from './truth.ts';
import { useRigs } from './use-rigs.ts';

const { api, make, rigWith } = useRigs();

const ADDING = /AddListMembersList|AddMemberList/;
const REMOVING = /Remove(?:ListMembersList|MemberList)/;
const each = <Name extends SwitchName>(name: Name) =>
  UNSETTLED[name].map((value) => [`${name}: ${value}`, { [name]: value }, value] as const);

describe('seven hundred people in one batch (U16, U17, U29)', () => {
  const people = Array.from({ length: 700 }, (_, place) => `p${place}@many.example`);
  beforeAll(async () => {
    const Targets = people.map((emailaddress1) => ({ ...crm('lead', randomUUID()), lastname: 'Many', emailaddress1 }));
    expect((await api.post('leads/Microsoft.Dynamics.CRM.CreateMultiple', { Targets })).status).toBe(200);
  });

  it.each([
    ...each('membersSize'),
    ...each('inValues'),
    ['all at once', { membersSize: 'limit-500', inValues: 'limit-300', readAfterWrite: 'late-1' }, ''] as const,
    ...each('inOnEntityId'),
    ['no In at all', { membersSize: 'asynchronous', inOnEntityId: 'fetchxml-too', outerJoin: 'refused' }, ''] as const,
  ])('are added and removed once each with %s', async (_, switches) => {
    const [rig, campaign] = [rigWith(), await make.campaign()];
    api.switch(switches);
    const rows = people.map((email) => byEmail(email));
    const added = await rig.add(campaign, rows);
    expect(added.fatal).toBeUndefined();
    expect(new Set(added.names)).toEqual(new Set(['added']));
    expect(added.events).toHaveLength(people.length);
    expect((await truthOf(api, campaign)).people).toHaveLength(people.length);
    const removed = await rig.remove(campaign, rows);
    expect(new Set(removed.names)).toEqual(new Set(['removed']));
    expect((await truthOf(api, campaign)).people).toEqual([]);
  });
});

describe('somebody who turns bad between the read and the write', () => {
  const others = async () => [await make.lead(), await make.lead()];

  it.each(each('addOneBadPerson'))('was deleted: the others are added (U3, %s)', async (_, switches) => {
    const [good, campaign, bad] = [await others(), await make.campaign(), await make.lead()];
    const rig = rigWith(onceBefore(ADDING, () => api.delete(`leads(${bad})`)));
    api.switch(switches);
    const added = await rig.add(campaign, leadRows([...good, bad]));
    expect(added.names).toEqual(['added', 'added', expect.stringMatching(/rejected|not-found/)]);
    expect((await truthOf(api, campaign)).people).toEqual([...good].sort());
    expect(added.events).toHaveLength(2);
  });

  it.each(each('addInactivePerson'))('was closed: what is said is what is so (U5, %s)', async (_, switches, value) => {
    const [good, campaign, bad] = [await others(), await make.campaign(), await make.lead()];
    const rig = rigWith(onceBefore(ADDING, () => api.patch(`leads(${bad})`, { statecode: 2, statuscode: 4 })));
    api.switch(switches);
    const added = await rig.add(campaign, leadRows([...good, bad]));
    const isIn = value === 'accepted';
    expect(added.names.slice(0, 2)).toEqual(['added', 'added']);
    expect(added.names[2] === 'added').toBe(isIn);
    expect((await truthOf(api, campaign)).people).toEqual((isIn ? [...good, bad] : [...good]).sort());
    expect(added.events).toHaveLength(isIn ? 3 : 2);
  });

  // A merged person is an inactive one, too.
  itUnder({ addInactivePerson: 'accepted' }).each(each('addMergedPerson'))(
    'was merged: what is said is what is so (U6, %s)',
    async (_, switches, value) => {
      const [good, campaign, bad] = [await others(), await make.campaign(), await make.lead()];
      const body = { Target: crm('lead', good[0] ?? ''), Subordinate: crm('lead', bad), PerformParentingChecks: false };
      const rig = rigWith(onceBefore(ADDING, () => api.post('Merge', body)));
      api.switch(switches);
      const added = await rig.add(campaign, leadRows([...good, bad]));
      const isIn = value === 'accepted';
      expect(added.names).toEqual(['added', 'added', isIn ? 'added' : 'rejected']);
      expect((await truthOf(api, campaign)).people).toHaveLength(isIn ? 3 : 2);
    },
  );

  // Another machine takes them out: where the creator says nothing, only the one that added them may.
  itUnder({ memberCreator: 'caller' }).each([
    ['removeNonMember', {}],
    ['removeListNonMembers', {}],
    ['removeListNonMembers', { removeMemberList: 'absent' }],
    ['removeListNonMembers', { removeMemberList: 'parameter-refused' }],
    ['removeListMembersList', {}],
  ] as const)(
    'was taken out by somebody else: the others are removed, nobody is lost (U7–U10, %s, %j)',
    async (name, also) => {
      for (const [, asked] of each(name)) {
        const switches = { ...asked, ...also };
        const [people, campaign] = [await others(), await make.campaign()];
        await rigWith().add(campaign, leadRows(people));
        const { lists } = await truthOf(api, campaign);
        const taken = members(lists[0]?.id ?? '', 'lead', people.slice(0, 1));
        const usual = { removeListMembersList: 'offered', removeListNonMembers: 'ignored' } as const;
        api.switch({ ...usual, removeMemberList: 'no-content' });
        const takeOut = async () => {
          await api.post('RemoveListMembersList', taken);
          api.switch(switches);
        };
        const rig = rigWith(onceBefore(REMOVING, takeOut));
        const removed = await rig.remove(campaign, leadRows(people));
        expect(removed.fatal).toBeUndefined();
        expect(removed.names[1]).toBe('removed');
        expect((await truthOf(api, campaign)).people).toEqual([]);
      }
    },
  );
});

describe('the next command, right behind one that created somebody (U22)', () => {
  it.each(each('readAfterWrite'))('makes and claims nothing twice, with %s', async (_, switches) => {
    const [rig, campaign, email] = [rigWith(), await make.campaign(), `new-${randomUUID()}@x.example`];
    api.switch(switches);
    const row = byEmail(email, { lastname: 'New' });
    const first = await rig.add(campaign, [row]);
    const again = await rig.add(campaign, [row]);
    expect([first.names, again.names]).toEqual([['added'], ['already-member']]);
    expect([first.events.length, again.events.length]).toEqual([2, 0]);
    // Nothing but the read by the address shows whom to take out: docs/unsettled.md says what this means.
    const other = byEmail(`other-${randomUUID()}@x.example`, { lastname: 'Other' });
    await rig.add(campaign, [other]);
    const removed = [await rig.remove(campaign, [other]), await rig.remove(campaign, [other])];
    expect(['not-found removed', 'removed not-member']).toContain(removed.flatMap(({ names }) => names).join(' '));
    expect(removed.flatMap(({ events }) => events)).toHaveLength(1);
    expect((await truthOf(api, campaign)).people).toHaveLength(1);
  });
});

describe('what happens to lists and campaigns', () => {
  it.each(each('qualifiedLeadMembership'))(
    'a lead is qualified after it was added (U25, %s)',
    async (_, switches, value) => {
      const [rig, campaign, email] = [rigWith(), await make.campaign(), `q-${randomUUID()}@x.example`];
      const lead = await make.lead({ emailaddress1: email });
      await rig.add(campaign, [byEmail(email)]);
      api.switch(switches);
      const body = { CreateAccount: false, CreateContact: true, CreateOpportunity: false, Status: 3 };
      await api.post(`leads(${lead})/Microsoft.Dynamics.CRM.QualifyLead`, body);
      const removed = await rig.remove(campaign, [byEmail(email)]);
      expect(removed.names).toEqual([value === 'stays' ? 'removed' : 'not-member']);
      expect(removed.events).toHaveLength(value === 'stays' ? 1 : 0);
      expect((await truthOf(api, campaign)).people).toEqual([]);
    },
  );

  it.each(each('copyCampaignLinks'))('a campaign is copied (U27, %s)', async (_, switches, value) => {
    const [rig, campaign, lead] = [rigWith(), await make.campaign(), await make.lead()];
    await rig.add(campaign, [byId(lead)]);
    api.switch(switches);
    const copy = await api.post(`campaigns(${campaign})/Microsoft.Dynamics.CRM.CopyCampaign`, {
      SaveAsTemplate: false,
    });
    const adding = rig.add(campaign, [byId(await make.lead())]);
    if (value === 'yes') await expect(adding).rejects.toMatchObject({ code: 'LIST_SHARED' });
    else expect((await adding).names).toEqual(['added']);
    // Nobody comes into a campaign that nobody named.
    const inCopy = (await truthOf(api, String(copy.json.campaignid))).people;
    expect(inCopy).toEqual(value === 'yes' ? [lead] : []);
  });

  it.each(each('linkToInactiveCampaign'))(
    'a campaign ends before its list is linked (U15, %s)',
    async (_, switches) => {
      const [campaign, lead] = [await make.campaign(), await make.lead()];
      const end = () => api.patch(`campaigns(${campaign})`, { statecode: 1, statuscode: 6 });
      const rig = rigWith(onceBefore(/AddItemCampaign/, end));
      api.switch(switches);
      const added = await rig.add(campaign, [byId(lead)]);
      expect(added).toMatchObject({ events: [], fatal: { code: 'CAMPAIGN_INACTIVE' } });
      expect(added.names).not.toContain('added');
      expect((await truthOf(api, campaign)).people).toEqual([]);
    },
  );

  itUnder({ memberCreator: 'caller' }).each(each('removeFromLockedList'))(
    'a list is locked before people are taken off (U14, %s)',
    async (_, switches, value) => {
      const [campaign, lead] = [await make.campaign(), await make.lead()];
      await rigWith().add(campaign, [byId(lead)]);
      const { lists } = await truthOf(api, campaign);
      const lock = () => api.patch(`lists(${lists[0]?.id})`, { lockstatus: true });
      const rig = rigWith(onceBefore(REMOVING, lock));
      api.switch(switches);
      const removed = await rig.remove(campaign, [byId(lead)]);
      const isOut = value === 'allowed';
      expect(removed.names).toEqual([isOut ? 'removed' : expect.stringMatching(/rejected|not-reached/)]);
      if (!isOut) expect(removed.fatal).toMatchObject({ code: 'LIST_LOCKED' });
      expect((await truthOf(api, campaign)).people).toEqual(isOut ? [] : [lead]);
    },
  );
});

it('somebody found by an address that does not show is nobody, and the run ends at once (U40 where U37 hides it)', async () => {
  const [campaign, emailaddress1] = [await make.campaign(), `${randomUUID()}@x.example`];
  await make.lead({ emailaddress1 });
  api.switch({ securedEmail: 'yes', tableDefinitions: '0x80040220' });
  const rows = [byEmail(emailaddress1, { lastname: 'New' })];
  for (const run of ['add', 'remove'] as const) {
    const { fatal, names, requests } = await rigWith()[run](campaign, rows);
    expect(fatal).toMatchObject({ category: 'privilege', code: 'COLUMN_HIDDEN' });
    expect({ names, isQuick: requests < 8 }).toEqual({ names: ['not-reached'], isQuick: true });
  }
});
