import { ownListId } from '../../../src/campaign/ids.ts';
import { ownListName } from '../../../src/campaign/list-name.ts';
import { type CampaignFacts, classifyOwnLists } from '../../../src/campaign/own-lists.ts';
import type { MarketingList } from '../../../src/dataverse/wire.ts';
import { DataverseError } from '../../../src/errors.ts';
import { CAMPAIGN_CHECKS, type CheckedFacts } from '../../../src/sync/campaign-checks.ts';
import type { Check } from '../../../src/sync/check.ts';
import { planRepair } from '../../../src/sync/repair.ts';

const ORGANIZATION = '00000000-0000-4000-8000-0000000000aa';
const CAMPAIGN = { id: '00000000-0000-4000-8000-00000000000c', name: 'Spring', code: '' };
const COPY = { id: '00000000-0000-4000-8000-00000000000d', name: 'Spring copy', code: '' };
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

const ME = '00000000-0000-4000-8000-000000000001';
const ERIKA = '00000000-0000-4000-8000-000000000002';

function check(given: CampaignFacts, more: Partial<CheckedFacts> = {}): readonly Check[] {
  const names = new Map([
    [ME, 'dyncamp'],
    [ERIKA, 'Erika'],
  ]);
  const seen: CheckedFacts = {
    facts: given,
    lists: classifyOwnLists(given),
    members: new Map(),
    unreadLists: undefined,
    unreadLinks: undefined,
    silentCreators: new Set(),
    flowUsers: new Set([ME]),
    names,
  };
  return CAMPAIGN_CHECKS.map(({ id, check }) => ({ id, ...check({ ...seen, ...more }) }));
}

/** The checks that are not ok, by id. */
function findings(given: CampaignFacts): Readonly<Record<string, string>> {
  const found = check(given).filter(({ status }) => status !== 'ok');
  return Object.fromEntries(found.map(({ id, status }) => [id, status]));
}
const textOf = (given: CampaignFacts, id: string) => check(given).find((each) => each.id === id);

describe('CAMPAIGN_CHECKS', () => {
  it('have ids of their own', () => {
    expect(new Set(CAMPAIGN_CHECKS.map(({ id }) => id)).size).toBe(CAMPAIGN_CHECKS.length);
  });

  it('finds nothing wrong with a list as dyncamp makes it', () => {
    expect(findings(facts())).toEqual({});
  });

  it('names the lists, and the one that is yet to be made', () => {
    expect(textOf(facts(), 'lists.present')?.found).toBe(
      `leads: "${leads.name}" (${leads.id}); contacts: none yet; created when first needed.`,
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
    const unlocked = textOf(facts({ linked: [locked, alsoLocked], ours: [locked, alsoLocked] }), 'lists.unlocked');
    expect(unlocked?.found).toContain(leads.name);
    expect(unlocked?.found).toContain(contacts.name);
    expect(unlocked?.remedy).toContain('dyncamp sync repair CAMPAIGN --unlock');
  });

  it('looks at no list where there is none, and says so', () => {
    const checks = check(facts({ linked: [], ours: [] })).filter(({ status }) => status !== 'ok');
    const always = ['campaign', 'lists.present', 'lists.copied'];
    expect(checks.map(({ id }) => id)).toEqual(
      CAMPAIGN_CHECKS.map(({ id }) => id).filter((id) => !always.includes(id)),
    );
    expect(new Set(checks.map(({ found }) => found))).toEqual(new Set(['There is no own list yet.']));
  });
});

describe('CAMPAIGN_CHECKS on copies (U27)', () => {
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
    const campaignsOfList = new Map([[leads.id, [CAMPAIGN, COPY, { id: SECOND, name: 'Third', code: '' }]]]);
    expect(textOf(facts({ campaignsOfList }), 'lists.shared')?.remedy).toContain('--unlink-from OTHER');
  });

  it('sees from the copy that its list is the own list of the original', () => {
    const original = { ...leads, id: SECOND, name: ownListName('lead', COPY.id) };
    const given = facts({ linked: [original], ours: [], otherCampaignIds: new Set([COPY.id]) });
    expect(textOf(given, 'lists.copied')).toMatchObject({ status: 'warning', found: expect.stringContaining(COPY.id) });
  });
});

describe('CAMPAIGN_CHECKS on members', () => {
  const membersBy = (creators: ReadonlyMap<string, number>, more: Partial<CheckedFacts> = {}) =>
    check(facts(), { members: new Map([[leads.id, creators]]), ...more }).find(({ id }) => id === 'members');

  it('are ok when flow actions put everybody in', () => {
    expect(membersBy(new Map([[ME, 3]]))).toMatchObject({
      status: 'ok',
      found: '3 on the own lists, added: 3 by "dyncamp".',
    });
  });

  it('warn of people whom somebody else added, and count them, the most first', () => {
    const members = membersBy(
      new Map([
        [ME, 3],
        [ERIKA, 5],
        ['', 1],
      ]),
    );
    expect(members?.status).toBe('warning');
    expect(members?.found).toContain('9 on the own lists, added: 5 by "Erika", 3 by "dyncamp", 1 by an unknown user');
    expect(members?.found).toContain('keep 6 of them');
    expect(members?.remedy).toContain(`and their ids: ${ERIKA}`);
  });

  it('show the id of a user whose name is not known', () => {
    expect(membersBy(new Map([[ERIKA, 1]]), { names: new Map() })?.found).toContain(`1 by ${ERIKA}`);
  });

  it('are those of all own lists together', () => {
    const members = new Map([
      [leads.id, new Map([[ME, 3]])],
      [SECOND, new Map([[ME, 40]])],
    ]);
    expect(check(facts(), { members }).at(-1)?.found).toBe('43 on the own lists, added: 43 by "dyncamp".');
  });

  it('are ok when nobody is in', () => {
    expect(membersBy(new Map())).toMatchObject({ status: 'ok', found: 'The own lists are empty.' });
  });
});

describe('CAMPAIGN_CHECKS after a refused read', () => {
  const refusal = new DataverseError('DATAVERSE_REFUSED', 'missing prvReadList', { status: 403 });
  const problemsWith = (more: Partial<CheckedFacts>, given = facts()) =>
    check(given, more)
      .filter(({ status }) => status !== 'ok')
      .map(({ id, status, remedy }) => `${id} ${status} ${remedy?.includes('prvReadList') === true}`);
  const ofLists = CAMPAIGN_CHECKS.map(({ id }) => id).filter((id) => id.startsWith('lists.'));

  it.each<[string, Partial<CheckedFacts>, readonly string[]]>([
    ['the lists', { unreadLists: refusal }, [...ofLists, 'members']],
    ['the campaigns of the lists', { unreadLinks: refusal }, ['lists.shared', 'lists.copied']],
    ['the members', { members: new Map([[leads.id, refusal]]) }, ['members']],
  ])('of %s have a problem only in those that need it', (_, more, ids) => {
    expect(problemsWith(more)).toEqual(ids.map((id) => `${id} problem true`));
  });

  it('of the members cannot say whether a list that is not linked is detached', () => {
    const given = facts({ linked: [] });
    expect(problemsWith({ members: new Map([[leads.id, refusal]]) }, given)).toEqual([
      'lists.linked problem true',
      'members problem true',
    ]);
  });
});

describe('planRepair', () => {
  const plan = (given: CampaignFacts, { unlock = false, unlinkFrom = new Set<string>() } = {}) =>
    planRepair(given, classifyOwnLists(given), { unlock, unlinkFrom });
  const stepIds = (...args: Parameters<typeof plan>) => plan(...args).steps.map(({ id, kind }) => id ?? kind);
  const shared = facts({ campaignsOfList: new Map([[leads.id, [CAMPAIGN, COPY]]]) });
  const second = { ...leads, id: SECOND };

  it.each<[string, CampaignFacts, readonly string[]]>([
    ['as dyncamp makes it', facts(), []],
    ['inactive', withList({ isActive: false }), ['activate']],
    ['renamed', withList({ name: 'My leads' }), ['rename']],
    ['half-made', facts({ linked: [] }), ['link']],
  ])('has the steps for a list that is %s', (_, given, expected) => {
    expect(stepIds(given)).toEqual(expected);
    expect(plan(given).cannot).toEqual([]);
  });

  it.each<[string, CampaignFacts, string]>([
    ['dynamic', withList({ isDynamic: true }), 'is dynamic'],
    ['of the wrong type', withList({ personType: 'contact' }), 'is not a list of leads'],
    ['locked, without --unlock', withList({ isLocked: true }), '--unlock'],
    ['shared, without --unlink-from', shared, `--unlink-from id:${COPY.id}`],
  ])('says why it leaves a list that is %s', (_, given, reason) => {
    expect(plan(given)).toEqual({ steps: [], cannot: [expect.stringContaining(reason)] });
  });

  it('keeps the list with the derived id of doubled ones, and unlocks both before it moves anybody', () => {
    const both = [second, leads].map((list) => ({ ...list, isLocked: true }));
    const { steps } = plan(facts({ ours: both, linked: both }), { unlock: true });
    expect(steps.map(({ id, kind }) => id ?? kind)).toEqual(['unlock', 'unlock', 'merge']);
    expect(steps.at(-1)).toMatchObject({ from: { id: SECOND }, into: { id: leads.id } });
  });
});
