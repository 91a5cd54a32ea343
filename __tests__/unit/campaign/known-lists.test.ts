import type { ReadyLists } from '../../../src/campaign/ensure-lists.ts';
import { knownLists } from '../../../src/campaign/known-lists.ts';
import { classifyOwnLists } from '../../../src/campaign/own-lists.ts';

const facts: ReadyLists['facts'] = {
  organizationId: '0a6e1f00-1111-4222-8333-444455556666',
  campaign: {
    id: 'ca000000-0000-4000-8000-000000000001',
    name: 'Spring',
    code: 'SPRING',
    isActive: true,
    isTemplate: false,
    status: 'Launched',
    type: '',
    start: '',
    end: '',
  },
  linked: [],
  ours: [],
  campaignsOfList: new Map(),
  otherCampaignIds: new Set(),
  listsWithMembers: new Set(),
};
const missing: ReadyLists = { facts, lists: classifyOwnLists(facts) };
const lead = { types: ['lead'] } as const;

describe('knownLists', () => {
  it('lets one batch make what several lack, and gives the others what it read', async () => {
    const maker = knownLists(facts);
    const mark = maker.mark();
    const made: ReadyLists = { ...missing };
    const asked: ReadyLists[] = [];
    const make = async (ready: ReadyLists) => {
      asked.push(ready);
      return ready === missing ? made : ready;
    };
    const wanted = { ready: missing, ...lead, mark };
    expect(await Promise.all([maker.ensure(wanted, make), maker.ensure(wanted, make)])).toEqual([made, made]);
    expect(asked).toEqual([missing, made]);
    expect(asked[1]).toBe(made);
  });

  it('does not take what was made before the batch was read: the list is gone since then', async () => {
    const maker = knownLists(facts);
    await maker.ensure({ ready: missing, ...lead, mark: maker.mark() }, async () => ({ ...missing }));
    const asked: ReadyLists[] = [];
    await maker.ensure({ ready: missing, ...lead, mark: maker.mark() }, async (ready) => {
      asked.push(ready);
      return ready;
    });
    expect(asked[0]).toBe(missing);
  });

  it('lets the next one try when making failed', async () => {
    const maker = knownLists(facts);
    const wanted = { ready: missing, ...lead, mark: maker.mark() };
    const failing = maker.ensure(wanted, async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await expect(maker.ensure(wanted, async (ready) => ready)).resolves.toBe(missing);
  });
});
