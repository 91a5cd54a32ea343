import { ownListId } from '../../../src/campaign/ids.ts';
import { PRIVILEGES } from '../../../src/campaign/privileges.ts';
import { CampaignError, TemporaryError } from '../../../src/errors.ts';
import type { Check } from '../../../src/sync/check.ts';
import { checkSync } from '../../../src/sync/check-sync.ts';
import { type Answers, fakeDataverse, refused } from './fake-dataverse.ts';

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
  const perCampaign = numbers.flatMap((number): Answers => {
    const lists = number % 10 === 0 ? [ownList(number)] : [];
    return [
      [`campaigns(${id(number)})/campaignlist_association`, lists],
      [`campaigns(${id(number)})?`, campaign(number)],
      [`listname eq 'Mkto-leads-${id(number)}'`, lists],
      [
        `lists(${ownList(number).listid})/campaignlist_association`,
        lists.length > 0 ? [campaign(number)] : refused(404),
      ],
    ];
  });
  return [
    ...ORGANIZATION_ANSWERS,
    ...perCampaign,
    ['aggregate=', [{ creator: USER, members: 1 }]],
    ['campaigns?', numbers.map(campaign)],
    ['leads?', []],
  ];
}

type Options = { readonly campaign?: string; readonly deep?: boolean };

async function run(answers: Answers, options: Options = {}) {
  const dataverse = fakeDataverse(answers);
  const checks: Check[] = [];
  const all = checkSync({
    dataverse,
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
    expect(families).toEqual([
      'connection',
      'sign-in',
      'user',
      'organization',
      'version',
      'privilege',
      'capability',
      'marketo',
      'campaign',
      'lists',
      'members',
      'campaigns',
    ]);
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

  it('needs few requests for many campaigns', async () => {
    const few = await run(organizationOf(50));
    const many = await run(organizationOf(500));
    expect(few.dataverse.requests.length).toBeLessThanOrEqual(8);
    // Four for each fifty: their lists, the facts and the members of those that have any, and names.
    expect(many.dataverse.requests.length - few.dataverse.requests.length).toBeLessThanOrEqual(9 * 4);
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

  it('has the checks of the organization said before it stops at a campaign that is not there', async () => {
    const { checks, error } = await run([["name eq 'Nothing'", []], ...organizationOf(1)], { campaign: 'Nothing' });
    expect(error).toBeInstanceOf(CampaignError);
    expect(checks.at(-1)?.id).toBe('marketo.solution');
  });

  it('checks a named campaign although it is inactive, and calls that a problem', async () => {
    const inactive = { ...campaign(1), statecode: 1 };
    const answers: Answers = [["name eq 'X'", [inactive]], [`campaigns(${id(1)})?`, inactive], ...organizationOf(1)];
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

  it.each([
    ['itself', `campaigns(${id(10)})?`],
    ['with its lists', `campaigns(${id(10)})/campaignlist_association`],
  ])('says of one campaign that it could not be read, %s, and goes on with the next', async (_, path) => {
    const { checks } = await run([[path, refused(403, '0x80040220', 'not yours')], ...organizationOf(20)]);
    const { campaign: itself, ...rest } = statusesOf(checks, 'Campaign 10');
    expect(itself).toBe('ok');
    expect(new Set(Object.values(rest))).toEqual(new Set(['problem']));
    expect(new Set(Object.values(statusesOf(checks, 'Campaign 20')))).toEqual(new Set(['ok']));
    expect(checks.at(-1)).toMatchObject({ id: 'campaigns', status: 'ok' });
  });

  it('has one problem where nobody could count the members: the lists are checked all the same', async () => {
    const answers: Answers = [['aggregate=', refused(403, '0x80040220', 'missing prvReadList')], ...organizationOf(10)];
    const { members, ...rest } = statusesOf((await run(answers)).checks, 'Campaign 10');
    expect(members).toBe('problem');
    expect(new Set(Object.values(rest))).toEqual(new Set(['ok']));
  });

  it('says once that no lists may be read, and not of every campaign', async () => {
    const answers: Answers = [
      ['campaignlist_association', refused(403, '0x80040220', 'missing prvReadList')],
      ["listname eq 'Mkto-", refused(403, '0x80040220', 'missing prvReadList')],
      ...organizationOf(20),
    ];
    const { checks } = await run(answers);
    expect(checks.filter((check) => check.campaign !== undefined)).toEqual([]);
    expect(checks.at(-1)).toMatchObject({ id: 'campaigns', status: 'problem' });
  });

  it('passes over a campaign that was deleted since it was listed', async () => {
    const gone: Answers = [[`campaigns(${id(10)})/campaignlist_association`, refused(404)]];
    const { checks } = await run([...gone, ...organizationOf(20)]);
    expect(checks.at(-1)).toMatchObject({ found: '20 active, 1 of them with own lists.' });
  });

  it('warns when there is no campaign to be seen', async () => {
    const { checks } = await run(organizationOf(0));
    expect(checks.at(-1)).toMatchObject({ id: 'campaigns', status: 'warning' });
  });

  it('throws what may pass in the middle', async () => {
    const { error } = await run([['campaigns?', new TemporaryError('SERVER_BUSY', 'busy')], ...organizationOf(1)]);
    expect(error).toBeInstanceOf(TemporaryError);
  });

  it('puts the campaign into remedies, so that they can be typed', async () => {
    const locked = { ...ownList(10), lockstatus: true };
    const answers: Answers = [
      [`campaigns(${id(10)})/campaignlist_association`, [locked]],
      [`listname eq 'Mkto-leads-${id(10)}'`, [locked]],
      ...organizationOf(10),
    ];
    const { checks } = await run(answers);
    const unlocked = checks.find((check) => check.id === 'lists.unlocked');
    expect(unlocked).toMatchObject({
      status: 'problem',
      remedy: expect.stringContaining(`dyncamp sync repair id:${id(10)} --unlock`),
    });
  });
});
