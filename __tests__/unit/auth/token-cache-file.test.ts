import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTokenCache, tokenCacheFile } from '../../../src/auth/token-cache-file.ts';

describe('tokenCacheFile', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dyncamp-cache-'));
  const path = join(directory, 'sign-in', 'prod.json');
  afterAll(() => rmSync(directory, { recursive: true }));

  /** msal's cache in small. */
  function access(text: string, cacheHasChanged: boolean) {
    let content = text;
    const tokenCache = {
      serialize: () => content,
      deserialize: (read: string) => {
        content = read;
      },
    };
    return { cacheHasChanged, tokenCache, content: () => content };
  }

  it('keeps what changed, for its owner only', async () => {
    const plugin = tokenCacheFile(path);
    await plugin.afterCacheAccess(access('{"Account":{}}', true));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const next = access('{}', false);
    await plugin.beforeCacheAccess(next);
    expect(next.content()).toBe('{"Account":{}}');
  });

  it('writes nothing when nothing changed', async () => {
    const other = join(directory, 'other.json');
    await tokenCacheFile(other).afterCacheAccess(access('{}', false));
    expect(existsSync(other)).toBe(false);
  });

  it('takes a broken file for an empty one', async () => {
    writeFileSync(path, '{"Account');
    const next = access('{}', false);
    await tokenCacheFile(path).beforeCacheAccess(next);
    expect(next.content()).toBe('{}');
  });

  it('forgets the sign-in, and says whether there was one', async () => {
    await tokenCacheFile(path).afterCacheAccess(access('{}', true));
    expect(removeTokenCache(path)).toBe(true);
    expect(removeTokenCache(path)).toBe(false);
    expect(existsSync(path)).toBe(false);
  });
});
