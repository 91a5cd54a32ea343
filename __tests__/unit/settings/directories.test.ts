import { join } from 'node:path';
import { configDirectory, homeDirectory, stateDirectory } from '../../../src/settings/directories.ts';

describe('stateDirectory', () => {
  it.each<[string, NodeJS.Platform, Record<string, string>, string]>([
    ['DYNCAMP_STATE_DIR', 'linux', { DYNCAMP_STATE_DIR: '/s', XDG_STATE_HOME: '/x' }, '/s'],
    ['XDG_STATE_HOME', 'linux', { XDG_STATE_HOME: '/x' }, '/x/dyncamp'],
    ['Linux', 'linux', {}, '/home/u/.local/state/dyncamp'],
    ['macOS', 'darwin', {}, '/home/u/Library/Application Support/dyncamp/state'],
    ['Windows', 'win32', { LOCALAPPDATA: '/local' }, '/local/dyncamp/state'],
  ])('follows %s', (_name, platform, env, expected) => {
    expect(stateDirectory(env, platform, () => '/home/u')).toBe(expected);
  });
});

describe('configDirectory', () => {
  it.each<[string, NodeJS.Platform, Record<string, string>, string]>([
    ['DYNCAMP_CONFIG_DIR', 'darwin', { DYNCAMP_CONFIG_DIR: '/c' }, '/c'],
    ['XDG_CONFIG_HOME', 'linux', { XDG_CONFIG_HOME: '/x' }, '/x/dyncamp'],
    ['Linux', 'linux', {}, '/home/u/.config/dyncamp'],
    ['macOS', 'darwin', {}, '/home/u/Library/Preferences/dyncamp'],
    ['Windows', 'win32', { APPDATA: '/roaming' }, '/roaming/dyncamp/config'],
  ])('follows %s', (_name, platform, env, expected) => {
    expect(configDirectory(env, platform, () => '/home/u')).toBe(expected);
  });
});

describe('a user without a home directory', () => {
  const homeless = () => {
    throw new Error('ENOENT: no such file or directory, uv_os_homedir');
  };

  it('needs none where the places are named', () => {
    const env = { DYNCAMP_STATE_DIR: '/s', XDG_CONFIG_HOME: '/x' };
    expect(stateDirectory(env, 'linux', homeless)).toBe('/s');
    expect(configDirectory(env, 'linux', homeless)).toBe('/x/dyncamp');
  });

  it('is told to name them', () => {
    expect(() => stateDirectory({}, 'linux', homeless)).toThrow(
      expect.objectContaining({ code: 'NO_HOME', hint: expect.stringContaining('DYNCAMP_STATE_DIR') }),
    );
  });
});

describe('a place that the environment names', () => {
  it.each(['~/state', '~', '~kim/state'])('is refused with ~ in front, as nothing expanded it: %s', (given) => {
    for (const [name, find] of [
      ['DYNCAMP_STATE_DIR', stateDirectory],
      ['DYNCAMP_CONFIG_DIR', configDirectory],
    ] as const)
      expect(() => find({ [name]: given }, 'linux')).toThrow(
        expect.objectContaining({ code: 'UNEXPANDED_TILDE', message: expect.stringContaining(name) }),
      );
  });

  it('is resolved where it is relative', () => {
    expect(stateDirectory({ DYNCAMP_STATE_DIR: 'state' }, 'linux')).toBe(join(process.cwd(), 'state'));
    expect(configDirectory({ DYNCAMP_CONFIG_DIR: './~x' }, 'linux')).toBe(join(process.cwd(), '~x'));
  });
});

describe('homeDirectory', () => {
  it.each([
    ['HOME, where it is a path', '/home/u', '/var/u', '/home/u'],
    ["the user's entry, where HOME is empty", '', '/var/u', '/var/u'],
    ["the user's entry, where HOME is relative", 'u', '/var/u', '/var/u'],
  ])('is %s', (_name, named, entry, expected) => {
    expect(
      homeDirectory(
        () => named,
        () => entry,
      ),
    ).toBe(expected);
  });

  it('is none where neither is a path: then the places are asked for', () => {
    const none = () =>
      homeDirectory(
        () => '',
        () => '',
      );
    expect(() => stateDirectory({}, 'linux', none)).toThrow(expect.objectContaining({ code: 'NO_HOME' }));
  });
});
