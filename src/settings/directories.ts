/** Where settings and the journal live. `DYNCAMP_CONFIG_DIR` and `DYNCAMP_STATE_DIR` move them. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SettingsError } from '../errors.ts';
import type { Environment } from './connection-settings.ts';
import { variable } from './environment.ts';

const NAME = 'dyncamp';

/**
 * The journal, the emulator's tables and token caches: kept on this machine, not part of the configuration. Throws SettingsError NO_HOME.
 */
export function stateDirectory(env: Environment, platform: NodeJS.Platform, home: () => string = homedir): string {
  const given = variable(env, 'DYNCAMP_STATE_DIR');
  if (given !== undefined) return given;
  if (platform === 'darwin') return inHome(home, 'Library', 'Application Support', NAME, 'state');
  if (platform === 'win32')
    return join(variable(env, 'LOCALAPPDATA') ?? inHome(home, 'AppData', 'Local'), NAME, 'state');
  // https://specifications.freedesktop.org/basedir-spec: state that should survive restarts but is not important enough for data.
  return join(variable(env, 'XDG_STATE_HOME') ?? inHome(home, '.local', 'state'), NAME);
}

export function configDirectory(env: Environment, platform: NodeJS.Platform, home: () => string = homedir): string {
  const given = variable(env, 'DYNCAMP_CONFIG_DIR');
  if (given !== undefined) return given;
  if (platform === 'darwin') return inHome(home, 'Library', 'Preferences', NAME);
  if (platform === 'win32') return join(variable(env, 'APPDATA') ?? inHome(home, 'AppData', 'Roaming'), NAME, 'config');
  return join(variable(env, 'XDG_CONFIG_HOME') ?? inHome(home, '.config'), NAME);
}

/** Asked only where nothing names the place: a user without an entry of their own (a container's number) may have no home. */
function inHome(home: () => string, ...path: readonly string[]): string {
  try {
    return join(home(), ...path);
  } catch (cause) {
    throw new SettingsError('NO_HOME', 'There is no place for settings and journal: this user has no home directory.', {
      cause,
      hint: 'Name the places with DYNCAMP_CONFIG_DIR and DYNCAMP_STATE_DIR, or set HOME.',
    });
  }
}
