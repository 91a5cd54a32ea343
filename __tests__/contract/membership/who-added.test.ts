/** U32: whose an addition is, and who may be taken out, whatever membership rows name as their creator. */

import { UNSETTLED } from '../../../src/emulator/switches.ts';
import { EVENT_TYPES } from '../../../src/events.ts';
import { itUnder, members } from '../../support/emulator.ts';
import { byId, onceBefore } from './harness.ts';
import { truthOf } from './truth.ts';
import { useRigs } from './use-rigs.ts';

const DAY_MS = 24 * 60 * 60_000;
const MARKETO = { Authorization: 'Bearer app:3a4ce700-0000-4000-8000-0000000000aa' };

const { api, make, rigWith } = useRigs();

/** Rows of an organization in which nobody has changed the answer on the way: all of one kind. */
async function emptyLists(): Promise<void> {
  for (const { listmemberid, _listid_value, _entityid_value } of await api.rows('listmembers')) {
    const row = members(String(_listid_value), 'lead', [String(_entityid_value)]);
    const { status } = await api.post('RemoveListMembersList', row);
    if (status !== 204) throw new Error(`row ${String(listmemberid)} stays`);
  }
}

describe.each(UNSETTLED.memberCreator.map((value) => [value, value === 'caller'] as const))(
  'memberCreator: %s',
  (memberCreator, isSaid) => {
    beforeEach(async () => {
      await emptyLists();
      api.switch({ memberCreator });
    });

    it('who is added is removed by the machine that added them, however long ago; another one needs --added-by', async () => {
      const [mine, other, campaign, lead] = [rigWith(), rigWith(), await make.campaign(), await make.lead()];
      const added = await mine.add(campaign, [byId(lead)]);
      expect(added).toMatchObject({ names: ['added'], events: [expect.anything()] });
      expect(added.warnings.filter((text) => text.includes("this machine's journal"))).toHaveLength(isSaid ? 0 : 1);
      const kept = isSaid ? [] : (await other.remove(campaign, [byId(lead)])).outcomes;
      if (!isSaid) expect(kept).toMatchObject([{ outcome: 'added-by-other', code: 'CREATOR_UNKNOWN' }]);
      // The next run forgets what is older than 30 days.
      mine.clock.advance(40 * DAY_MS);
      const removed = await mine.remove(campaign, [byId(lead)]);
      expect(removed).toMatchObject({ names: ['removed'], events: [expect.anything()] });
      expect([...mine.journal().events({})].map(({ type }) => type)).toEqual([EVENT_TYPES.removed]);
      await mine.add(campaign, [byId(lead)]);
      const anyone = await other.remove(campaign, [byId(lead)], { removal: { addedBy: { kind: 'anyone' } } });
      expect(anyone.names).toEqual(['removed']);
    });

    itUnder({ addExistingMember: 'ignored' })(
      'whom another user put in before our call is ours only where no row says otherwise',
      async () => {
        const [campaign, first, lead] = [await make.campaign(), await make.lead(), await make.lead()];
        await rigWith().add(campaign, [byId(first)]);
        const [list] = (await truthOf(api, campaign)).lists;
        const putIn = () => api.post('AddListMembersList', members(list?.id ?? '', 'lead', [lead]), MARKETO);
        const added = await rigWith(onceBefore(/^AddListMembersList$/, putIn)).add(campaign, [byId(lead)]);
        expect(added.names).toEqual([isSaid ? 'already-member' : 'added']);
        expect(added.events).toHaveLength(isSaid ? 0 : 1);
      },
    );

    it('whom another user put in is never ours where our own call was refused', async () => {
      const [campaign, first, lead] = [await make.campaign(), await make.lead(), await make.lead()];
      await rigWith().add(campaign, [byId(first)]);
      const [list] = (await truthOf(api, campaign)).lists;
      api.switch({ addExistingMember: 'error' });
      const putIn = () => api.post('AddListMembersList', members(list?.id ?? '', 'lead', [lead]), MARKETO);
      const rig = rigWith(onceBefore(/^AddListMembersList$/, putIn));
      expect(await rig.add(campaign, [byId(lead)])).toMatchObject({ names: ['already-member'], events: [] });
      expect((await rig.remove(campaign, [byId(lead)])).names).toEqual(['added-by-other']);
    });

    it.each([
      ['at once', 0, 'added'],
      ['a day later', DAY_MS, 'already-member'],
    ])('what an interrupted run had sent is its own if it was done %s', async (_, ms, outcome) => {
      const [rig, campaign, first, lead] = [rigWith(), await make.campaign(), await make.lead(), await make.lead()];
      await rig.add(campaign, [byId(first)]);
      const [list] = (await truthOf(api, campaign)).lists;
      const { runJournal: run } = await rig.session(campaign);
      const place = { source: 'old.csv', line: 7, ref: lead };
      const intent = { kind: 'add', personType: 'lead', personId: lead, email: '', created: false, place } as const;
      run.begin([{ ...intent, listId: list?.id ?? '', listName: list?.name ?? '' }]);
      rig.reopen();
      rig.clock.advance(ms);
      // Where the creator is said, a later row of ours is another run's: its event has the same id.
      await api.post('AddListMembersList', members(list?.id ?? '', 'lead', [lead]), ms === 0 || !isSaid ? {} : MARKETO);
      const repeated = await rig.add(campaign, [byId(lead)]);
      expect(repeated.names).toEqual([outcome]);
      expect(repeated.events).toHaveLength(outcome === 'added' ? 1 : 0);
    });
  },
);

describe('one other creator of all rows', () => {
  it('is asked for once in a run, and a second creator shows that it is none', async () => {
    await emptyLists();
    const [rig, campaign, stranger] = [rigWith(), await make.campaign(), await make.lead()];
    const people = [await make.lead(), await make.lead(), await make.lead()];
    api.switch({ memberCreator: 'constant' });
    api.emulator().admin.clearRequests();
    const batches = await rig.add(
      campaign,
      people.map((id) => byId(id)),
      { batchSize: 1, limit: 1 },
    );
    expect(batches.names).toEqual(['added', 'added', 'added']);
    const asked = api
      .emulator()
      .requests()
      .filter(({ path }) => decodeURIComponent(path).includes('_createdby_value ne '));
    expect(asked).toHaveLength(1);
    const [list] = (await truthOf(api, campaign)).lists;
    api.switch({ memberCreator: 'caller' });
    await api.post('AddListMembersList', members(list?.id ?? '', 'lead', [stranger]), MARKETO);
    api.switch({ memberCreator: 'constant' });
    expect(await rig.add(campaign, [byId(await make.lead())])).toMatchObject({ names: ['already-member'], events: [] });
  });
});
