import { ownListId } from '../../../src/membership/derived-ids.ts';
import { ownListName } from '../../../src/membership/list-name.ts';
import type { CampaignFacts } from '../../../src/membership/own-lists.ts';
import type { MarketingList } from '../../../src/membership/wire.ts';
import { checkLists, LIST_CHECK_IDS } from '../../../src/sync/check-lists.ts';

const ORGANIZATION = '00000000-0000-4000-8000-0000000000aa';
const CAMPAIGN = { id: '00000000-0000-4000-8000-00000000000c', name: 'Spring' };
const COPY = { id: '00000000-0000-4000-8000-00000000000d', name: 'Spring copy' };
const SECOND = '00000000-0000-4000-8000-00000000000e';

const leads: MarketingList = {
  id: ownListId(ORGANIZATION, CAMPAIGN.id, 'lead'),
  name: ownListName('lead', CAMPAIGN.id),
  personType: 'lead',
  isDynamic: false,
  isLocked: false,
  isActive: true,
};
const contacts: MarketingList = {
  ...leads,
  id: ownListId(ORGANIZATION, CAMPAIGN.id, 'contact'),
  name: ownListName('contact', CAMPAIGN.id),
  personType: 'contact',
};

function facts(change: Partial<CampaignFacts> = {}): CampaignFacts {
  const campaign = {
    ...CAMPAIGN,
    code: '',
    isActive: true,
    isTemplate: false,
    status: 'Launched',
    type: '',
    start: '',
    end: '',
  };
  return {
    organizationId: ORGANIZATION,
    campaign,
    linked: [leads],
    ours: [leads],
    campaignsOfList: new Map([[leads.id, [CAMPAIGN]]]),
    otherCampaignIds: new Set(),
    listsWithMembers: new Set(),
    ...change,
  };
}
const withList = (change: Partial<MarketingList>): CampaignFacts => {
  const list = { ...leads, ...change };
  return facts({ linked: [list], ours: [list] });
};

/** The checks that are not ok, by id. */
function findings(given: CampaignFacts): Readonly<Record<string, string>> {
  const found = checkLists(given).filter(({ status }) => status !== 'ok');
  return Object.fromEntries(found.map(({ id, status }) => [id, status]));
}
const textOf = (given: CampaignFacts, id: string) => checkLists(given).find((check) => check.id === id);

describe('checkLists', () => {
  it('gives every check once, in a fixed order, whatever is found', () => {
    for (const given of [facts(), facts({ linked: [], ours: [] }), withList({ isLocked: true })])
      expect(checkLists(given).map(({ id }) => id)).toEqual(LIST_CHECK_IDS);
  });

  it('finds nothing wrong with a list as dyncamp makes it', () => {
    expect(findings(facts())).toEqual({});
  });

  it('names the lists, and the one that is yet to be made', () => {
    expect(textOf(facts(), 'lists.present')?.found).toBe(
      `leads: "${leads.name}" (${leads.id}); contacts: none yet, made when first needed.`,
    );
  });

  it.each<[string, CampaignFacts, Readonly<Record<string, string>>]>([
    ['dynamic', withList({ isDynamic: true }), { 'lists.static': 'problem' }],
    ['inactive', withList({ isActive: false }), { 'lists.active': 'problem' }],
    ['locked', withList({ isLocked: true }), { 'lists.unlocked': 'problem' }],
    ['of the wrong type', withList({ personType: 'contact' }), { 'lists.type': 'problem' }],
    ['renamed', withList({ name: 'My leads' }), { 'lists.renamed': 'warning' }],
    ['detached', facts({ linked: [], listsWithMembers: new Set([leads.id]) }), { 'lists.linked': 'problem' }],
    ['half-made', facts({ linked: [] }), { 'lists.linked': 'warning' }],
    [
      'doubled',
      facts({ ours: [leads, { ...leads, id: SECOND }], linked: [leads, { ...leads, id: SECOND }] }),
      { 'lists.doubled': 'problem' },
    ],
    [
      "beside one of Marketo's",
      facts({ linked: [leads, { ...leads, id: SECOND, name: 'Mkto-leads-4711' }] }),
      { 'lists.doubled': 'warning' },
    ],
  ])('sees a list that is %s', (_, given, expected) => {
    expect(findings(given)).toEqual(expected);
  });

  it('says problems with the remedy, two of a kind together', () => {
    const locked = { ...leads, isLocked: true };
    const alsoLocked = { ...contacts, isLocked: true };
    const check = textOf(facts({ linked: [locked, alsoLocked], ours: [locked, alsoLocked] }), 'lists.unlocked');
    expect(check?.found).toContain(leads.name);
    expect(check?.found).toContain(contacts.name);
    expect(check?.remedy).toContain('dyncamp sync repair CAMPAIGN --unlock');
  });

  it('looks at no list where there is none, and says so', () => {
    const checks = checkLists(facts({ linked: [], ours: [] })).filter(({ status }) => status !== 'ok');
    expect(checks.map(({ id }) => id)).toEqual(LIST_CHECK_IDS.slice(1, -1));
    expect(new Set(checks.map(({ found }) => found))).toEqual(new Set(['There is no own list yet.']));
  });
});

describe('checkLists on copies (U27)', () => {
  const both = { linked: [leads, contacts], ours: [leads, contacts] };

  it('names the copy, which shares every own list', () => {
    const campaignsOfList = new Map([leads, contacts].map(({ id }) => [id, [CAMPAIGN, COPY]]));
    const given = facts({ ...both, campaignsOfList });
    expect(findings(given)).toEqual({ 'lists.shared': 'problem', 'lists.copied': 'warning' });
    expect(textOf(given, 'lists.copied')?.found).toContain(`"Spring copy" (${COPY.id})`);
    expect(textOf(given, 'lists.copied')?.remedy).toContain(`sync repair id:${COPY.id}`);
    expect(textOf(given, 'lists.shared')?.remedy).toContain(`--unlink-from id:${COPY.id}`);
  });

  it('takes a campaign that shares only one of two lists for no copy', () => {
    const campaignsOfList = new Map([
      [leads.id, [CAMPAIGN, COPY]],
      [contacts.id, [CAMPAIGN]],
    ]);
    expect(findings(facts({ ...both, campaignsOfList }))).toEqual({ 'lists.shared': 'problem' });
  });

  it('leaves the campaign to unlink from open where there are several', () => {
    const campaignsOfList = new Map([[leads.id, [CAMPAIGN, COPY, { id: SECOND, name: 'Third' }]]]);
    expect(textOf(facts({ campaignsOfList }), 'lists.shared')?.remedy).toContain('--unlink-from OTHER');
  });

  it('sees from the copy that its list is the own list of the original', () => {
    const original = { ...leads, id: SECOND, name: ownListName('lead', COPY.id) };
    const given = facts({ linked: [original], ours: [], otherCampaignIds: new Set([COPY.id]) });
    expect(textOf(given, 'lists.copied')).toMatchObject({ status: 'warning', found: expect.stringContaining(COPY.id) });
  });
});
