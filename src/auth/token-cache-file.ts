/** Keeps a person's sign-in between commands: msal's cache in one file that only its owner can read. */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TokenCacheContext } from '@azure/msal-node';
import { SettingsError } from '../errors.ts';
import { makePrivateDirectory } from '../settings/directories.ts';
import { replaceFile } from '../settings/replace-file.ts';

type CacheContext = Pick<TokenCacheContext, 'cacheHasChanged' | 'tokenCache'>;

/**
 * A missing or broken cache counts as empty: the person signs in again. With `startEmpty` the old content is ignored, and gone
 * with the first write.
 */
export function tokenCacheFile(path: string, { startEmpty = false } = {}) {
  return {
    async beforeCacheAccess({ tokenCache }: CacheContext): Promise<void> {
      const text = startEmpty ? undefined : readCache(path);
      if (text !== undefined) tokenCache.deserialize(text);
    },
    async afterCacheAccess({ cacheHasChanged, tokenCache }: CacheContext): Promise<void> {
      if (cacheHasChanged) await writeCache(path, tokenCache.serialize());
    },
  };
}

/** False when there was no sign-in. */
export function removeTokenCache(path: string): boolean {
  const existed = readCache(path) !== undefined;
  rmSync(path, { force: true });
  return existed;
}

function readCache(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}

/** Writes a temporary file and renames it, so that two commands at once never leave half a file. */
async function writeCache(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    makePrivateDirectory(dirname(path));
    writeFileSync(temporary, text, { mode: 0o600 });
    chmodSync(temporary, 0o600);
    await replaceFile(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new SettingsError('SIGN_IN_NOT_KEPT', `Could not keep the sign-in in ${path}.`, {
      cause,
      hint: 'Check that this user can write there, or choose another folder with DYNCAMP_STATE_DIR.',
    });
  }
}
