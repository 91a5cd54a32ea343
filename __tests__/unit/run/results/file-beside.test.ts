import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openBeside } from '../../../../src/run/results/file-beside.ts';

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

  it('keeps whole what cannot be put in its place, and the next run leaves it alone', async () => {
    const path = join(directory, 'out.csv');
    const file = await openBeside(path, '--results');
    await file.append('all of it');
    mkdirSync(path);
    const placed = await file.commit();
    expect(placed.why).toBe('there is a folder with that name');
    expect(readFileSync(placed.path, 'utf8')).toBe('all of it');
    expect(placed.path).toMatch(/out\.csv\.[0-9a-f]{8}\.part$/);
    rmSync(path, { recursive: true });
    await (await openBeside(path, '--results')).discard();
    expect(readdirSync(directory)).toEqual([basename(placed.path)]);
  });
});
