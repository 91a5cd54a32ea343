import { authorityFor, loginHost } from '../../../src/auth/authority.ts';

describe('loginHost', () => {
  it.each([
    ['commercial', 'https://contoso.crm4.dynamics.com', 'https://login.microsoftonline.com'],
    ['GCC', 'https://contoso.crm9.dynamics.com', 'https://login.microsoftonline.com'],
    ['GCC High', 'https://contoso.crm.microsoftdynamics.us', 'https://login.microsoftonline.us'],
    ['DoD', 'https://contoso.crm.appsplatform.us', 'https://login.microsoftonline.us'],
    ['China', 'https://contoso.crm.dynamics.cn', 'https://login.partner.microsoftonline.cn'],
    ['a host that only looks like one', 'https://crm.dynamics.cn.example.com', 'https://login.microsoftonline.com'],
  ])('follows the cloud: %s', (_name, origin, expected) => {
    expect(loginHost(origin, undefined)).toBe(expected);
  });

  it('is what AZURE_AUTHORITY_HOST says', () => {
    expect(loginHost('https://contoso.crm.dynamics.cn', 'login.example.com/')).toBe('https://login.example.com');
    expect(loginHost('http://127.0.0.1:1', 'http://127.0.0.1:2')).toBe('http://127.0.0.1:2');
  });
});

describe('loginHost, of what it is told', () => {
  it('takes an emulator’s own sign-in for an organization on loopback', () => {
    expect(loginHost('http://127.0.0.1:8080', undefined)).toBe('http://127.0.0.1:8080');
    expect(loginHost('https://localhost:8443', undefined)).toBe('https://localhost:8443');
    expect(loginHost('https://localhost.example.com', undefined)).toBe('https://login.microsoftonline.com');
  });

  it.each([
    ['plain http beyond loopback', 'http://login.example.com'],
    ['a host that begins like loopback', 'http://127.0.0.1.example.com'],
    ['another scheme', 'ftp://login.example.com'],
    ['what is no URL', 'https://'],
    ['a password', 'https://kim:s3cret-word@login.example.com'],
  ])('refuses %s without repeating it', (_name, host) => {
    const attempt = () => loginHost('https://contoso.crm4.dynamics.com', host);
    expect(attempt).toThrow(expect.objectContaining({ code: 'AUTHORITY_INVALID' }));
    expect(attempt).not.toThrow(/s3cret-word/);
  });
});

describe('authorityFor', () => {
  it('names Microsoft’s own hosts alone', () => {
    expect(authorityFor('https://login.microsoftonline.us', 't')).toEqual({
      authority: 'https://login.microsoftonline.us/t',
    });
  });

  it('vouches for a host that was named', () => {
    expect(authorityFor('https://login.example.com', 't')).toEqual({
      authority: 'https://login.example.com/t',
      knownAuthorities: ['login.example.com'],
    });
  });

  it('gives the endpoints of a loopback host ready-made', () => {
    const { authority, authorityMetadata } = authorityFor('http://127.0.0.1:8080', 't');
    expect(authority).toMatch(/^https:/);
    expect(JSON.parse(authorityMetadata ?? '')).toMatchObject({
      token_endpoint: 'http://127.0.0.1:8080/t/oauth2/v2.0/token',
    });
  });
});
