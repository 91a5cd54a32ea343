import { SettingsError } from '../../../src/errors.ts';
import { parseOrganizationUrl } from '../../../src/settings/organization-url.ts';

describe('parseOrganizationUrl', () => {
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
    ['https://crm.contoso.com/main.aspx', 'https://crm.contoso.com'],
    ['https://org.crm.microsoftdynamics.us/tools/x', 'https://org.crm.microsoftdynamics.us'],
    ['https://orgä.crm4.dynamics.com', 'https://xn--org-sla.crm4.dynamics.com'],
  ])('takes %s as %s', (text, origin) => {
    expect(parseOrganizationUrl(text, '--url')).toBe(origin);
  });

  it.each([
    ['http://org.crm4.dynamics.com', 'not https'],
    ['http://127.0.0.1.example.com', 'not https'],
    ['http://localhost.example.com', 'not https'],
    ['http://128.0.0.1', 'not https'],
    ['ftp://org.crm4.dynamics.com', 'not an https URL'],
    ['contoso', 'only the beginning'],
    ['https://contoso/main.aspx', 'only the beginning'],
    ['https://', 'not a URL'],
    ['', 'not a URL'],
    ['http://', 'not a URL'],
    ['https://me:s3cret@org.crm4.dynamics.com', 'user name or password'],
    ['https://org&calc.crm4.dynamics.com', 'not allowed'],
    ['https://org%24(id).crm4.dynamics.com', 'not allowed'],
  ])('refuses %s', (text, why) => {
    const parse = () => parseOrganizationUrl(text, '--url');
    expect(parse).toThrow(SettingsError);
    expect(parse).toThrow(/^--url cannot be used: /);
    expect(parse).toThrow(why);
  });

  it.each(['https://crm.contoso.com/Contoso/main.aspx', 'https://crm.contoso.com/contoso'])(
    'names the path of an on-premises organization in %s',
    (text) => {
      const failure = expect.objectContaining({ code: 'ON_PREMISES', hint: expect.stringContaining('online') });
      expect(() => parseOrganizationUrl(text, '--url')).toThrow(failure);
    },
  );

  it('never repeats a password', () => {
    expect(() => parseOrganizationUrl('https://me:s3cret@org.crm4.dynamics.com', '--url')).not.toThrow(/s3cret/);
    expect(() => parseOrganizationUrl('https://me:s3cret@[', '--url')).not.toThrow(/s3cret/);
  });
});
