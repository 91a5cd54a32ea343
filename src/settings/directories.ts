/** Where settings and the journal live. `DYNCAMP_CONFIG_DIR` and `DYNCAMP_STATE_DIR` move them. */
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { SettingsError } from '../errors.ts';
import type { Environment } from './connection-settings.ts';
import { variable } from './environment.ts';

const NAME = 'dyncamp';

/**
 * The journal, the emulator's tables and token caches: kept on this machine, not part of the configuration. Throws SettingsError NO_HOME
 * or UNEXPANDED_TILDE.
 */
export function stateDirectory(
  env: Environment,
  platform: NodeJS.Platform,
  home: () => string = homeDirectory,
): string {
  const given = variable(env, 'DYNCAMP_STATE_DIR');
  if (given !== undefined) return namedPlace('DYNCAMP_STATE_DIR', given);
  if (platform === 'darwin') return inHome(home, 'Library', 'Application Support', NAME, 'state');
  if (platform === 'win32')
    return join(variable(env, 'LOCALAPPDATA') ?? inHome(home, 'AppData', 'Local'), NAME, 'state');
  // https://specifications.freedesktop.org/basedir-spec: state that should survive restarts but is not important enough for data.
  return join(variable(env, 'XDG_STATE_HOME') ?? inHome(home, '.local', 'state'), NAME);
}

export function configDirectory(
  env: Environment,
  platform: NodeJS.Platform,
  home: () => string = homeDirectory,
): string {
  const given = variable(env, 'DYNCAMP_CONFIG_DIR');
  if (given !== undefined) return namedPlace('DYNCAMP_CONFIG_DIR', given);
  if (platform === 'darwin') return inHome(home, 'Library', 'Preferences', NAME);
  if (platform === 'win32') return join(variable(env, 'APPDATA') ?? inHome(home, 'AppData', 'Roaming'), NAME, 'config');
  return join(variable(env, 'XDG_CONFIG_HOME') ?? inHome(home, '.config'), NAME);
}

/**
 * Only shells replace an unquoted `~`; cron, systemd and `.env` files do not. Taken literally,
 * it would be a folder called `~` in the current folder, with a journal of its own in each.
 */
function namedPlace(name: string, given: string): string {
  if (!given.startsWith('~')) return resolve(given);
  throw new SettingsError('UNEXPANDED_TILDE', `${name} is "${given}", and ~ was not replaced by a home directory.`, {
    hint: `Write the full path, or "$HOME/…" in a shell. If a folder really has that name: ./${given}`,
  });
}

/**
 * Falls back to the user's entry when HOME is empty or relative (cron and service managers with `HOME=`): a path relative to the current
 * folder would mean another journal in each. `entry` is read only then.
 */
export function homeDirectory(named: () => string = homedir, entry: () => string = () => userInfo().homedir): string {
  const home = named();
  if (isAbsolute(home)) return home;
  const own = entry();
  if (isAbsolute(own)) return own;
  throw new Error('HOME is empty or relative, and the system knows no home directory of this user.');
}

/** Read only when nothing else names the place: a user without an entry (a number in a container) may have no home. */
function inHome(home: () => string, ...path: readonly string[]): string {
  try {
    return join(home(), ...path);
  } catch (cause) {
    throw new SettingsError('NO_HOME', 'No folder for settings and journal: this user has no home directory.', {
      cause,
      hint: 'Set DYNCAMP_CONFIG_DIR and DYNCAMP_STATE_DIR, or HOME.',
    });
  }
}
