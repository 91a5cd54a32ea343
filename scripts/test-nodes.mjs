// `npm run test:nodes`: every test under each version of Node that is supported, by the binaries that npm has. Arguments go to jest;
// `--nodes 22.13.0,24` runs others. Not part of `npm test`: it takes as long as there are versions. Ends with the numbers of each.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'node_modules/.cache/nodes');
/** The floor, and what is maintained. */
const VERSIONS = '20,22,24,26';

const args = process.argv.slice(2);
const named = args.indexOf('--nodes');
const [, versions] = named === -1 ? [] : args.splice(named, 2);

const ready = spawnSync(process.execPath, ['scripts/ready.mjs'], { cwd: root, stdio: 'inherit' }).status;
if (ready !== 0) process.exit(1);
const results = (versions ?? VERSIONS).split(',').map((version) => test(fetchNode(version)));
console.log(`\n${results.map(({ line }) => line).join('\n')}`);
process.exit(results.some(({ status }) => status !== 0) ? 1 : 0);

function test(node) {
  console.log(`\n${node}`);
  const report = join(dirname(node), 'results.json');
  rmSync(report, { force: true });
  // First in PATH too: examples and links start `node`.
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const jest = ['node_modules/jest/bin/jest.js', '--json', `--outputFile=${report}`, ...args];
  const { status } = spawnSync(node, jest, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  return { status, line: `Node ${version}: ${existsSync(report) ? numbersIn(report) : 'FAILED before any test'}` };
}

function numbersIn(report) {
  const all = JSON.parse(readFileSync(report, 'utf8'));
  const files = all.numFailedTestSuites === 0 ? '' : ` in ${all.numFailedTestSuites} files`;
  return `${all.numPassedTests} passed, ${all.numFailedTests} failed${files}, ${all.numPendingTests} skipped`;
}

/** Gives the path of the binary; the package has nothing else. */
function fetchNode(version) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const target = join(folder, version);
  const node = join(target, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node');
  if (existsSync(node)) return node;
  mkdirSync(target, { recursive: true });
  const options = { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  const tarball = npm(['pack', '--silent', `node-${platform}-${process.arch}@${version}`], options)
    .trim()
    .split('\n')
    .at(-1);
  const { status } = spawnSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'], {
    cwd: folder,
    stdio: 'inherit',
  });
  rmSync(join(folder, tarball));
  if (status !== 0) throw new Error(`Could not unpack ${tarball}.`);
  return node;
}
