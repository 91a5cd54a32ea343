import type { CampaignAccess } from '../../../src/campaign/access.ts';
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

/** `make` needs no access. */
const listsMadeBy = (make: (ready: ReadyLists) => ReadyLists) =>
  knownLists({} as CampaignAccess, facts, async (_access, ready) => make(ready));

describe('knownLists', () => {
  it('lets one batch make what several lack, and gives the others what it read', async () => {
    const made: ReadyLists = { ...missing };
    const asked: ReadyLists[] = [];
    const lists = listsMadeBy((ready) => {
      asked.push(ready);
      return ready === missing ? made : ready;
    });
    const wanted = { ready: missing, ...lead, mark: lists.mark() };
    expect(await Promise.all([lists.ensure(wanted), lists.ensure(wanted)])).toEqual([made, made]);
    expect(asked).toEqual([missing, made]);
    expect(asked[1]).toBe(made);
  });

  it('does not take what was made before the batch was read: the list is gone since then', async () => {
    const asked: ReadyLists[] = [];
    const lists = listsMadeBy((ready) => {
      asked.push(ready);
      return { ...ready };
    });
    await lists.ensure({ ready: missing, ...lead, mark: lists.mark() });
    await lists.ensure({ ready: missing, ...lead, mark: lists.mark() });
    expect(asked[1]).toBe(missing);
  });

  it('lets the next one try when making failed', async () => {
    let isAllowed = false;
    const lists = listsMadeBy((ready) => {
      if (!isAllowed) throw new Error('no');
      return ready;
    });
    const wanted = { ready: missing, ...lead, mark: lists.mark() };
    await expect(lists.ensure(wanted)).rejects.toThrow('no');
    isAllowed = true;
    await expect(lists.ensure(wanted)).resolves.toBe(missing);
  });
});
