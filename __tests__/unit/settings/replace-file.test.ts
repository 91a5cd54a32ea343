import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from '../../../src/settings/replace-file.ts';

/** Nobody in particular: root may write anywhere. */
const NOBODY = 65_534;

const directory = mkdtempSync(join(tmpdir(), 'dyncamp-replace-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** EACCES, as on Windows while another program has the file open. */
function refuseRenames(): void {
  chmodSync(directory, 0o555);
  if (process.getuid?.() === 0) process.seteuid?.(NOBODY);
}

function allowRenames(): void {
  if (process.getuid?.() === 0) process.seteuid?.(0);
  chmodSync(directory, 0o755);
}

const onPosix = process.platform === 'win32' ? it.skip : it;

onPosix('waits for a moment in which it may replace the file', async () => {
  const [written, path] = [join(directory, 'new'), join(directory, 'file')];
  writeFileSync(path, 'old');
  writeFileSync(written, 'new');
  refuseRenames();
  try {
    const replaced = replaceFile(written, path);
    // Other work of the file system, behind the first attempt.
    for (let turn = 0; turn < 20; turn += 1) await access(directory);
    allowRenames();
    await replaced;
  } finally {
    allowRenames();
  }
  expect(readdirSync(directory)).toEqual(['file']);
  expect(readFileSync(path, 'utf8')).toBe('new');
});

onPosix('gives up what does not pass, and what no waiting helps', async () => {
  writeFileSync(join(directory, 'new'), 'new');
  refuseRenames();
  try {
    await expect(replaceFile(join(directory, 'new'), join(directory, 'file'))).rejects.toMatchObject({
      code: 'EACCES',
    });
  } finally {
    allowRenames();
  }
  await expect(replaceFile(join(directory, 'none'), join(directory, 'file'))).rejects.toMatchObject({ code: 'ENOENT' });
});
