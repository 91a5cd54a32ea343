import * as nodeModule from 'node:module';
import { isAbsolute, join } from 'node:path';

/** Node ≥ 22 keeps compiled code between runs: some 10 ms for commands that load much. Older versions lack it. */
export function enableCompileCache(): void {
  const enable: unknown = Reflect.get(nodeModule, 'enableCompileCache');
  const place = compileCachePlace(process.env, process.platform);
  if (typeof enable !== 'function' || place === 'none') return;
  if (place === 'of-node') enable();
  else enable(place.folder);
}

/**
 * Node's own place is the folder for temporary files. On macOS and Windows each user has one; elsewhere everybody may write there, and who
 * came first could leave code for others to run: the user's own cache, or none.
 */
export function compileCachePlace(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): { readonly folder: string } | 'of-node' | 'none' {
  if (platform === 'darwin' || platform === 'win32') return 'of-node';
  const { XDG_CACHE_HOME: cache = '', HOME: home = '' } = env;
  if (isAbsolute(cache)) return { folder: join(cache, 'dyncamp') };
  return isAbsolute(home) ? { folder: join(home, '.cache', 'dyncamp') } : 'none';
}
