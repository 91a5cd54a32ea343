/** Proxies, TLS and clouds: the real addresses of Dataverse and Entra ID, led to the emulator by a proxy on this machine. */
import { makeCertificate } from '../support/certificates.ts';
import { type Env, READ, useSignInCli } from '../support/sign-in-cli.ts';
import { openProxy, openTlsFront, type TestProxy, type TlsFront } from '../support/tls-front.ts';

const cli = useSignInCli();
/** RFC 2606: these names never exist, so that a request past the proxy cannot reach anybody. */
const UNKNOWN = 'organization.invalid';
/** Two of those in unit/auth/authority.test.ts. */
const CLOUDS = [
  ['commercial', 'contoso.crm4.dynamics.com', 'login.microsoftonline.com'],
  ['China', 'contoso.crm.dynamics.cn', 'login.partner.microsoftonline.cn'],
] as const;
const HOSTS = [
  ...new Set(CLOUDS.flatMap(([, organization, login]) => [organization, login])),
  UNKNOWN,
  'login.microsoftonline.us',
  'login.invalid',
  'localhost',
];

let front: TlsFront;
let proxy: TestProxy;
let trust: string;
beforeAll(async () => {
  front = await openTlsFront(cli.api.emulator().url, HOSTS);
  proxy = await openProxy(front.port);
  trust = cli.file('ca.pem', front.certificatePem);
  const origins = HOSTS.map((host) => (host === 'localhost' ? `https://localhost:${front.port}` : `https://${host}`));
  cli.signIn.setOrigins(origins);
});
beforeEach(() => proxy.asked.splice(0));
afterAll(async () => {
  await proxy.close();
  await front.close();
});

const through = (organization: string, more: Env = {}): Env => ({
  ...cli.withSecret(),
  DYNCAMP_URL: `https://${organization}`,
  HTTPS_PROXY: proxy.url,
  NODE_EXTRA_CA_CERTS: trust,
  ...more,
});

describe('the cloud follows from the organization’s host', () => {
  it.each(CLOUDS)('%s: %s signs in at %s, both through HTTPS_PROXY', async (_name, organization, login) => {
    await expect(cli.run(READ, through(organization))).resolves.toMatchObject({ code: 0 });
    expect(new Set(proxy.asked)).toEqual(new Set([`${organization}:443`, `${login}:443`]));
    expect(cli.signIns()).toEqual(['secret granted']);
  });

  it('unless AZURE_AUTHORITY_HOST says otherwise, also one that Microsoft does not run', async () => {
    const env = through('contoso.crm4.dynamics.com', { AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.us/' });
    await expect(cli.run(READ, env)).resolves.toMatchObject({ code: 0 });
    expect(proxy.asked).toContain('login.microsoftonline.us:443');
    const own = through('contoso.crm4.dynamics.com', { AZURE_AUTHORITY_HOST: 'https://login.invalid' });
    await expect(cli.run(READ, own)).resolves.toMatchObject({ code: 0 });
    expect(proxy.asked).toContain('login.invalid:443');
  });

  it('certificates prove themselves there too', async () => {
    const certificate = makeCertificate({ name: 'job' });
    const path = cli.file('app.pem', certificate.certificatePem + certificate.keyPem);
    cli.signIn.register({
      id: cli.application().AZURE_CLIENT_ID ?? '',
      certificates: [certificate.certificatePem],
    });
    const env = through('contoso.crm4.dynamics.com', {
      AZURE_CLIENT_SECRET: undefined,
      AZURE_CLIENT_CERTIFICATE_PATH: path,
    });
    await expect(cli.run(READ, env)).resolves.toMatchObject({ code: 0 });
    expect(cli.signIns()).toEqual(['certificate granted']);
  });
});

describe('proxies', () => {
  it('are not used for hosts in NO_PROXY', async () => {
    const { code, stderr } = await cli.run([...READ, '--max-wait', '1s'], through(UNKNOWN, { NO_PROXY: UNKNOWN }));
    expect(code).toBe(75);
    expect(stderr).toContain('the host does not exist');
    expect(proxy.asked).toEqual(['login.microsoftonline.com:443']);
  });

  it('are not used for loopback', async () => {
    await expect(
      cli.run(READ, { ...cli.withSecret(), HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url }),
    ).resolves.toMatchObject({
      code: 0,
    });
    expect(proxy.asked).toEqual([]);
  });

  it('may be named without a scheme', async () => {
    const env = through('contoso.crm4.dynamics.com', { HTTPS_PROXY: proxy.url.replace('http://', '') });
    await expect(cli.run(READ, env)).resolves.toMatchObject({ code: 0 });
  });

  it.each(['socks5://127.0.0.1:1080', 'http://kim:pr0xy-passw0rd@:80'])('that are none are said: %s', async (given) => {
    const { code, stderr } = await cli.run(READ, through('contoso.crm4.dynamics.com', { HTTPS_PROXY: given }));
    expect(code).toBe(2);
    expect(stderr).toContain('HTTPS_PROXY cannot be used');
    expect(stderr).not.toContain('pr0xy-passw0rd');
  });

  it('that say no are named as the reason', async () => {
    const closed = await openProxy(front.port, { status: 403 });
    const env = through('contoso.crm4.dynamics.com', { HTTPS_PROXY: closed.url });
    const { code, stderr } = await cli.run([...READ, '--max-wait', '1s'], env);
    await closed.close();
    expect(code).toBe(75);
    expect(stderr).toMatch(/the proxy refused the connection/);
  });

  it('whose address holds a password keep it to themselves', async () => {
    const withPassword = 'http://kim:pr0xy-passw0rd@127.0.0.1:9';
    const env = through('contoso.crm4.dynamics.com', { HTTPS_PROXY: withPassword });
    const { code, stderr } = await cli.run([...READ, '--max-wait', '1s', '--debug'], env);
    expect(code).toBe(75);
    expect(stderr).not.toContain('pr0xy-passw0rd');
  });
});

describe('certificates of servers', () => {
  it('must be trusted: without NODE_EXTRA_CA_CERTS nothing is sent', async () => {
    const env = through('contoso.crm4.dynamics.com', { NODE_EXTRA_CA_CERTS: undefined });
    const { code, stderr } = await cli.run(READ, env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/its certificate is not trusted[\s\S]*NODE_EXTRA_CA_CERTS[\s\S]*cannot be turned off/);
    expect(cli.signIns()).toEqual([]);
  });

  it('must be for the host', async () => {
    const other = await openTlsFront(cli.api.emulator().url, ['other.invalid']);
    const elsewhere = await openProxy(other.port);
    const env = through('contoso.crm4.dynamics.com', {
      HTTPS_PROXY: elsewhere.url,
      NODE_EXTRA_CA_CERTS: cli.file('other.pem', other.certificatePem),
    });
    const { code, stderr } = await cli.run(READ, env);
    await elsewhere.close();
    await other.close();
    expect(code).toBe(2);
    expect(stderr).toContain('its certificate is not trusted');
    expect(cli.signIns()).toEqual([]);
  });

  it('of this machine count as any other, without a proxy', async () => {
    const url = `https://localhost:${front.port}`;
    const env = { ...cli.withSecret(), DYNCAMP_URL: url, AZURE_AUTHORITY_HOST: url };
    await expect(cli.run(READ, { ...env, NODE_EXTRA_CA_CERTS: trust })).resolves.toMatchObject({ code: 0 });
    await expect(cli.run(READ, env)).resolves.toMatchObject({ code: 2 });
  });

  it('are checked whatever Node is told', async () => {
    const organization = 'contoso.crm4.dynamics.com';
    const unchecked = { NODE_EXTRA_CA_CERTS: undefined, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    await expect(cli.run(READ, through(organization, unchecked))).resolves.toMatchObject({ code: 2 });
    const url = `https://localhost:${front.port}`;
    const direct = { ...cli.withSecret(), DYNCAMP_URL: url, AZURE_AUTHORITY_HOST: url };
    await expect(cli.run(READ, { ...direct, NODE_TLS_REJECT_UNAUTHORIZED: '0' })).resolves.toMatchObject({ code: 2 });
    expect(cli.signIns()).toEqual([]);
  });

  it('cannot be left unchecked by any option', async () => {
    const { stdout } = await cli.run(['--help']);
    expect(stdout).not.toMatch(/insecure|reject-unauthorized|no-verify-ssl|no-check-certificate/i);
    await expect(cli.run([...READ, '--insecure'])).resolves.toMatchObject({ code: 2 });
  });
});
