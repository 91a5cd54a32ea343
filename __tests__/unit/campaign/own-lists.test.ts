import { ownListId } from '../../../src/campaign/ids.ts';
import {
  type CampaignFacts,
  classifyOwnLists,
  LIST_REMEDIES,
  newOwnList,
  remedyOf,
} from '../../../src/campaign/own-lists.ts';
import { usableLists, warningsOf } from '../../../src/campaign/usable.ts';
import type { Campaign, MarketingList } from '../../../src/dataverse/wire.ts';

const organizationId = '0d0c4b1e-5a3f-4d9a-9c61-2f7e8a31c0de';
const campaign: Campaign = {
  id: '11111111-2222-4333-8444-555555555555',
  name: 'Spring',
  code: 'SP26',
  isActive: true,
  isTemplate: false,
  status: 'Launched',
  type: 'Event',
  start: '',
  end: '',
};
const other = { id: '99999999-2222-4333-8444-555555555555', name: 'Autumn', code: '' };
const leadsId = ownListId(organizationId, campaign.id, 'lead');
const contactsId = ownListId(organizationId, campaign.id, 'contact');

const list = (id: string, name: string, more: Partial<MarketingList> = {}): MarketingList => ({
  id,
  name,
  personType: 'lead',
  isDynamic: false,
  isLocked: false,
  isActive: true,
  ...more,
});
const ours = (more: Partial<MarketingList> = {}) => list(leadsId, `Mkto-leads-${campaign.id}`, more);
const marketo = (id: string, more: Partial<MarketingList> = {}) => list(id, `Mkto-leads-${id}`, more);

function facts(more: Partial<CampaignFacts> = {}): CampaignFacts {
  return {
    organizationId,
    campaign,
    linked: [],
    ours: [],
    campaignsOfList: new Map(),
    otherCampaignIds: new Set(),
    listsWithMembers: new Set(),
    ...more,
  };
}
const linked = (...lists: readonly MarketingList[]) => facts({ linked: lists });
const shared = (judged: CampaignFacts) => ({
  ...judged,
  campaignsOfList: new Map([[leadsId, [{ id: campaign.id, name: 'Spring', code: '' }, other]]]),
});

describe('classifyOwnLists', () => {
  it.each<[string, CampaignFacts, string | undefined]>([
    ['none there yet', facts(), undefined],
    ['ours', linked(ours()), leadsId],
    ['ours, half-made', facts({ ours: [ours()] }), leadsId],
    ['ours, renamed', linked(ours({ name: 'Friends' })), leadsId],
    ['ours by the campaign’s id in its name', linked(list('l1', `Mkto-leads-${campaign.id}`)), 'l1'],
    [
      'ours by the spare id',
      linked(list(ownListId(organizationId, campaign.id, 'lead', 1), 'Friends')),
      ownListId(organizationId, campaign.id, 'lead', 1),
    ],
    ['Marketo’s', linked(marketo('m1')), 'm1'],
    ['ours beside Marketo’s', linked(marketo('m1'), ours()), leadsId],
    [
      'a list of another campaign',
      facts({ linked: [list('l1', `Mkto-leads-${other.id}`)], otherCampaignIds: new Set([other.id]) }),
      undefined,
    ],
    ['Marketo’s with a GUID that is no campaign’s', linked(list('l1', `Mkto-leads-${other.id}`)), 'l1'],
    ['a list of another name', linked(list('l1', 'Newsletter')), undefined],
  ])('puts leads on: %s', (_, given, expected) => {
    const judged = classifyOwnLists(given);
    expect(judged.targets.lead?.id).toBe(expected);
    expect(judged.targets.contact).toBeUndefined();
    expect(judged.problems).toEqual([]);
  });

  it.each<[string, CampaignFacts, string, RegExp?]>([
    ['locked', linked(ours({ isLocked: true })), 'LIST_LOCKED', /Unlock it/],
    ['inactive', linked(ours({ isActive: false })), 'LIST_INACTIVE', /Activate it/],
    ['dynamic', linked(ours({ isDynamic: true })), 'LIST_DYNAMIC', /Remove it from the campaign/],
    ['of the other type', linked(ours({ personType: 'contact' })), 'LIST_WRONG_TYPE', /Remove it from/],
    ['of accounts', linked(ours({ personType: undefined })), 'LIST_WRONG_TYPE'],
    ['detached', facts({ ours: [ours()], listsWithMembers: new Set([leadsId]) }), 'LIST_DETACHED'],
    ['doubled: two of ours', linked(ours(), list('l2', `Mkto-leads-${campaign.id}`)), 'LIST_DOUBLED'],
    [
      'doubled: an unlinked one of ours beside a linked one',
      facts({ linked: [list('l2', `Mkto-leads-${campaign.id}`)], ours: [ours()] }),
      'LIST_DOUBLED',
    ],
    ['doubled: several of Marketo’s alone', linked(marketo('m1'), marketo('m2')), 'LIST_DOUBLED', /Keep one/],
    ['shared', shared(linked(ours())), 'LIST_SHARED'],
    ['Marketo’s, locked', linked(marketo('m1', { isLocked: true })), 'LIST_LOCKED'],
  ])('finds what is wrong: %s', (_, given, code, remedy = /./) => {
    const [problem, ...more] = classifyOwnLists(given).problems;
    expect(problem).toMatchObject({ code });
    expect(problem && LIST_REMEDIES[problem.code]).toMatch(remedy);
    expect(more).toEqual([]);
    expect(() => usableLists(given, { allowInactive: true, allowSharedList: code !== 'LIST_SHARED' })).toThrow(
      expect.objectContaining({ code, category: 'campaign' }),
    );
  });

  it.each<[string, CampaignFacts, string]>([
    ['a list of Marketo’s beside ours', linked(ours(), marketo('m1')), 'LIST_BESIDE_OURS'],
    ['several of them', linked(ours(), marketo('m1'), marketo('m2')), 'LIST_BESIDE_OURS'],
    ['a renamed one', linked(ours({ name: 'Friends' })), 'LIST_RENAMED'],
    [
      'another campaign’s',
      facts({ linked: [list('l1', `Mkto-leads-${other.id}`)], otherCampaignIds: new Set([other.id]) }),
      'LIST_OF_OTHER_CAMPAIGN',
    ],
  ])('warns of %s and goes on', (_, given, code) => {
    const judged = usableLists(given, { allowInactive: false, allowSharedList: false });
    expect(new Set(judged.warnings.map((warning) => warning.code))).toEqual(new Set([code]));
    expect(warningsOf(given, judged)).toEqual(judged.warnings.map((warning) => warning.message));
  });

  it('looks for members on every own list, targets first, and tells foreign static ones apart', () => {
    const contacts = list(contactsId, 'x', { personType: 'contact' });
    const dynamic = list('d1', 'Dynamic', { isDynamic: true });
    const given = linked(marketo('m1'), list('f1', 'Foreign'), contacts, ours(), dynamic);
    const judged = classifyOwnLists(given);
    expect(judged.all.map((each) => each.id)).toEqual([leadsId, contactsId, 'm1']);
    expect(judged.foreign.map((each) => each.id)).toEqual(['f1']);
  });

  it('lets a shared list pass only when asked', () => {
    const given = shared(linked(ours()));
    expect(usableLists(given, { allowInactive: false, allowSharedList: true }).targets.lead?.id).toBe(leadsId);
    expect(() =>
      usableLists({ ...given, linked: [ours({ isLocked: true })] }, { allowInactive: false, allowSharedList: true }),
    ).toThrow('is locked');
  });
});

describe('remedyOf', () => {
  const named = (code: string, asked?: string) => {
    const given = facts({ campaignsOfList: new Map([[leadsId, [campaign, { ...other, code }]]]) });
    const problem = { code: 'LIST_SHARED', listIds: [leadsId], message: '' } as const;
    return remedyOf(given, problem, asked);
  };
  it.each([
    ['AUTUMN-26', 'SP26 --unlink-from AUTUMN-26'],
    ['two words', `SP26 --unlink-from id:${other.id}`],
    ['sp26', `SP26 --unlink-from id:${other.id}`],
    ['', `SP26 --unlink-from id:${other.id}`],
  ])('names another campaign whose code is %j so that it can be pasted', (code, expected) => {
    expect(named(code, 'SP26')).toContain(`sync repair ${expected}`);
  });

  it('has ids for programs', () => {
    expect(named('CAMPAIGN-26')).toContain(`sync repair CAMPAIGN --unlink-from id:${other.id}`);
  });
});

describe('newOwnList', () => {
  it('names the campaign and who keeps it, within the lengths of the columns', () => {
    const made = newOwnList(facts({ campaign: { ...campaign, name: 'S'.repeat(3000) } }), 'lead');
    expect(made).toMatchObject({ name: `Mkto-leads-${campaign.id}` });
    expect([made.purpose.length, made.description.length]).toEqual([512, 2000]);
    const plain = newOwnList(facts(), 'contact');
    for (const text of [plain.purpose, plain.description]) {
      expect(text).toContain('dyncamp');
      expect(text).toContain(`"Spring" (${campaign.id})`);
    }
  });
});

describe('a campaign', () => {
  const usable =
    (more: Partial<Campaign>, allowInactive = false) =>
    () =>
      usableLists(facts({ campaign: { ...campaign, ...more } }), { allowInactive, allowSharedList: false });

  it('that is inactive or a template stops', () => {
    expect(usable({ isActive: false })).toThrow(expect.objectContaining({ code: 'CAMPAIGN_INACTIVE' }));
    expect(usable({ isTemplate: true })).toThrow(expect.objectContaining({ code: 'CAMPAIGN_IS_TEMPLATE' }));
    expect(usable({ isTemplate: true }, true)).toThrow(expect.objectContaining({ code: 'CAMPAIGN_IS_TEMPLATE' }));
    expect(usable({ isActive: false }, true)).not.toThrow();
  });

  it.each(['Completed', 'Canceled'])('that is %s gets a warning', (status) => {
    const given = facts({ campaign: { ...campaign, status } });
    expect(warningsOf(given, classifyOwnLists(given))).toEqual([expect.stringContaining(status)]);
  });
});
