import { signInFailure } from '../../../src/auth/sign-in-failure.ts';
import { AuthenticationError, TemporaryError } from '../../../src/errors.ts';

const ATTEMPT = { who: 'app 1234', origin: 'https://contoso.crm4.dynamics.com' };

/** As msal passes Entra's text on. */
function refusal(aadsts: string, text: string): Error {
  return Object.assign(new Error(`invalid_client: ${aadsts}: ${text} Trace ID: 1 Correlation ID: 2 Timestamp: 3`), {
    errorCode: 'invalid_client',
  });
}

describe('signInFailure', () => {
  it('says what it means and where to put it right, with the number', () => {
    const error = signInFailure(refusal('AADSTS7000215', 'Text of Microsoft.'), ATTEMPT);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ code: 'WRONG_SECRET', hint: expect.stringMatching(/Certificates & secrets/) });
    expect(error.message).toMatch(/^Could not sign in to https:\/\/contoso\.crm4\.dynamics\.com as app 1234: /);
    expect(error.message).toMatch(/secret is wrong.*AADSTS7000215/);
  });

  it.each(['53003', '99999'])('quotes Entra ID and gives the correlation id whole (AADSTS%s)', (number) => {
    const id = '0f5a1b0e-6f2d-4c3b-9a77-2d1f0a4b5c6d';
    const text = `invalid_grant: ${number} - [2026-11-30 00:00:00Z]: AADSTS${number}: Access has been blocked. Trace ID: 1 Correlation ID: ${id} Timestamp: 3`;
    const { message } = signInFailure(new Error(text), ATTEMPT);
    expect(message).toContain(`AADSTS${number}: Access has been blocked`);
    expect(message).toContain(`correlation id ${id}`);
    expect(message).not.toContain('Trace ID');
  });

  it('does not take a longer number for a shorter one', () => {
    expect(signInFailure(refusal('AADSTS7000229', 'x'), ATTEMPT)).toMatchObject({ code: 'SIGN_IN_REFUSED' });
  });

  it.each([
    ['invalid_client: AADSTS99999: Something new. Trace ID: 1', 'AADSTS99999: Something new'],
    [
      'invalid_request: Error(s): 900144 - Timestamp: 2026-11-30 01:00:00Z - Description: AADSTS900144: The body must have scope. Trace ID: 1 Correlation ID: 2 - Correlation ID: 2 - Trace ID: 1',
      'AADSTS900144: The body must have scope',
    ],
    ['invalid_answer: The answer is not JSON', 'The answer is not JSON'],
    [
      'untrusted_authority: The authority is not trusted. See https://aka.ms/msal.js.errors#untrusted_authority for details',
      'The authority is not trusted',
    ],
  ])('says of msal’s text only what Entra says: %s', (text, expected) => {
    expect(signInFailure(new Error(text), ATTEMPT).message).toBe(
      `Could not sign in to ${ATTEMPT.origin} as ${ATTEMPT.who}: ${expected}.`,
    );
  });

  it.each([
    ['no network', Object.assign(new Error('network_error: fetch failed'), { errorCode: 'network_error' })],
    ['a lost exchange', Object.assign(new Error('connection refused'), { name: 'UnknownResultError' })],
    ['a busy Entra ID', refusal('AADSTS90033', 'A transient error has occurred.')],
  ])('is temporary for %s', (_name, thrown) => {
    expect(signInFailure(thrown, ATTEMPT)).toBeInstanceOf(TemporaryError);
  });

  it('leaves an error of ours as it is', () => {
    const own = new AuthenticationError('X', 'x');
    expect(signInFailure(own, ATTEMPT)).toBe(own);
  });
});
