import { applicationTokens, type SignInTarget } from '../../../src/auth/msal-token-source.ts';
import { AuthenticationError, TemporaryError } from '../../../src/errors.ts';

const ORIGIN = 'https://contoso.crm4.dynamics.com';

type Answer = { readonly status: number; readonly body: unknown } | Error;

/** Entra ID as a function: what it was asked, and what it answers. */
function fakeEntra(...answers: readonly Answer[]) {
  const asked: { readonly url: string; readonly form: URLSearchParams }[] = [];
  const target: SignInTarget = {
    origin: ORIGIN,
    loginHost: 'http://127.0.0.1:9',
    clock: { now: () => Date.now() },
    exchange: async ({ url, body }) => {
      const answer = answers[asked.length] ?? new Error('asked too often');
      asked.push({ url, form: new URLSearchParams(body) });
      if (answer instanceof Error) throw answer;
      return {
        status: answer.status,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(answer.body),
      };
    },
  };
  return { asked, target };
}

const granted = (token: string, expiresIn = 3599): Answer => ({
  status: 200,
  body: { token_type: 'Bearer', expires_in: expiresIn, access_token: token },
});
const refused = (code: string): Answer => ({
  status: 401,
  body: { error: 'invalid_client', error_description: `AADSTS${code}: Text.`, error_codes: [Number(code)] },
});

const APP = { tenantId: 'contoso.onmicrosoft.com', clientId: '11111111-2222-3333-4444-555555555555' };

describe('applicationTokens', () => {
  it('asks the tenant for a token to the organization with the client secret', async () => {
    const { asked, target } = fakeEntra(granted('t1'));
    const tokens = applicationTokens({ ...APP, proof: () => ({ clientSecret: 's3cret' }) }, target);
    await expect(tokens.token()).resolves.toBe('t1');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).toContain('http://127.0.0.1:9/contoso.onmicrosoft.com/oauth2/v2.0/token');
    expect(Object.fromEntries(asked[0]?.form ?? [])).toMatchObject({
      grant_type: 'client_credentials',
      client_id: APP.clientId,
      client_secret: 's3cret',
      scope: `${ORIGIN}/.default`,
    });
  });

  it('sends a federated token as the assertion', async () => {
    const { asked, target } = fakeEntra(granted('t1'));
    await applicationTokens({ ...APP, proof: () => ({ clientAssertion: 'federated' }) }, target).token();
    expect(Object.fromEntries(asked[0]?.form ?? [])).toMatchObject({
      client_assertion: 'federated',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
  });

  it('reads the secret anew for each token', async () => {
    const { asked, target } = fakeEntra(granted('t1'), granted('t2'));
    let secret = 'old';
    const tokens = applicationTokens({ ...APP, proof: () => ({ clientSecret: secret }) }, target);
    await tokens.token();
    secret = 'new';
    await expect(tokens.token({ renew: true })).resolves.toBe('t2');
    expect(asked.map(({ form }) => form.get('client_secret'))).toEqual(['old', 'new']);
  });

  it('explains a wrong secret without repeating it', async () => {
    const { target } = fakeEntra(refused('7000215'));
    const token = applicationTokens({ ...APP, proof: () => ({ clientSecret: 'wr0ng-secret' }) }, target).token();
    await expect(token).rejects.toThrow(AuthenticationError);
    await expect(token).rejects.toMatchObject({ code: 'WRONG_SECRET', message: expect.not.stringContaining('wr0ng') });
  });

  it('is temporary when Entra ID does not answer', async () => {
    const lost = Object.assign(new Error('connection refused'), { name: 'UnknownResultError' });
    const { target } = fakeEntra(lost, lost, lost);
    await expect(applicationTokens({ ...APP, proof: () => ({ clientSecret: 's' }) }, target).token()).rejects.toThrow(
      TemporaryError,
    );
  });
});
