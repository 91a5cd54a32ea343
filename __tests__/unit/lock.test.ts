/** package-lock.json has a version of everything that some platform needs: where one is missing, `npm ci` refuses the whole file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Names = Readonly<Record<string, string>>;
type Locked = {
  readonly dependencies?: Names;
  readonly devDependencies?: Names;
  readonly optionalDependencies?: Names;
};

const root = join(__dirname, '../..');
const packages: Readonly<Record<string, Locked>> = JSON.parse(
  readFileSync(join(root, 'package-lock.json'), 'utf8'),
).packages;

/** Whether Node finds `name` from the folder: in its own node_modules, or in one further up. */
function isLocked(folder: string, name: string): boolean {
  if (`${folder}/node_modules/${name}`.replace(/^\//, '') in packages) return true;
  return folder !== '' && isLocked(folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/'))), name);
}

it.each(['dependencies', 'devDependencies', 'optionalDependencies'] as const)('it has all %s', (kind) => {
  // What a package of node_modules is developed with is not installed.
  const named = Object.entries(packages).flatMap(([folder, locked]) =>
    kind === 'devDependencies' && folder !== ''
      ? []
      : Object.keys(locked[kind] ?? {}).map((name) => ({ folder, name })),
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter(({ folder, name }) => !isLocked(folder, name))).toEqual([]);
});
