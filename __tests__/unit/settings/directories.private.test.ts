import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../src/errors.ts';
import { makeEmulatorDirectory, makePrivateDirectory, ownPlace } from '../../../src/settings/directories.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dyncamp-private-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('makePrivateDirectory', () => {
  it('makes it and those above it, for its owner only', () => {
    makePrivateDirectory(join(directory, 'a', 'b'));
    expect(modeOf(join(directory, 'a'))).toBe(0o700);
    expect(modeOf(join(directory, 'a', 'b'))).toBe(0o700);
  });

  it('leaves one that is there as it is', () => {
    mkdirSync(join(directory, 'mine'), { mode: 0o755 });
    makePrivateDirectory(join(directory, 'mine'));
    expect(modeOf(join(directory, 'mine'))).toBe(0o755);
  });

  it('throws where a file stands', () => {
    writeFileSync(join(directory, 'file'), '');
    expect(() => makePrivateDirectory(join(directory, 'file'))).toThrow(/EEXIST/);
    // Node 20 says ENOTDIR of the path below it, later ones EEXIST of the file.
    expect(() => makePrivateDirectory(join(directory, 'file', 'below'))).toThrow(/ENOTDIR|EEXIST/);
  });

  const onProc = existsSync('/proc/self') ? it : it.skip;
  onProc('throws where there can be none, instead of trying for ever', () => {
    expect(() => makePrivateDirectory('/proc/dyncamp/state')).toThrow(/ENOENT|EACCES|EPERM/);
  });
});

describe('ownPlace', () => {
  const user = process.getuid?.() ?? 0;

  it('is the folder itself where only its owner may write, or where there is none yet', () => {
    chmodSync(directory, 0o755);
    expect(ownPlace(directory, user)).toBe(directory);
    expect(ownPlace(join(directory, 'new'), user)).toBe(join(directory, 'new'));
    expect(existsSync(join(directory, 'new'))).toBe(false);
  });

  it('is the folder itself where a link further up leads there', () => {
    mkdirSync(join(directory, 'real', 'state'), { recursive: true, mode: 0o700 });
    symlinkSync(join(directory, 'real'), join(directory, 'link'));
    expect(ownPlace(join(directory, 'link', 'state'), user)).toBe(join(directory, 'link', 'state'));
  });

  it.each([0o777, 0o1777, 0o770])('is a subfolder of its own, 0700, where others may write (%o)', (mode) => {
    chmodSync(directory, mode);
    const own = join(directory, `dyncamp-${user}`);
    expect(ownPlace(directory, user)).toBe(own);
    expect(modeOf(own)).toBe(0o700);
    chmodSync(own, 0o755);
    expect(ownPlace(directory, user)).toBe(own);
    expect(modeOf(own)).toBe(0o700);
  });

  it('is refused where that subfolder is a link', () => {
    chmodSync(directory, 0o777);
    mkdirSync(join(directory, 'elsewhere'));
    symlinkSync(join(directory, 'elsewhere'), join(directory, `dyncamp-${user}`));
    expect(() => ownPlace(directory, user)).toThrow(expect.objectContaining({ code: 'STATE_DIR_FOREIGN' }));
  });

  it('is refused where that subfolder is another user’s', () => {
    chmodSync(directory, 0o777);
    mkdirSync(join(directory, `dyncamp-${user + 1}`));
    expect(() => ownPlace(directory, user + 1)).toThrow(expect.objectContaining({ code: 'STATE_DIR_FOREIGN' }));
  });
});

describe('makeEmulatorDirectory', () => {
  it('says where, why, and what else to name', () => {
    writeFileSync(join(directory, 'file'), '');
    const make = () => makeEmulatorDirectory(join(directory, 'file', 'emulator'), 'DYNCAMP_STATE_DIR');
    expect(make).toThrow(UsageError);
    expect(make).toThrow(
      expect.objectContaining({
        code: 'EMULATOR_DATA_UNWRITABLE',
        message: expect.stringContaining(join(directory, 'file', 'emulator')),
        hint: expect.stringContaining('DYNCAMP_STATE_DIR'),
      }),
    );
  });
});
