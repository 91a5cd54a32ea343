import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTokenCache, tokenCacheFile } from '../../../src/auth/token-cache-file.ts';

describe('tokenCacheFile', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dyncamp-cache-'));
  const path = join(directory, 'sign-in', 'prod.json');
  afterAll(() => rmSync(directory, { recursive: true }));

  /** msal's cache in small, which notes what it is given. */
  function access(cacheHasChanged: boolean) {
    const read: string[] = [];
    const tokenCache = { serialize: () => '{}', deserialize: (text: string) => void read.push(text) };
    return { cacheHasChanged, tokenCache, read };
  }

  it('writes nothing when nothing changed', async () => {
    const other = join(directory, 'other.json');
    await tokenCacheFile(other).afterCacheAccess(access(false));
    expect(existsSync(other)).toBe(false);
  });

  it('takes a broken file for an empty one', async () => {
    await tokenCacheFile(path).afterCacheAccess(access(true));
    const next = access(false);
    await tokenCacheFile(path).beforeCacheAccess(next);
    writeFileSync(path, '{"Account');
    await tokenCacheFile(path).beforeCacheAccess(next);
    expect(next.read).toEqual(['{}']);
  });

  it('forgets the sign-in, and says whether there was one', async () => {
    await tokenCacheFile(path).afterCacheAccess(access(true));
    expect(removeTokenCache(path)).toBe(true);
    expect(removeTokenCache(path)).toBe(false);
    expect(existsSync(path)).toBe(false);
  });
});
