import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../src/errors.ts';
import { makeEmulatorDirectory, makePrivateDirectory } from '../../src/private-directory.ts';

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
    expect(() => makePrivateDirectory(join(directory, 'file', 'below'))).toThrow(/ENOTDIR/);
  });

  const onProc = existsSync('/proc/self') ? it : it.skip;
  onProc('throws where there can be none, instead of trying for ever', () => {
    expect(() => makePrivateDirectory('/proc/dyncamp/state')).toThrow(/ENOENT|EACCES|EPERM/);
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
