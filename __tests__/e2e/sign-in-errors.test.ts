/** Refusals of Entra ID and of Dataverse: one sentence, the next step with the page where it is put right, and the exit code. */
import { jsonLines } from '../support/run-cli.ts';
import { OWN_USER_ID, READ, STRANGER, useSignInCli } from '../support/sign-in-cli.ts';

const cli = useSignInCli();
const CERTIFICATES = /Microsoft Entra admin center > App registrations > your app > Certificates & secrets/;
const OVERVIEW = /Microsoft Entra admin center > App registrations > your app > Overview/;
const ENVIRONMENT = /Power Platform admin center > Environments/;

/** What is said of an error, from the machine-readable log. */
async function said(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await cli.run([...args, '--log-format', 'json'], env);
  const error = jsonLines(stderr).find(({ level }) => level === 'error');
  return { exit: code, stdout, ...error };
}

const refuse = (code: number, error = 'invalid_client') =>
  cli.signIn.refuseNext({ error, code, text: `The text of ${code}.`, times: 5 });

describe('what Entra ID refuses', () => {
  it.each([
    ['an unknown tenant', { AZURE_TENANT_ID: 'contoso.onmicrosoft.com' }, 'TENANT_UNKNOWN', OVERVIEW],
    ['an unknown app', { AZURE_CLIENT_ID: '00000000-0000-4000-8000-000000000000' }, 'APP_UNKNOWN', OVERVIEW],
  ])('%s ends with 4', async (_name, env, code, page) => {
    const error = await said(READ, { ...cli.withSecret(), ...env });
    expect(error).toMatchObject({ exit: 4, stdout: '', code, retryable: false, hint: expect.stringMatching(page) });
    expect(Reflect.get(error, 'message')).toMatch(
      /^Could not sign in to \S+ as app [-0-9a-f]+: [^.()]* \(AADSTS\d+: \S.{1,150}; correlation id [-0-9a-f]{36}\)\.$/,
    );
  });

  it.each([
    ['an expired secret', 7000222, 'SECRET_EXPIRED', CERTIFICATES],
    ['an unknown organization URL', 500011, 'ORGANIZATION_UNKNOWN', ENVIRONMENT],
    ['what is not usual, with its own words', 50000, 'SIGN_IN_REFUSED', /App registrations/],
  ])('%s ends with 4', async (_name, number, code, page) => {
    refuse(number);
    const error = await said(READ, cli.withSecret());
    expect(error).toMatchObject({
      exit: 4,
      code,
      message: expect.stringContaining(`AADSTS${number}`),
      hint: expect.stringMatching(page),
    });
    expect(String(Reflect.get(error, 'message'))).not.toMatch(/Trace ID|Correlation/);
  });

  it('what passes by itself is waited for', async () => {
    const later = { error: 'temporarily_unavailable', code: 90033, text: 'Later.', status: 503, times: 2 };
    cli.signIn.refuseNext(later);
    await expect(cli.run(READ, cli.withSecret())).resolves.toMatchObject({ code: 0 });
    expect(cli.signIns()).toEqual(['AADSTS90033', 'AADSTS90033', 'secret granted']);
  });

  it('what does not pass ends with 75', async () => {
    const later = { error: 'temporarily_unavailable', code: 90033, text: 'Later.', status: 503, times: 1_000 };
    cli.signIn.refuseNext(later);
    await expect(said([...READ, '--max-wait', '1s'], cli.withSecret())).resolves.toMatchObject({
      exit: 75,
      retryable: true,
    });
  });
});

describe('what Dataverse refuses', () => {
  afterEach(() => cli.api.emulator().admin.setPrivileges(OWN_USER_ID, null));
  const body = (code: string, message: string) => ({ error: { code, message } });

  it('an app without an application user ends with 4', async () => {
    await expect(said(READ, { ...cli.withSecret(), AZURE_CLIENT_ID: STRANGER })).resolves.toMatchObject({
      exit: 4,
      code: 'USER_NOT_IN_ORGANIZATION',
      status: 403,
      hint: expect.stringMatching(/Application users > New app user/),
    });
  });

  it.each([
    ['a disabled user', '0x80040225', 'The specified user is disabled or …', 4, 'USER_DISABLED', /Enable the user/],
    [
      'a user without a security role',
      '0x80042f09',
      'The user has not been assigned any roles.',
      5,
      'NO_SECURITY_ROLE',
      /Edit security roles/,
    ],
  ])('%s', async (_name, code, message, exit, ours, hint) => {
    cli.api
      .emulator()
      .admin.addFaults([{ match: {}, effect: { kind: 'status', status: 403, body: body(code, message) } }]);
    await expect(said(READ, cli.withSecret())).resolves.toMatchObject({
      exit,
      code: ours,
      hint: expect.stringMatching(hint),
    });
  });

  it('a missing privilege ends with 5 and is named, with its table', async () => {
    cli.api.emulator().admin.setPrivileges(OWN_USER_ID, { prvReadCampaign: 'None' });
    const error = await said(READ, cli.withSecret());
    expect(error).toMatchObject({ exit: 5, message: expect.stringMatching(/prvReadCampaign.*campaign/) });
  });
});
