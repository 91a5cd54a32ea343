import {
  AuthenticationError,
  DataverseError,
  PrivilegeError,
  SettingsError,
  TemporaryError,
} from '../../../src/errors.ts';
import type { Check } from '../../../src/sync/check.ts';
import { checkSync } from '../../../src/sync/check-sync.ts';
import { type Answers, fakeDataverse } from '../../support/fake-dataverse.ts';
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

const statuses = (checks: readonly Check[]): string =>
  FIRST.map((first) => checks.find(({ id }) => id === first)?.status.replace('not-checked', '-')).join(' ');

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

  // Of the connection, the sign-in, the user, the organization and the version; a hyphen was not checked.
  it.each<[string, Error, string]>([
    ['Entra ID refuses', new AuthenticationError('SECRET_EXPIRED', 'it has expired'), '- problem - - -'],
    ['the organization refuses the token', new AuthenticationError('TOKEN_REFUSED', 'no'), 'ok problem - - -'],
    ['Entra ID does not answer', new TemporaryError('SIGN_IN_UNREACHABLE', 'no answer'), '- problem - - -'],
    ['there is no application user', new AuthenticationError('USER_NOT_IN_ORGANIZATION', 'no'), 'ok ok problem - -'],
    ['the user has no role', new PrivilegeError('NO_SECURITY_ROLE', 'no role'), 'ok ok problem - -'],
    ['the host does not answer', new TemporaryError('UNREACHABLE', 'no connection'), 'problem - - - -'],
    ['the certificate is not trusted', new SettingsError('CERTIFICATE_NOT_TRUSTED', 'no'), 'problem - - - -'],
    ['something else than Dataverse answers', new SettingsError('NOT_DATAVERSE', 'HTTP 404'), 'problem - - - -'],
    ['WhoAmI is refused', new DataverseError('DATAVERSE_REFUSED', 'no', { status: 404 }), 'problem - - - -'],
  ])('finds where it fails when %s', async (_, error, expected) => {
    expect(statuses(await check([['', error]]))).toBe(expected);
  });

  it('says message and remedy of what failed, and which check the others wait for', async () => {
    const error = new TemporaryError('UNREACHABLE', 'no connection', { hint: 'check the network' });
    const checks = await check([['', error]]);
    expect(checks[0]).toMatchObject({ found: 'no connection', remedy: 'check the network' });
    expect(checks[1]?.found).toBe('Skipped, because "connection" failed.');
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
    expect(statuses(checks)).toBe('ok ok - problem -');
  });

  it.each([
    ['settings that are wrong', new SettingsError('SECRET_MISSING', 'not set')],
    ['faults of our own', new Error('bug')],
  ])('throws %s', async (_, error) => {
    await expect(check([['', error]])).rejects.toBe(error);
  });
});
