/** Where a person's sign-in is kept between commands: msal's cache in one file that only its owner can read. */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import stubborn from 'stubborn-fs';
import { SettingsError } from '../errors.ts';
import { makePrivateDirectory } from '../settings/private-directory.ts';

/** The parts of msal's ICachePlugin context that are used. */
type CacheContext = {
  readonly cacheHasChanged: boolean;
  readonly tokenCache: { deserialize(text: string): void; serialize(): string };
};

export type CachePlugin = {
  beforeCacheAccess(context: CacheContext): Promise<void>;
  afterCacheAccess(context: CacheContext): Promise<void>;
};

/**
 * A cache that is missing or broken is an empty one: the person signs in again. With `startEmpty` what it held is not read, and gone
 * with the first write.
 */
export function tokenCacheFile(path: string, { startEmpty = false } = {}): CachePlugin {
  return {
    async beforeCacheAccess({ tokenCache }) {
      const text = startEmpty ? undefined : readCache(path);
      if (text !== undefined) tokenCache.deserialize(text);
    },
    async afterCacheAccess({ cacheHasChanged, tokenCache }) {
      if (cacheHasChanged) await writeCache(path, tokenCache.serialize());
    },
  };
}

/** Forgets the sign-in. False when there was none. */
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

/** How long another command may have the file open (Windows refuses to replace it then). */
const PATIENCE_MS = 2_000;

/**
 * Written beside and renamed, so that two commands at once never leave half a file. By stubborn-fs, and not by atomically, which is built
 * on it: that one brings when-exit, which takes the signals that end a run in good order (see settings/profile-store.ts).
 */
async function writeCache(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    makePrivateDirectory(dirname(path));
    writeFileSync(temporary, text, { mode: 0o600 });
    chmodSync(temporary, 0o600);
    await stubborn.retry.rename({ timeout: PATIENCE_MS })(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new SettingsError('SIGN_IN_NOT_KEPT', `Could not keep the sign-in in ${path}.`, {
      cause,
      hint: 'Check that this user can write there, or choose another folder with DYNCAMP_STATE_DIR.',
    });
  }
}
