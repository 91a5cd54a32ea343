/** Where settings and the journal live. `DYNCAMP_CONFIG_DIR` and `DYNCAMP_STATE_DIR` move them. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './connection-settings.ts';
import { variable } from './environment.ts';

const NAME = 'dyncamp';

/** The journal, the emulator's tables and token caches: kept on this machine, not part of the configuration. */
export function stateDirectory(env: Environment, platform: NodeJS.Platform, home: string = homedir()): string {
  const given = variable(env, 'DYNCAMP_STATE_DIR');
  if (given !== undefined) return given;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', NAME, 'state');
  if (platform === 'win32') return join(variable(env, 'LOCALAPPDATA') ?? join(home, 'AppData', 'Local'), NAME, 'state');
  // https://specifications.freedesktop.org/basedir-spec: state that should survive restarts but is not important enough for data.
  return join(variable(env, 'XDG_STATE_HOME') ?? join(home, '.local', 'state'), NAME);
}

export function configDirectory(env: Environment, platform: NodeJS.Platform, home: string = homedir()): string {
  const given = variable(env, 'DYNCAMP_CONFIG_DIR');
  if (given !== undefined) return given;
  if (platform === 'darwin') return join(home, 'Library', 'Preferences', NAME);
  if (platform === 'win32') return join(variable(env, 'APPDATA') ?? join(home, 'AppData', 'Roaming'), NAME, 'config');
  return join(variable(env, 'XDG_CONFIG_HOME') ?? join(home, '.config'), NAME);
}
