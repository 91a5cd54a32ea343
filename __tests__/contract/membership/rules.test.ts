import { randomUUID } from 'node:crypto';
import type { Exclusions } from '../../../src/input/exclusions.ts';
import { itUnder } from '../../support/emulator.ts';
import { byColumn, byEmail, byId, openRig, type Rig } from './harness.ts';
import { leadsWith, truthOf } from './truth.ts';
import { useRigs } from './use-rigs.ts';

const { api, make, rigWith } = useRigs();
let rig: Rig;
beforeEach(() => {
  rig = rigWith();
});

describe('add and remove', () => {
  itUnder({ memberCreator: 'caller' })(
    'asks the journal about nobody on a list that no flow action keeps',
    async () => {
      const [campaign, lead, fair] = [await make.campaign(), await make.lead(), await make.leadList()];
      const Campaign = { '@odata.type': 'Microsoft.Dynamics.CRM.campaign', campaignid: campaign };
      await api.post(`lists(${fair})/Microsoft.Dynamics.CRM.AddItemCampaign`, { Campaign });
      await rig.add(campaign, [byId(lead)]);
      const stranger = { Authorization: 'Bearer app:3a4ce700-0000-4000-8000-0000000000aa' };
      await api.post(`lists(${fair})/Microsoft.Dynamics.CRM.AddMemberList`, { EntityId: lead }, stranger);
      const asked = jest.spyOn(rig.journal(), 'addedByUs');
      expect((await rig.remove(campaign, [byId(lead)])).names).toEqual(['removed']);
      expect(asked.mock.calls.flatMap(([eventIds]) => eventIds)).toEqual([]);
    },
  );

  it('puts leads and contacts on one list each, creates who is missing, and takes all out again', async () => {
    const campaign = await make.campaign();
    const lead = await make.lead({ emailaddress1: 'rules-lead@x.example' });
    const contact = await make.contact({ emailaddress1: 'rules-contact@x.example' });
    const rows = [
      byEmail('Rules-LEAD@x.example '),
      byId(contact, 'contact'),
      byEmail('rules-new@x.example', { lastname: 'New' }),
      byId(randomUUID()),
      byEmail('rules-nobody@x.example'),
      byEmail('rules-lead@x.example'),
    ];
    const added = await rig.add(campaign, rows);
    expect(added.fatal).toBeUndefined();
    expect(added.names).toEqual(['added', 'added', 'added', 'not-found', 'cannot-create', 'duplicate-input']);
    const [created] = await leadsWith(api, 'rules-new@x.example');
    expect(created).toMatchObject({ _campaignid_value: campaign });
    const after = await truthOf(api, campaign);
    expect(after.people).toEqual([lead, contact, String(created?.leadid)].sort());
    expect(after.lists.map((list) => list.name)).toEqual([`Mkto-contacts-${campaign}`, `Mkto-leads-${campaign}`]);
    expect(added.events.map((event) => event.type)).toEqual([
      'dyncamp.person.added',
      'dyncamp.person.added',
      'dyncamp.person.created',
      'dyncamp.person.added',
    ]);

    const again = await rig.add(campaign, rows.slice(0, 3));
    expect(again).toMatchObject({ names: ['already-member', 'already-member', 'already-member'], events: [] });

    const removed = await rig.remove(campaign, rows.slice(0, 3));
    expect(removed.names).toEqual(['removed', 'removed', 'removed']);
    expect(removed.events.map((event) => event.type)).toEqual(Array(3).fill('dyncamp.person.removed'));
    expect((await truthOf(api, campaign)).people).toEqual([]);
    const gone = await rig.remove(campaign, rows.slice(0, 3));
    expect(gone).toMatchObject({ names: ['not-member', 'not-member', 'not-member'], events: [] });
  });
});

describe('a column to match by', () => {
  it('compares without case, and creates nobody who is there', async () => {
    const campaign = await make.campaign();
    const lead = await make.lead({ subject: 'Marketo-ABC' });
    const rules = { matchBy: 'subject' };
    const attributes = { emailaddress1: 'by-column@x.example', lastname: 'Column' };
    const added = await rig.add(campaign, [byColumn('MARKETO-abc', attributes)], { rules });
    expect(added.outcomes).toMatchObject([{ outcome: 'added', personId: lead }]);
    expect(await leadsWith(api, 'by-column@x.example')).toEqual([]);
  });

  it('finds on removal the lead of a contact that is found by it', async () => {
    const campaign = await make.campaign();
    const lead = await make.lead({ emailaddress1: 'parent-lead@x.example' });
    await rig.add(campaign, [byId(lead)]);
    const contact = await make.contact({ governmentid: 'G-7' });
    await api.patch(`leads(${lead})`, { 'parentcontactid@odata.bind': `/contacts(${contact})` });
    await api.patch(`leads(${lead})`, { statecode: 1, statuscode: 3 });
    const removed = await rig.remove(campaign, [byColumn('g-7')], { removal: { matchBy: 'governmentid' } });
    expect(removed.outcomes).toMatchObject([{ outcome: 'removed', personId: lead }]);
    expect((await truthOf(api, campaign)).people).toEqual([]);
  });
});

describe('people who are left alone', () => {
  itUnder({ memberCreator: 'caller' })('are those whom another user added, unless asked for', async () => {
    const campaign = await make.campaign();
    const lead = await make.lead();
    const marketo = openRig(api.emulator().url, { token: 'app:3a4ce700-0000-4000-8000-0000000000aa' });
    await marketo.add(campaign, [byId(lead)]);
    const kept = await rig.remove(campaign, [byId(lead)]);
    expect(kept).toMatchObject({ events: [], outcomes: [{ outcome: 'added-by-other', addedBy: 'Marketo Sync User' }] });
    expect((await rig.add(campaign, [byId(lead)])).outcomes).toMatchObject([
      { outcome: 'already-member', addedBy: 'Marketo Sync User' },
    ]);
    const taken = await rig.remove(campaign, [byId(lead)], { removal: { addedBy: { kind: 'anyone' } } });
    expect(taken.names).toEqual(['removed']);
    await marketo.close();
  });

  it('are excluded ones, by whichever of their names, on both ways', async () => {
    const campaign = await make.campaign();
    const lead = await make.lead({ emailaddress1: 'excluded@x.example' });
    const exclusions: Exclusions = { excludesRow: () => false, excludesRecord: ({ id }) => id === lead };
    const rows = [byEmail('excluded@x.example')];
    expect((await rig.add(campaign, rows, { exclusions })).names).toEqual(['excluded']);
    await rig.add(campaign, rows);
    expect(await rig.remove(campaign, rows, { exclusions })).toMatchObject({ names: ['excluded'], events: [] });
    expect((await truthOf(api, campaign)).people).toEqual([lead]);
  });

  it('are those of a dry run: nothing is made, nothing is told, what would happen is said', async () => {
    const campaign = await make.campaign();
    const lead = await make.lead();
    const rows = [byId(lead), byEmail('dry@x.example', { lastname: 'Dry' })];
    const dry = await rig.add(campaign, rows, { rules: { isDryRun: true } });
    expect(dry).toMatchObject({ names: ['added', 'added'], events: [] });
    expect(await truthOf(api, campaign)).toMatchObject({ lists: [], people: [] });
    expect(await leadsWith(api, 'dry@x.example')).toEqual([]);
    await rig.add(campaign, rows);
    expect((await truthOf(api, campaign)).people).toHaveLength(2);
    const dryRemoval = await rig.remove(campaign, rows, { removal: { isDryRun: true } });
    expect(dryRemoval).toMatchObject({ names: ['removed', 'removed'], events: [] });
    expect((await truthOf(api, campaign)).people).toHaveLength(2);
  });
});

describe('a duplicate rule of the organization', () => {
  it.each(['412', '500'] as const)(
    'refuses a second lead of an e-mail, and who is meant is shown (U20: %s)',
    async (duplicateStatus) => {
      api.switch({ duplicateStatus });
      const campaign = await make.campaign();
      const email = `duplicate-${duplicateStatus}@x.example`;
      const closed = await make.lead({ emailaddress1: email });
      await api.patch(`leads(${closed})`, { statecode: 2, statuscode: 4 });
      const rows = [byEmail(email, { lastname: 'Duplicate' })];
      const rules = { onInactive: 'create-new' as const };
      const refused = await rig.add(campaign, rows, { rules });
      expect(refused.outcomes).toMatchObject([{ outcome: 'duplicate', code: '0x80040333' }]);
      expect(refused.outcomes[0]?.message).toContain(closed);
      expect(await leadsWith(api, email)).toHaveLength(1);
      const made = await rig.add(campaign, rows, { rules: { ...rules, duplicateRules: 'ignore' } });
      expect(made.outcomes).toMatchObject([{ outcome: 'added', created: true }]);
    },
  );
});

describe('a bad value among good ones', () => {
  it('is an outcome of its own and stops nobody', async () => {
    const campaign = await make.campaign();
    const lead = await make.lead();
    const added = await rig.add(campaign, [byEmail('a\u0001@x.example', { lastname: 'Bad' }), byId(lead)]);
    expect(added).toMatchObject({ names: ['invalid', 'added'], fatal: undefined });
    const removed = await rig.remove(campaign, [byEmail('a\u0001@x.example'), byId(lead)]);
    expect(removed).toMatchObject({ names: ['invalid', 'removed'], fatal: undefined });
  });
});
