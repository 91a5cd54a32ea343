import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignInTarget } from '../../../src/auth/msal-token-source.ts';
import { loginByDeviceCode, type PersonSignIn, personTokens } from '../../../src/auth/person-sign-in.ts';

const ORIGIN = 'https://contoso.crm4.dynamics.com';
const TENANT = '7a1e0c55-3f0b-4f6e-8d52-91b7c4e6a001';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const idToken = `${part({ alg: 'none' })}.${part({ oid: 'oid-1', tid: TENANT, sub: 's', preferred_username: 'kim@contoso.example', exp: 4e9 })}.`;

type Reply = { readonly status: number; readonly body: object };

const granted = (token: string): Reply => ({
  status: 200,
  body: {
    token_type: 'Bearer',
    scope: `${ORIGIN}/user_impersonation`,
    expires_in: 3599,
    access_token: token,
    refresh_token: 'refresh-1',
    id_token: idToken,
    client_info: part({ uid: 'oid-1', utid: TENANT }),
  },
});
const DEVICE_CODE: Reply = {
  status: 200,
  body: {
    device_code: 'dc',
    user_code: 'ABCD-EFGH',
    verification_uri: 'https://login.example/device',
    interval: 0,
    expires_in: 900,
    message: 'm',
  },
};
const refused = (error: string, description: string): Reply => ({
  status: 400,
  body: { error, error_description: description },
});

describe('a person', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dyncamp-person-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  let number = 0;
  function person(): PersonSignIn {
    number += 1;
    return {
      tenantId: TENANT,
      cacheFile: join(directory, `${number}.json`),
      loginCommand: 'dyncamp login --profile prod',
    };
  }

  /** Entra ID as a function that answers in this order. */
  function entra(...replies: readonly Reply[]) {
    const asked: string[] = [];
    const target: SignInTarget = {
      origin: ORIGIN,
      loginHost: 'http://127.0.0.1:9',
      clock: { now: () => Date.now() },
      exchange: async ({ url, body = '' }) => {
        const reply = replies[asked.length] ?? refused('server_error', 'asked too often');
        asked.push(`${new URL(url).pathname} ${new URLSearchParams(body).get('grant_type') ?? ''}`.trim());
        return { status: reply.status, headers: {}, body: JSON.stringify(reply.body) };
      },
    };
    return { asked, target };
  }

  it('signs in by device code, and is signed in silently afterwards', async () => {
    const signIn = person();
    const { asked, target } = entra(DEVICE_CODE, granted('t1'));
    const shown: object[] = [];
    await expect(loginByDeviceCode(signIn, target, (prompt) => shown.push(prompt))).resolves.toEqual({
      userName: 'kim@contoso.example',
    });
    expect(shown).toEqual([{ url: 'https://login.example/device', code: 'ABCD-EFGH' }]);
    expect(asked).toEqual([`/${TENANT}/oauth2/v2.0/devicecode`, `/${TENANT}/oauth2/v2.0/token device_code`]);
    const later = entra();
    await expect(personTokens(signIn, later.target).token()).resolves.toBe('t1');
    expect(later.asked).toEqual([]);
  });

  it('keeps the sign-in to its owner', async () => {
    const signIn = person();
    await loginByDeviceCode(signIn, entra(DEVICE_CODE, granted('t1')).target, () => undefined);
    expect(statSync(signIn.cacheFile).mode & 0o777).toBe(0o600);
    expect(readFileSync(signIn.cacheFile, 'utf8')).toContain('refresh-1');
  });

  it('renews silently by its refresh token', async () => {
    const signIn = person();
    await loginByDeviceCode(signIn, entra(DEVICE_CODE, granted('t1')).target, () => undefined);
    const { asked, target } = entra(granted('t2'));
    const tokens = personTokens(signIn, target);
    await tokens.token();
    await expect(tokens.token({ renew: true })).resolves.toBe('t2');
    expect(asked).toEqual([`/${TENANT}/oauth2/v2.0/token refresh_token`]);
  });

  it('names the command to run when nobody is signed in', async () => {
    await expect(personTokens(person(), entra().target).token()).rejects.toMatchObject({
      code: 'SIGN_IN_NEEDED',
      category: 'authentication',
      hint: 'Run `dyncamp login --profile prod`.',
    });
  });

  it('names the command to run when the sign-in has ended', async () => {
    const signIn = person();
    await loginByDeviceCode(signIn, entra(DEVICE_CODE, granted('t1')).target, () => undefined);
    const ended = refused('invalid_grant', 'AADSTS700082: The refresh token has expired due to inactivity.');
    const tokens = personTokens(signIn, entra(ended).target);
    await tokens.token();
    await expect(tokens.token({ renew: true })).rejects.toMatchObject({
      category: 'authentication',
      hint: 'Run `dyncamp login --profile prod`.',
    });
  });

  it('explains a refused sign-in', async () => {
    const { target } = entra(refused('invalid_client', 'AADSTS700016: Application was not found.'));
    await expect(loginByDeviceCode(person(), target, () => undefined)).rejects.toMatchObject({ code: 'APP_UNKNOWN' });
  });
});
