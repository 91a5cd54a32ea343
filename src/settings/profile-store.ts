/**
 * The stored profiles. A broken file is explained and never overwritten.
 * conf only writes, and is loaded only then: its dependency when-exit handles SIGINT, SIGTERM and SIGHUP and raises them a second
 * time, so a run that reads its profile would end at once instead of finishing its people. Its reading would help little: for a
 * broken file it throws the parser's error, which may quote a secret; it creates the folder on a mere read; its folder is not ours
 * (`dyncamp-nodejs`); and there is one default, no profiles.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError, UsageError } from '../errors.ts';
import { nearest } from '../text.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import { makePrivateDirectory } from './directories.ts';
import { parseOrganizationUrl } from './organization-url.ts';
import { checkSettingsFile, PROFILE_NAME, type Profile, type SettingsFile } from './profile.ts';
import { EMULATOR_PROFILE, type ProfileLookup } from './settings.ts';

export type ProfileStore = ProfileLookup & {
  /** Path of the settings file, for messages. */
  readonly path: string;
  /** Names in alphabetical order, without the built-in one. */
  names(): readonly string[];
  profile(name: string): Profile;
  /** Throws UsageError for a name that a stored profile cannot have. */
  checkName(name: string): void;
  /** Stores it, in place of one of the same name. JSON has no undefined, and conf refuses it. */
  save(name: string, profile: Profile): Promise<void>;
  remove(name: string): Promise<void>;
  /** The profile used on a terminal when none is named. */
  use(name: string): Promise<void>;
};

const FILE_NAME = 'config';

/** Throws SettingsError SETTINGS_BROKEN when the file is not JSON, SETTINGS_INVALID when a key in it is wrong. */
export function openProfileStore(directory: string): ProfileStore {
  const path = join(directory, `${FILE_NAME}.json`);
  let content = readSettings(path);
  /** Rereads the file: another command may have stored something while this one asked its questions. */
  const change = async (next: (stored: SettingsFile) => SettingsFile): Promise<void> => {
    const changed = next(readSettings(path));
    await storeSettings(directory, path, changed);
    content = changed;
  };
  const profile = (name: string): Profile => {
    const found = Object.entries(content.profiles).find(([known]) => known === name)?.[1];
    if (found === undefined) throw unknownProfile(name, Object.keys(content.profiles));
    return found;
  };
  return {
    path,
    names: () => Object.keys(content.profiles).toSorted(),
    inUse: () => content.inUse,
    profile,
    checkName,
    connection: (source) => connectionOfProfile(profile(source.name), source),
    async save(name, value) {
      checkName(name);
      await change((stored) => ({ ...stored, profiles: { ...stored.profiles, [name]: value } }));
    },
    async remove(name) {
      profile(name);
      await change(({ inUse, profiles: { [name]: _removed, ...profiles } }) => ({
        ...(inUse === name ? {} : { inUse }),
        profiles,
      }));
    },
    async use(name) {
      if (name !== EMULATOR_PROFILE) profile(name);
      await change((stored) => ({ ...stored, inUse: name }));
    },
  };
}

export function connectionOfProfile(profile: Profile, source: ConnectionSettings['source']): ConnectionSettings {
  return {
    origin: parseOrganizationUrl(profile.url, 'The profile’s url'),
    signIn: profile.signIn,
    source,
    flowUsers: profile.flowUsers ?? [],
    set: profile.set ?? {},
    organizationId: profile.organizationId,
  };
}

function readSettings(path: string): SettingsFile {
  if (!existsSync(path)) return { profiles: {} };
  const checked = checkSettingsFile(parseSettings(path));
  if ('ok' in checked) return checked.ok;
  throw new SettingsError('SETTINGS_INVALID', `The settings file ${path} cannot be used: ${checked.problem}.`, {
    hint: 'Correct it in an editor, or move the file away and run `dyncamp profiles add` again.',
  });
}

function parseSettings(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SettingsError('SETTINGS_UNREADABLE', `The settings file ${path} cannot be read.`, {
      cause,
      hint: 'Check who owns the file and that this user may read it.',
    });
  }
  try {
    return JSON.parse(text);
  } catch (thrown) {
    // The parser's text may quote a stored secret, so the message gives only the place.
    const place = thrown instanceof Error ? /line \d+ column \d+|position \d+/.exec(thrown.message)?.[0] : undefined;
    throw new SettingsError(
      'SETTINGS_BROKEN',
      `The settings file ${path} is not valid JSON${place === undefined ? '' : ` (${place})`}.`,
      { hint: 'It was not changed. Correct it in an editor, or move it away and run `dyncamp profiles add` again.' },
    );
  }
}

/** 0600: a profile may hold a secret (--store-secret). Written beside and renamed by conf. */
async function storeSettings(directory: string, path: string, next: SettingsFile): Promise<void> {
  const { default: Conf } = await import('conf');
  try {
    // conf would create it readable for everybody.
    makePrivateDirectory(directory);
    const conf = new Conf<Record<string, unknown>>({
      cwd: directory,
      configName: FILE_NAME,
      projectName: 'dyncamp',
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      clearInvalidConfig: false,
    });
    conf.store = { ...next };
  } catch (cause) {
    throw new SettingsError('SETTINGS_UNWRITABLE', `The settings file ${path} cannot be written.`, {
      cause,
      hint: 'Check the directory’s owner and mode, or set DYNCAMP_CONFIG_DIR to another one.',
    });
  }
}

function checkName(name: string): void {
  // "Emulator" would be mistaken for the built-in profile.
  if (name.trim().toLowerCase() === EMULATOR_PROFILE)
    throw new UsageError('PROFILE_BUILT_IN', `"${EMULATOR_PROFILE}" is built in: it cannot be stored or changed.`, {
      hint: `Use it with --profile ${EMULATOR_PROFILE}.`,
    });
  if (PROFILE_NAME.test(name) && !isOfEveryObject(name)) return;
  throw new UsageError('PROFILE_NAME_INVALID', `"${name}" cannot be the name of a profile.`, {
    hint: 'Use letters, digits, dot, hyphen and underscore, up to 64 of them.',
  });
}

/** Names such as `constructor`, which every JavaScript object has. */
const isOfEveryObject = (name: string): boolean => name in {} || name === 'prototype';

function unknownProfile(name: string, known: readonly string[]): SettingsError {
  const names = [...known.toSorted(), EMULATOR_PROFILE];
  const near = nearest(name, names);
  const meant = near === undefined ? '' : `Did you mean "${near}"? `;
  return new SettingsError('PROFILE_UNKNOWN', `There is no profile "${name}".`, {
    hint: `${meant}Known: ${names.join(', ')}. Add one with \`dyncamp profiles add\`.`,
  });
}
