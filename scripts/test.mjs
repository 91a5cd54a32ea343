// `npm test`: makes the checkout ready, then lint, types and every test. All of them run even if one fails, so that one run tells all.
// DYNCAMP_JEST_JSON names a file for the counts of the test run.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));
const json = process.env.DYNCAMP_JEST_JSON;

const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

const ready = run(process.execPath, ['scripts/ready.mjs']);
if (ready !== 0) process.exit(ready);

const statuses = [
  run(bin('biome'), ['check', '--error-on-warnings', '.']),
  run(bin('tsc'), ['-p', 'tsconfig.json']),
  run(bin('jest'), [...(json === undefined ? [] : ['--json', `--outputFile=${json}`]), ...process.argv.slice(2)]),
];
process.exit(Math.max(...statuses));
