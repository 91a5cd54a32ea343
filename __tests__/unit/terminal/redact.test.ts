import { redact } from '../../../src/terminal/terminal.ts';

describe('redact', () => {
  it.each([
    ['a bearer token', 'authorization: Bearer abc.def-ghi_jkl', 'authorization: Bearer ***'],
    ['a JSON Web Token', 'got eyJ0eXAiOiJKV1Qi.eyJhdWQiOiJo.c2ln here', 'got *** here'],
    ['a form field', 'client_id=1&client_secret=s3cr~t&scope=x', 'client_id=1&client_secret=***&scope=x'],
    ['a JSON field', '{"access_token":"abcdef","token_type":"Bearer"}', '{"access_token":"***","token_type":"Bearer"}'],
    ['credentials in a URL', 'proxy http://user:pass@proxy:8080', 'proxy http://***@proxy:8080'],
    ['a private key', 'x -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- y', 'x *** y'],
  ])('takes out %s', (_name, text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it('takes out a secret that is known by value, wherever it stands', () => {
    expect(redact('the secret is hunter2! and (hunter2!)', ['hunter2!'])).toBe('the secret is *** and (***)');
  });

  it('leaves a text alone that holds none, also words that look near', () => {
    const text = 'The bearer of list "Mkto-leads-1" has no password set for contoso';
    expect(redact(text, ['abc'])).toBe(text);
  });
});
