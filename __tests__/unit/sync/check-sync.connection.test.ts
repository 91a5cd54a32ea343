import {
  AuthenticationError,
  DataverseError,
  PrivilegeError,
  SettingsError,
  TemporaryError,
} from '../../../src/errors.ts';
import type { Check } from '../../../src/sync/check.ts';
import { checkSync } from '../../../src/sync/check-sync.ts';
import { type Answers, fakeDataverse, refused } from '../../support/fake-dataverse.ts';
import { manualClock } from '../transport/manual-clock.ts';

const ORGANIZATION = '00000000-0000-4000-8000-0000000000aa';
const USER = '00000000-0000-4000-8000-0000000000bb';
const WORKING: Answers = [
  ['WhoAmI', { UserId: USER, OrganizationId: ORGANIZATION }],
  ['RetrieveCurrentOrganization', { Detail: { FriendlyName: 'Contoso' } }],
  ['RetrieveVersion', { Version: '9.2.24101.201' }],
];

const FIRST = ['connection', 'sign-in', 'user', 'organization', 'version'];

/** The checks of the connection and of whom it leads to. */
async function check(answers: Answers, confirmOrganization: (id: string) => void = () => undefined) {
  const checks: Check[] = [];
  const all = checkSync({
    dataverse: fakeDataverse(answers),
    clock: manualClock(),
    signIn: 'by a client secret',
    pinnedOrganizationId: ORGANIZATION,
    confirmOrganization,
    flowUsers: [],
    campaign: undefined,
    deep: false,
  });
  for await (const each of all) checks.push(each);
  return checks.filter(({ id }) => FIRST.includes(id));
}

async function statuses(answers: Answers): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await check(answers)).map(({ id, status }) => [id, status]));
}

describe('checkSync on the connection', () => {
  it('says what answered, how it signed in, which organization it is and its version', async () => {
    const checks = await check(WORKING);
    expect(checks.map(({ id, status, found }) => [id, status, found])).toEqual([
      ['connection', 'ok', 'https://contoso.crm4.dynamics.com answers.'],
      ['sign-in', 'ok', 'Signed in: by a client secret.'],
      ['user', 'ok', `The user ${USER} (its name cannot be read).`],
      ['organization', 'ok', `"Contoso", id ${ORGANIZATION}, as stored in the profile.`],
      ['version', 'ok', 'Dataverse 9.2.24101.201.'],
    ]);
  });

  const notAfter = (...ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, 'not-checked']));
  it.each<[string, Error, Readonly<Record<string, string>>]>([
    [
      'Entra ID refuses',
      new AuthenticationError('SECRET_EXPIRED', 'the client secret has expired'),
      { connection: 'not-checked', 'sign-in': 'problem', ...notAfter('user', 'organization', 'version') },
    ],
    [
      'the organization refuses the token',
      new AuthenticationError('TOKEN_REFUSED', 'refused'),
      { connection: 'ok', 'sign-in': 'problem', ...notAfter('user', 'organization', 'version') },
    ],
    [
      'Entra ID does not answer',
      new TemporaryError('SIGN_IN_UNREACHABLE', 'no answer'),
      { connection: 'not-checked', 'sign-in': 'problem', ...notAfter('user', 'organization', 'version') },
    ],
    [
      'there is no application user',
      new AuthenticationError('USER_NOT_IN_ORGANIZATION', 'not a member'),
      { connection: 'ok', 'sign-in': 'ok', user: 'problem', ...notAfter('organization', 'version') },
    ],
    [
      'the user has no role',
      new PrivilegeError('NO_SECURITY_ROLE', 'no role'),
      { connection: 'ok', 'sign-in': 'ok', user: 'problem', ...notAfter('organization', 'version') },
    ],
    [
      'the host does not answer',
      new TemporaryError('UNREACHABLE', 'no connection'),
      { connection: 'problem', ...notAfter('sign-in', 'user', 'organization', 'version') },
    ],
    [
      'the certificate is not trusted',
      new SettingsError('CERTIFICATE_NOT_TRUSTED', 'self-signed'),
      { connection: 'problem', ...notAfter('sign-in', 'user', 'organization', 'version') },
    ],
    [
      'something else than Dataverse answers',
      new SettingsError('NOT_DATAVERSE', 'HTTP 404'),
      { connection: 'problem', ...notAfter('sign-in', 'user', 'organization', 'version') },
    ],
  ])('finds where it fails when %s', async (_, error, expected) => {
    await expect(statuses([['', error]])).resolves.toEqual(expected);
  });

  it('says message and remedy of what failed, and which check the others wait for', async () => {
    const error = new TemporaryError('UNREACHABLE', 'no connection', { hint: 'check the network' });
    const checks = await check([['', error]]);
    expect(checks[0]).toMatchObject({ found: 'no connection', remedy: 'check the network' });
    expect(checks[1]?.found).toBe('Skipped, because "connection" failed.');
  });

  it('takes a refused WhoAmI for a fault of the connection', async () => {
    await expect(statuses([['', refused(404)]])).resolves.toMatchObject({ connection: 'problem' });
  });

  it('gives code and request id of the refusal that stops everything', async () => {
    const blocked = new DataverseError('IP_BLOCKED', 'blocked', { dataverseCode: '0x80095ffe', requestId: 'r-1' });
    const checks = await check([['', blocked]]);
    expect(checks.find(({ status }) => status === 'problem')?.found).toBe('blocked (0x80095ffe, request id r-1)');
  });
  it.each([
    ['without ids', {}],
    ['with a path in place of an id', { UserId: USER, OrganizationId: '../../elsewhere' }],
  ])('takes an answer %s for no Dynamics', async (_name, whoAmI) => {
    const checks = await check([['WhoAmI', whoAmI], ...WORKING.slice(1)]);
    expect(checks[0]).toMatchObject({ id: 'connection', status: 'problem', found: expect.stringContaining('WhoAmI') });
  });

  it('stops at another organization than the pinned one', async () => {
    const checks = await check(WORKING, () => {
      throw new SettingsError('ORGANIZATION_CHANGED', 'is now another', { hint: 'add it anew' });
    });
    expect(checks.map(({ id, status }) => `${id}: ${status}`)).toEqual([
      'connection: ok',
      'sign-in: ok',
      'user: not-checked',
      'organization: problem',
      'version: not-checked',
    ]);
  });

  it.each([
    ['settings that are wrong', new SettingsError('SECRET_MISSING', 'not set')],
    ['faults of our own', new Error('bug')],
  ])('throws %s', async (_, error) => {
    await expect(check([['', error]])).rejects.toBe(error);
  });
});
