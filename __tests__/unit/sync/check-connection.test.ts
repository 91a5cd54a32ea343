import { AuthenticationError, PrivilegeError, SettingsError, TemporaryError } from '../../../src/errors.ts';
import { checkConnection } from '../../../src/sync/check-connection.ts';
import { type Answers, fakeDataverse, refused } from './fake-dataverse.ts';

const ORGANIZATION = '00000000-0000-4000-8000-0000000000aa';
const USER = '00000000-0000-4000-8000-0000000000bb';
const WORKING: Answers = [
  ['WhoAmI', { UserId: USER, OrganizationId: ORGANIZATION }],
  ['RetrieveCurrentOrganization', { Detail: { FriendlyName: 'Contoso' } }],
  ['RetrieveVersion', { Version: '9.2.24101.201' }],
];

function check(answers: Answers, confirmOrganization: (id: string) => void = () => undefined) {
  return checkConnection({
    dataverse: fakeDataverse(answers),
    signIn: 'by a client secret',
    pinnedOrganizationId: ORGANIZATION,
    confirmOrganization,
  });
}

async function statuses(answers: Answers): Promise<Readonly<Record<string, string>>> {
  const { checks } = await check(answers);
  return Object.fromEntries(checks.map(({ id, status }) => [id, status]));
}

describe('checkConnection', () => {
  it('says what answered, how it signed in, which organization it is and its version', async () => {
    const { checks, identity } = await check(WORKING);
    expect(checks.map(({ id, status, found }) => [id, status, found])).toEqual([
      ['connection', 'ok', 'https://contoso.crm4.dynamics.com answers.'],
      ['sign-in', 'ok', 'Signed in: by a client secret.'],
      ['organization', 'ok', `"Contoso", id ${ORGANIZATION}, as pinned in the profile.`],
      ['version', 'ok', 'Dataverse 9.2.24101.201.'],
    ]);
    expect(identity).toEqual({ organizationId: ORGANIZATION, organizationName: 'Contoso', userId: USER });
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
    const { checks, identity, failedId } = await check([['', error]]);
    expect(checks[0]).toMatchObject({ found: 'no connection', remedy: 'check the network' });
    expect(checks[1]?.found).toBe('Comes after "connection", which failed.');
    expect([identity, failedId]).toEqual([undefined, 'connection']);
  });

  it('takes a refused WhoAmI for a fault of the connection', async () => {
    await expect(statuses([['', refused(404)]])).resolves.toMatchObject({ connection: 'problem' });
  });

  it.each([
    ['without ids', {}],
    ['with a path in place of an id', { UserId: USER, OrganizationId: '../../elsewhere' }],
  ])('takes an answer %s for no Dynamics', async (_name, whoAmI) => {
    const { checks, identity } = await check([['WhoAmI', whoAmI], ...WORKING.slice(1)]);
    expect(identity).toBeUndefined();
    expect(checks[0]).toMatchObject({ id: 'connection', status: 'problem', found: expect.stringContaining('WhoAmI') });
  });

  it('stops at another organization than the pinned one', async () => {
    const { checks, identity } = await check(WORKING, () => {
      throw new SettingsError('ORGANIZATION_CHANGED', 'is now another', { hint: 'add it anew' });
    });
    expect(checks.map(({ id, status }) => `${id}: ${status}`)).toEqual([
      'connection: ok',
      'sign-in: ok',
      'organization: problem',
      'user: not-checked',
      'version: not-checked',
    ]);
    expect(identity).toBeUndefined();
  });

  it.each<[string, Answers[number][1], string]>([
    ['an old version', { Version: '8.2.1.176' }, 'warning'],
    ['a version that is not told', refused(404), 'not-checked'],
  ])('judges %s', async (_, answer, status) => {
    await expect(statuses([WORKING[0] ?? ['', {}], ['RetrieveVersion', answer]])).resolves.toMatchObject({
      version: status,
    });
  });

  it.each([
    ['settings that are wrong', new SettingsError('SECRET_MISSING', 'not set')],
    ['faults of our own', new Error('bug')],
  ])('throws %s', async (_, error) => {
    await expect(check([['', error]])).rejects.toBe(error);
  });
});
