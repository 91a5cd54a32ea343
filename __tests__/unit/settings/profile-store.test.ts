import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettingsError } from '../../../src/errors.ts';
import type { Profile } from '../../../src/settings/profile.ts';
import { openProfileStore } from '../../../src/settings/profile-store.ts';

const PROD: Profile = { url: 'https://contoso.crm4.dynamics.com', signIn: { kind: 'azureCli' } };
const JOB: Profile = {
  url: 'https://contoso.crm4.dynamics.com',
  signIn: {
    kind: 'clientSecret',
    tenantId: 'contoso.onmicrosoft.com',
    clientId: '11111111-2222-3333-4444-555555555555',
    secret: { from: 'stored', secret: 'hunter2' },
  },
  flowUsers: ['22222222-2222-3333-4444-555555555555'],
  set: { leadsourcecode: 'Campaign' },
  organizationId: '33333333-2222-3333-4444-555555555555',
};

describe('openProfileStore', () => {
  let directory: string;
  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), 'dyncamp-settings-')), 'config');
  });
  afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }));

  const file = (): string => join(directory, 'config.json');
  const write = (text: string): void => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(file(), text);
  };

  it('makes nothing before something is stored', () => {
    expect(openProfileStore(directory).names()).toEqual([]);
    expect(existsSync(directory)).toBe(false);
  });

  // A folder that can be opened and takes no file, whoever asks.
  (process.platform === 'linux' ? it : it.skip)(
    'says that the file cannot be written where only the writing fails',
    async () => {
      const saved = openProfileStore('/proc').save('prod', PROD);
      await expect(saved).rejects.toMatchObject({ code: 'SETTINGS_UNWRITABLE' });
    },
  );

  it('gives back what was stored, to the next command too', async () => {
    const store = openProfileStore(directory);
    await store.save('job.v2', JOB);
    await store.save('prod', PROD);
    await store.use('prod');
    const next = openProfileStore(directory);
    expect(next.names()).toEqual(['job.v2', 'prod']);
    expect(next.profile('job.v2')).toEqual(JOB);
    expect(next.inUse()).toBe('prod');
    const source = { kind: 'profile', name: 'job.v2', chosenBy: '--profile' } as const;
    expect(next.connection(source)).toMatchObject({
      origin: JOB.url,
      flowUsers: JOB.flowUsers,
      set: JOB.set,
      organizationId: JOB.organizationId,
      source,
    });
  });

  it('loses nothing that another command stored meanwhile', async () => {
    const [one, other] = [openProfileStore(directory), openProfileStore(directory)];
    await other.save('job', JOB);
    await other.use('job');
    await one.save('prod', PROD);
    expect(openProfileStore(directory).names()).toEqual(['job', 'prod']);
    expect(openProfileStore(directory).inUse()).toBe('job');
  });

  it('takes a removed profile out of use', async () => {
    const store = openProfileStore(directory);
    await store.save('prod', PROD);
    await store.use('prod');
    await store.remove('prod');
    expect(openProfileStore(directory).inUse()).toBeUndefined();
    expect(openProfileStore(directory).names()).toEqual([]);
  });

  const NO_NAMES = 'emulator Emulator EMULATOR constructor toString prototype -x a/b'.split(' ');
  it.each([...NO_NAMES, '', 'a b', 'x'.repeat(65)])('takes %j for no name', async (name) => {
    await expect(openProfileStore(directory).save(name, PROD)).rejects.toMatchObject({ category: 'usage' });
  });

  it.each([
    ['profile', async (name: string) => openProfileStore(directory).profile(name)],
    ['use', (name: string) => openProfileStore(directory).use(name)],
    ['remove', (name: string) => openProfileStore(directory).remove(name)],
  ])('names the known ones when %s is asked for an unknown one', async (_name, act) => {
    await openProfileStore(directory).save('prod', PROD);
    await expect(act('constructor')).rejects.toMatchObject({
      code: 'PROFILE_UNKNOWN',
      hint: expect.stringContaining('prod, emulator'),
    });
    await expect(openProfileStore(directory).remove('prdo')).rejects.toMatchObject({
      hint: expect.stringMatching(/^Did you mean "prod"\? Known: /),
    });
  });

  it('explains a file that is no JSON, without quoting it, and leaves it as it is', () => {
    const text = '{"profiles": {"prod": {"secret": "hunter2" "oops"';
    write(text);
    const error: unknown = (() => {
      try {
        return openProfileStore(directory);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(SettingsError);
    expect(error).toMatchObject({ code: 'SETTINGS_BROKEN', message: expect.stringContaining(file()) });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
    expect(readFileSync(file(), 'utf8')).toBe(text);
  });

  it.each([
    ['an array', '[]', 'the file must be an object'],
    ['no way to sign in', '{"profiles":{"prod":{"url":"https://x.y"}}}', 'profiles.prod.signIn is missing'],
    ['a missing URL', '{"profiles":{"prod":{"signIn":{"kind":"azureCli"}}}}', 'profiles.prod.url is missing'],
    [
      'a URL that is none',
      '{"profiles":{"prod":{"url":"ftp://x","signIn":{"kind":"azureCli"}}}}',
      'profiles.prod.url must be the https address',
    ],
    [
      'an unknown way of signing in',
      '{"profiles":{"prod":{"url":"https://x.y","signIn":{"kind":"magic"}}}}',
      'profiles.prod.signIn.kind must be one of',
    ],
    [
      'a client id that is none',
      '{"profiles":{"prod":{"url":"https://x.y","signIn":{"kind":"managedIdentity","clientId":"x"}}}}',
      'profiles.prod.signIn.clientId must be a GUID',
    ],
    [
      'an unknown key',
      '{"profiles":{"prod":{"url":"https://x.y","signIn":{"kind":"azureCli"},"colour":"red"}}}',
      'profiles.prod.colour is not a known key',
    ],
  ])('names file and key for %s', (_name, text, problem) => {
    write(text);
    expect(() => openProfileStore(directory)).toThrow(
      expect.objectContaining({
        code: 'SETTINGS_INVALID',
        message: expect.stringContaining(`${file()} cannot be used: ${problem}`),
      }),
    );
  });
});
