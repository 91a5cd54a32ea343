import { ownListId } from '../../../src/campaign/ids.ts';
import { PRIVILEGES } from '../../../src/campaign/privileges.ts';
import { TemporaryError } from '../../../src/errors.ts';
import { CAMPAIGN_CHECKS } from '../../../src/sync/campaign-checks.ts';
import type { Check } from '../../../src/sync/check.ts';
import { checkSync } from '../../../src/sync/check-sync.ts';
import { type Answers, fakeDataverse, refused } from '../../support/fake-dataverse.ts';
import { manualClock } from '../transport/manual-clock.ts';

const ORGANIZATION = '00000000-0000-4000-8000-0000000000aa';
const USER = '00000000-0000-4000-8000-0000000000bb';
const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const ORGANIZATION_ANSWERS: Answers = [
  ['WhoAmI()', { UserId: USER, OrganizationId: ORGANIZATION }],
  ['RetrieveCurrentOrganization', { Detail: { FriendlyName: 'Contoso' } }],
  ['RetrieveVersion', { Version: '9.2.0.0' }],
  [
    'RetrieveUserSetOfPrivilegesByNames',
    { RolePrivileges: PRIVILEGES.map(({ name }) => ({ PrivilegeName: name, Depth: 'Global' })) },
  ],
  ['sdkmessages', ['WhoAmI', 'AddListMembersList'].map((name) => ({ name }))],
  [`systemusers(${USER})`, { fullname: 'dyncamp' }],
  ['systemusers?', []],
  ['solutions', []],
  ['EntityDefinitions', []],
  ["startswith(listname,'Mkto-')", []],
];

const campaign = (number: number) => ({
  campaignid: id(number),
  name: `Campaign ${number}`,
  statecode: 0,
  statuscode: 2,
});
const ownList = (number: number) => ({
  listid: ownListId(ORGANIZATION, id(number), 'lead'),
  listname: `Mkto-leads-${id(number)}`,
  createdfromcode: 4,
  type: false,
  lockstatus: false,
  statecode: 0,
});

/** Campaigns 1 to `count`, of which those divisible by 10 have an own list with one member. */
function organizationOf(count: number): Answers {
  const numbers = Array.from({ length: count }, (_, place) => place + 1);
  const withLists = numbers.filter((number) => number % 10 === 0);
  const lists = withLists.map(ownList);
  return [
    ...ORGANIZATION_ANSWERS,
    [
      'aggregate=',
      withLists.map((number) => ({ list: ownList(number).listid, creator: USER.toUpperCase(), members: 1 })),
    ],
    [LINKS, withLists.map((number, at) => ({ ...lists[at], c_id: id(number), c_name: `Campaign ${number}` }))],
    [OURS, lists],
    ['campaigns?', numbers.map(campaign)],
    ['leads?', []],
  ];
}

const SECURED = ['EntityDefinitions', [{ LogicalName: 'emailaddress1', IsSecured: true }]] as const;
const LINKS = "name='campaignitem'";
const LINKS_OF_LISTS = "</filter><link-entity name='campaignitem'";
const OURS = "attribute='listname'";

type Options = { readonly campaign?: string; readonly deep?: boolean };

async function run(answers: Answers, options: Options = {}) {
  const dataverse = fakeDataverse(answers);
  const checks: Check[] = [];
  const all = checkSync({
    dataverse,
    clock: manualClock(),
    signIn: 'by a client secret',
    pinnedOrganizationId: undefined,
    confirmOrganization: () => undefined,
    flowUsers: [],
    campaign: options.campaign,
    deep: options.deep === true,
  });
  let error: unknown;
  try {
    for await (const check of all) checks.push(check);
  } catch (thrown) {
    error = thrown;
  }
  return { checks, dataverse, error };
}

const idsOf = (checks: readonly Check[]): string[] => checks.map((check) => check.id);

describe('checkSync', () => {
  it('goes from the connection to the campaigns', async () => {
    const { checks } = await run(organizationOf(10));
    const families = [...new Set(idsOf(checks).map((each) => each.split('.')[0]))];
    expect(families.join(' ')).toBe(
      'connection sign-in user organization version privilege privileges capability marketo campaign lists members campaigns',
    );
  });

  it.each([
    ['ok', 'are not under column security', []],
    ['problem', 'hides lead.emailaddress1 and contact.emailaddress1', [SECURED, ['leads?', [{ leadid: id(1) }]]]],
    ['ok', 'this user may read them', [SECURED, ['emailaddress1 ne null', [{ emailaddress1: 'a@x.de' }]]]],
    ['problem', 'could not be read: no', [['EntityDefinitions', refused(403)]]],
    ['problem', 'could not be read: no', [SECURED, ['leads?', refused(403)]]],
  ] as const)('says whether people can be found by their e-mail (U40): %s, %s', async (status, found, more) => {
    const { checks } = await run([...more, ['contacts?', [{ contactid: id(2) }]], ...organizationOf(1)]);
    expect(checks.find((check) => check.id === 'privileges.email')).toMatchObject({
      status,
      found: expect.stringContaining(found),
    });
  });

  it('looks at every active campaign, and closely at those with own lists', async () => {
    const { checks } = await run(organizationOf(25));
    expect(checks.at(-1)).toMatchObject({
      id: 'campaigns',
      status: 'ok',
      found: '25 active, 2 of them with own lists.',
    });
    expect(new Set(checks.flatMap((check) => check.campaign?.name ?? []))).toEqual(
      new Set(['Campaign 10', 'Campaign 20']),
    );
    expect(checks.filter((check) => check.id === 'members').map(({ found }) => found)).toEqual(
      Array(2).fill(`1 on the own lists, added: 1 by ${USER}.`),
    );
  });

  it.each<[string, Options]>([
    ['all campaigns', {}],
    ['one campaign', { campaign: 'Campaign 10' }],
    ['everything', { deep: true }],
  ])('leaves no check out when the connection fails: %s', async (_, options) => {
    const failed = await run([['', new TemporaryError('UNREACHABLE', 'no connection')]], options);
    const worked = await run([[`name eq 'Campaign 10'`, [campaign(10)]], ...organizationOf(10)], options);
    const ofAllCampaigns = (check: Check): boolean => options.campaign !== undefined || check.campaign === undefined;
    expect(idsOf(failed.checks).toSorted()).toEqual(idsOf(worked.checks.filter(ofAllCampaigns)).toSorted());
    expect(failed.checks.filter(({ status }) => status !== 'not-checked').map((check) => check.id)).toEqual([
      'connection',
    ]);
  });

  it('checks a named campaign although it is inactive, and calls that a problem', async () => {
    const answers: Answers = [["name eq 'X'", [{ ...campaign(1), name: 'X', statecode: 1 }]], ...organizationOf(1)];
    const { checks } = await run(answers, { campaign: 'X' });
    expect(checks.find((check) => check.id === 'campaign')).toMatchObject({
      status: 'problem',
      remedy: expect.stringContaining('Activate it'),
    });
  });

  it.each<[string, Options, string]>([
    ['all', {}, 'campaigns'],
    ['one', { campaign: 'X' }, 'campaign'],
  ])('says that campaigns cannot be read: %s', async (_, options, checkId) => {
    const { checks, error } = await run(
      [['campaigns?', refused(403, '0x80040220', 'missing prvReadCampaign')], ...organizationOf(1)],
      options,
    );
    expect(error).toBeUndefined();
    expect(checks.find((check) => check.id === checkId)).toMatchObject({
      status: 'problem',
      found: expect.stringContaining('prvReadCampaign'),
    });
  });

  const statusesOf = (checks: readonly Check[], name: string) =>
    Object.fromEntries(checks.flatMap(({ id, status, campaign: of }) => (of?.name === name ? [[id, status]] : [])));

  const refusal = refused(403, '0x80040220', 'missing prvReadList');

  it.each<[string, string, readonly string[]]>([
    ['count of members', 'aggregate=', ['members']],
    ['read of links', LINKS_OF_LISTS, ['lists.shared', 'lists.copied']],
  ])('has a problem only in the checks that a refused %s spoils', async (_, path, spoilt) => {
    const { checks } = await run([[path, refusal], ...organizationOf(10)]);
    const expected = CAMPAIGN_CHECKS.map((check) => [check.id, spoilt.includes(check.id) ? 'problem' : 'ok']);
    expect(statusesOf(checks, 'Campaign 10')).toEqual(Object.fromEntries(expected));
    expect(checks.at(-1)).toMatchObject({ id: 'campaigns', status: 'ok' });
  });

  it.each([
    ['that are linked', LINKS],
    ['that are ours', OURS],
  ])('says once that lists %s may not be read, and not of every campaign', async (_, path) => {
    const { checks } = await run([[path, refusal], ...organizationOf(20)]);
    expect(checks.filter((check) => check.campaign !== undefined)).toEqual([]);
    expect(checks.at(-1)).toMatchObject({
      id: 'campaigns',
      status: 'problem',
      found: expect.stringContaining('The lists of 20 campaigns could not be read: missing prvReadList'),
    });
  });

  it('has a problem in every check of a named campaign that cannot be read', async () => {
    const { checks } = await run([[`name eq 'X'`, refusal], ...organizationOf(1)], { campaign: 'X' });
    const expected = CAMPAIGN_CHECKS.map((check) => [check.id, 'problem']);
    expect(checks.slice(-CAMPAIGN_CHECKS.length).map((check) => [check.id, check.status])).toEqual(expected);
  });

  it('does not take a list for own while it cannot read whether its name has the id of another campaign', async () => {
    const linked = { ...ownList(20), c_id: id(10), c_name: 'Campaign 10' };
    const answers: Answers = [
      [`name eq 'Campaign 10'`, [campaign(10)]],
      [LINKS, [linked]],
      [OURS, []],
      ['campaigns?fetchXml', refusal],
    ];
    const { checks } = await run([...answers, ...organizationOf(10)], { campaign: 'Campaign 10' });
    const { campaign: itself, ...rest } = statusesOf(checks, 'Campaign 10');
    expect([itself, ...new Set(Object.values(rest))]).toEqual(['ok', 'problem']);
  });

  it('says of a named campaign which checks its unreadable lists spoil', async () => {
    const answers: Answers = [[`name eq 'Campaign 10'`, [campaign(10)]], [LINKS, refusal], ...organizationOf(10)];
    const { campaign: itself, ...rest } = statusesOf(
      (await run(answers, { campaign: 'Campaign 10' })).checks,
      'Campaign 10',
    );
    expect(itself).toBe('ok');
    expect(new Set(Object.values(rest))).toEqual(new Set(['problem']));
  });

  it('warns when there is no campaign to be seen', async () => {
    const { checks } = await run(organizationOf(0));
    expect(checks.at(-1)).toMatchObject({ id: 'campaigns', status: 'warning' });
  });

  it('throws what may pass in the middle', async () => {
    const { error } = await run([['campaigns?', new TemporaryError('SERVER_BUSY', 'busy')], ...organizationOf(1)]);
    expect(error).toBeInstanceOf(TemporaryError);
  });
});
