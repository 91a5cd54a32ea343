/** U23 `same`: a membership row that comes back with its old id is another addition, whatever the journal knows of the id. */
import { makers, members, useEmulator } from '../../support/emulator.ts';
import { byId, openRig } from './harness.ts';
import { truthOf } from './truth.ts';

const DAY_MS = 24 * 60 * 60_000;
const MARKETO = { Authorization: 'Bearer app:3a4ce700-0000-4000-8000-0000000000aa' };

let ahead = 0;
const api = useEmulator({ seed: 'none', now: () => new Date(Date.now() + ahead) });
const make = makers(api);

describe('somebody whom an interrupted run added', () => {
  it.each([
    ['is there still', async () => undefined, 'added'],
    [
      'was taken out and put in by another user',
      async (list: string, lead: string) => {
        ahead += DAY_MS;
        await api.post('RemoveListMembersList', members(list, 'lead', [lead]), MARKETO);
        await api.post('AddListMembersList', members(list, 'lead', [lead]), MARKETO);
      },
      'already-member',
    ],
  ])('%s', async (_, meanwhile, outcome) => {
    api.switch({ readdedMemberId: 'same' });
    const rig = openRig(api.emulator().url);
    const campaign = await make.campaign();
    const lead = await make.lead();
    await rig.add(campaign, [byId(lead)], { crashes: true });
    rig.reopen();
    const before = await truthOf(api, campaign);
    await meanwhile(before.lists[0]?.id ?? '', lead);
    const again = await rig.add(campaign, [byId(lead)]);
    expect(again.names).toEqual([outcome]);
    const after = await truthOf(api, campaign);
    expect(after.rows.map((row) => row.listmemberid)).toEqual(before.rows.map((row) => row.listmemberid));
    await rig.close();
  });
});
