import { randomUUID } from 'node:crypto';
import { makers, useEmulator } from '../../support/emulator.ts';
import { byEmail, byId, openRig, type Rig } from './harness.ts';
import { leadsWith, truthOf } from './truth.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
let rig: Rig;
beforeEach(() => {
  rig = openRig(api.emulator().url);
});
afterEach(() => rig.close());

describe('add and remove', () => {
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
