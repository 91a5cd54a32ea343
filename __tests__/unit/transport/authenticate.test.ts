import type { TokenSource } from '../../../src/auth/token-source.ts';
import { AuthenticationError, SettingsError } from '../../../src/errors.ts';
import { authenticate } from '../../../src/transport/authenticate.ts';
import { get, response, scriptedSend } from './scripted-send.ts';

const ORIGIN = 'https://contoso.crm4.dynamics.com';

function tokens(...values: readonly string[]): TokenSource & { readonly asked: (string | false)[] } {
  const asked: (string | false)[] = [];
  return {
    asked,
    async token({ renew = false, refused = '' } = {}) {
      asked.push(renew ? refused : false);
      return values[asked.length - 1] ?? 'none left';
    },
  };
}

describe('authenticate', () => {
  it('puts the token on the request', async () => {
    const send = scriptedSend(response(200));
    await authenticate(ORIGIN, tokens('one'))(send)(get());
    expect(send.requests[0]?.headers).toEqual({ authorization: 'Bearer one' });
  });

  it('renews once after a 401, saying which token was refused, and sends again', async () => {
    const send = scriptedSend(response(401), response(200));
    const source = tokens('old', 'new');
    await expect(authenticate(ORIGIN, source)(send)(get())).resolves.toMatchObject({ status: 200 });
    expect(source.asked).toEqual([false, 'old']);
    expect(send.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });

  it('gives up after the second 401, with a next step and without the token', async () => {
    const words = { body: '{"error":{"code":"0x80041d1f","message":"Not for this audience."}}' };
    const send = scriptedSend(response(401), response(401, words));
    const failed = authenticate(ORIGIN, tokens('old-secret', 'new-secret'))(send)(get());
    await expect(failed).rejects.toThrow(AuthenticationError);
    await expect(failed).rejects.toMatchObject({ status: 401, hint: expect.stringContaining('dyncamp login') });
    await expect(failed).rejects.toThrow(/renewed\. Not for this audience\.$/);
    await expect(failed).rejects.not.toThrow(/secret/);
  });

  it('does not say that a token was renewed where there is only this one', async () => {
    const send = scriptedSend(response(401), response(401));
    const failed = authenticate(ORIGIN, tokens('fixed', 'fixed'))(send)(get());
    await expect(failed).rejects.toThrow(/refused the access token for GET leads\.$/);
    await expect(failed).rejects.toMatchObject({ hint: expect.stringContaining('get a new one') });
  });

  it.each(['Negotiate, NTLM', 'NTLM'])('names an on-premises server by %s', async (challenge) => {
    const send = scriptedSend(response(401, { headers: { 'www-authenticate': challenge } }));
    const failed = authenticate(ORIGIN, tokens('one'))(send)(get());
    await expect(failed).rejects.toMatchObject({ code: 'ON_PREMISES', category: 'usage', status: 401 });
  });

  it.each([
    'https://evil.example/api/data/v9.2/leads',
    'http://contoso.crm4.dynamics.com/api/data/v9.2/leads',
    'https://contoso.crm4.dynamics.com.evil.example/',
    'https://contoso.crm4.dynamics.com:444/',
    'https://contoso.crm4.dynamics.com@evil.example/',
  ])('sends nothing to %s', async (url) => {
    const send = scriptedSend();
    const source = tokens('one');
    const failed = authenticate(ORIGIN, source)(send)(get({ url }));
    await expect(failed).rejects.toThrow(SettingsError);
    await expect(failed).rejects.toMatchObject({ code: 'FOREIGN_ORIGIN' });
    expect(source.asked).toEqual([]);
    expect(send.requests).toEqual([]);
  });

  it.each(['', 'two words', 'line\r\nInjected: yes', 'ümlaut'])(
    'refuses %j as a token and does not repeat it',
    async (token) => {
      const failed = authenticate(ORIGIN, tokens(token))(scriptedSend())(get());
      await expect(failed).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
      await expect(failed).rejects.toMatchObject({ message: expect.not.stringMatching(/two words|Injected|ümlaut/) });
    },
  );

  it('leaves a 401 alone whose body is in parts: they are judged one by one', async () => {
    const send = scriptedSend(response(401, { headers: { 'content-type': 'multipart/mixed; boundary=x' } }));
    await expect(authenticate(ORIGIN, tokens('one'))(send)(get())).resolves.toMatchObject({ status: 401 });
  });
});
