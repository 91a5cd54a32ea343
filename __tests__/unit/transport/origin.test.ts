import { SettingsError } from '../../../src/errors.ts';
import { isLoopback, parseOrigin } from '../../../src/transport/origin.ts';

describe('parseOrigin', () => {
  it.each([
    ['https://org.crm4.dynamics.com', 'https://org.crm4.dynamics.com'],
    [' https://Org.CRM4.dynamics.com/ ', 'https://org.crm4.dynamics.com'],
    ['https://org.crm4.dynamics.com/api/data/v9.2/', 'https://org.crm4.dynamics.com'],
    ['https://org.crm4.dynamics.com/XRMServices/2011/Organization.svc', 'https://org.crm4.dynamics.com'],
    ['https://org.crm4.dynamics.com/main.aspx?appid=1#x', 'https://org.crm4.dynamics.com'],
    ['org.crm4.dynamics.com', 'https://org.crm4.dynamics.com'],
    ['http://127.0.0.1:8080/api/data/v9.2', 'http://127.0.0.1:8080'],
    ['http://127.9.9.9', 'http://127.9.9.9'],
    ['http://localhost:1', 'http://localhost:1'],
    ['http://[::1]:81/', 'http://[::1]:81'],
  ])('takes %s as %s', (text, origin) => {
    expect(parseOrigin(text)).toBe(origin);
  });

  it.each([
    ['http://org.crm4.dynamics.com', 'ORGANIZATION_URL_INSECURE'],
    ['http://127.0.0.1.example.com', 'ORGANIZATION_URL_INSECURE'],
    ['http://localhost.example.com', 'ORGANIZATION_URL_INSECURE'],
    ['ftp://org.crm4.dynamics.com', 'ORGANIZATION_URL_INVALID'],
    ['https://', 'ORGANIZATION_URL_INVALID'],
    ['', 'ORGANIZATION_URL_INVALID'],
    ['https://me:s3cret@org.crm4.dynamics.com', 'ORGANIZATION_URL_INVALID'],
  ])('refuses %s', (text, code) => {
    expect(() => parseOrigin(text)).toThrow(expect.objectContaining({ code }));
    expect(() => parseOrigin(text)).toThrow(SettingsError);
  });

  it('never repeats a password', () => {
    expect(() => parseOrigin('https://me:s3cret@org.crm4.dynamics.com')).not.toThrow(/s3cret/);
    expect(() => parseOrigin('https://me:s3cret@[')).not.toThrow(/s3cret/);
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.255.0.3', '[::1]', 'localhost'])('knows %s', (host) =>
    expect(isLoopback(host)).toBe(true),
  );
  it.each(['128.0.0.1', '127.0.0.1.nip.io', 'example.com', '10.0.0.1'])('does not take %s for it', (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});
