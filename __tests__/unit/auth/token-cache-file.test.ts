import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTokenCache, tokenCacheFile } from '../../../src/auth/token-cache-file.ts';

describe('tokenCacheFile', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dyncamp-cache-'));
  const path = join(directory, 'sign-in', 'prod.json');
  afterAll(() => rmSync(directory, { recursive: true }));

  /** msal's cache in small. */
  const access = (cacheHasChanged: boolean) => ({
    cacheHasChanged,
    tokenCache: { serialize: () => '{}', deserialize: () => undefined },
  });

  it('writes nothing when nothing changed', async () => {
    const other = join(directory, 'other.json');
    await tokenCacheFile(other).afterCacheAccess(access(false));
    expect(existsSync(other)).toBe(false);
  });

  it('forgets the sign-in, and says whether there was one', async () => {
    await tokenCacheFile(path).afterCacheAccess(access(true));
    expect(removeTokenCache(path)).toBe(true);
    expect(removeTokenCache(path)).toBe(false);
    expect(existsSync(path)).toBe(false);
  });
});
