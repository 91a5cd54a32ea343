// `npm test`: makes the checkout ready, then lint, types and every test. All of them run even if one fails, so that one run tells all.
// DYNCAMP_JEST_JSON names a file for the counts of the test run.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const json = process.env.DYNCAMP_JEST_JSON;

// By the files themselves: what stands in node_modules/.bin is a shell script, or a batch file on Windows.
const run = (file, ...args) =>
  spawnSync(process.execPath, [file, ...args], { cwd: root, stdio: 'inherit' }).status ?? 1;

const ready = run('scripts/ready.mjs');
if (ready !== 0) process.exit(ready);

const output = json === undefined ? [] : ['--json', `--outputFile=${json}`];
const statuses = [
  run('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'),
  run('node_modules/jest/bin/jest.js', ...output, ...process.argv.slice(2)),
];
process.exit(Math.max(...statuses));
