import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBeside } from '../../../../src/membership/results/file-beside.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dyncamp-beside-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const HOST = hostname()
  .replaceAll(/[^a-zA-Z0-9-]/g, '-')
  .slice(0, 64);
/** Of a process that is no more. */
const DEAD = spawnSync(process.execPath, ['-e', '']).pid;
const part = (begin: string) => `${begin}-0a1b2c3d.part`;

describe('openBeside', () => {
  it('takes away what a killed process left of the same file, and nothing else', async () => {
    const others = [
      part(`other.csv.${HOST}-${DEAD}`),
      part(`out.csv.another-host-${DEAD}`),
      part(`out.csv.${HOST}-${process.pid}`),
      `out.csv.${HOST}-${DEAD}.part`,
      'out.csv',
    ];
    for (const name of [...others, part(`out.csv.${HOST}-${DEAD}`)]) writeFileSync(join(directory, name), '');
    const file = await openBeside(join(directory, 'out.csv'), '--results');
    await file.append('new');
    await file.commit();
    expect(readdirSync(directory).sort()).toEqual([...others].sort());
  });

  it('leaves nothing when it is given up', async () => {
    const file = await openBeside(join(directory, 'out.csv'), '--results');
    expect(readdirSync(directory)).toHaveLength(1);
    await file.discard();
    expect(readdirSync(directory)).toEqual([]);
  });
});
