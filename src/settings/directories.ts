/** Where settings and the journal live, which only this user can read. `DYNCAMP_CONFIG_DIR` and `DYNCAMP_STATE_DIR` move them. */
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { messageOf, SettingsError, UsageError } from '../errors.ts';
import { type Environment, variable } from './connection-settings.ts';

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

/**
 * Creates the directory and its missing parents, 0700 whatever the umask. An existing one keeps its mode: it is the
 * user's. Throws the file system's error.
 */
export function makePrivateDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makePrivateDirectory(parent);
  try {
    // One by one: Node 20's recursive mkdir never ends where no directory can be created, as in /proc.
    mkdirSync(path);
  } catch (error) {
    // Another process may have been faster; a file in this place is an error.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
  chmodSync(path, 0o700);
}

const WRITABLE_BY_OTHERS = 0o022;

/**
 * Where this user keeps files under `path`: there, or, if others may write to it (`/tmp`, a shared volume), in a subfolder of its
 * own, created at once so that nobody else can create it first. `userId` is undefined on Windows.
 * Throws UsageError STATE_DIR_FOREIGN when the subfolder belongs to another user, or is a link.
 */
export function ownPlace(path: string, userId: number | undefined): string {
  const found = statOf(path);
  if (userId === undefined || found?.isDirectory() !== true || (found.mode & WRITABLE_BY_OTHERS) === 0) return path;
  const own = join(path, `dyncamp-${userId}`);
  try {
    mkdirSync(own, 0o700);
  } catch {
    // It exists, or it cannot be created: opening a file in it will report why.
  }
  const made = lstatSync(own, { throwIfNoEntry: false });
  if (made === undefined) return own;
  if (!made.isDirectory() || made.uid !== userId) throw foreign(path, own, made.isSymbolicLink());
  if ((made.mode & 0o077) !== 0) chmodSync(own, 0o700);
  return own;
}

function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function foreign(path: string, own: string, isLink: boolean): UsageError {
  const what = isLink ? 'is a link' : 'is not a folder of this user';
  return new UsageError('STATE_DIR_FOREIGN', `Other users can write to ${path}, and ${own} ${what}.`, {
    hint: 'Set DYNCAMP_STATE_DIR to a folder that only this user can write to.',
  });
}

/** For the emulator's tables. `remedy` tells how to name another place. Throws UsageError EMULATOR_DATA_UNWRITABLE. */
export function makeEmulatorDirectory(path: string, remedy: string): void {
  try {
    makePrivateDirectory(path);
    // Only an attempt shows whether a file can be created there.
    const probe = mkdtempSync(join(path, '.probe-'));
    rmdirSync(probe);
  } catch (cause) {
    const message = `The emulator cannot keep its data in ${path}: ${messageOf(cause)}.`;
    const hint = `Choose a folder that this user can write to: ${remedy}.`;
    throw new UsageError('EMULATOR_DATA_UNWRITABLE', message, { cause, hint });
  }
}
