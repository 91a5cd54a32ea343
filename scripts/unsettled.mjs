// `npm run unsettled`: every test under each answer of docs/unsettled.md but the defaults, one run per answer. It takes hours, so it is not
// part of `npm test`, and it can be run in parts: `--answer memberCreator` or `--answer collation=turkish,reusedId`; other arguments
// (`--selectProjects contract`, paths) go to jest. Prints a table; a test that is about one answer says so (support/emulator.ts).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const args = process.argv.slice(2);
const named = args.indexOf('--answer');
const [, wanted] = named === -1 ? [] : args.splice(named, 2);

const answers = answersOfDocs().filter(({ name, value }) => isWanted(name, value));
if (answers.length === 0) {
  console.error(`No answer of docs/unsettled.md is called ${wanted}.`);
  process.exit(2);
}
const install = existsSync(join(root, 'node_modules/jest')) ? ['--no-install'] : [];
if (spawnSync(process.execPath, ['scripts/ready.mjs', ...install], { cwd: root, stdio: 'inherit' }).status !== 0)
  process.exit(1);

const folder = mkdtempSync(join(tmpdir(), 'dyncamp-unsettled-'));
const rows = answers.map(run);
rmSync(folder, { recursive: true });
console.log('\n| answer | passed | failed | about another answer, or skipped |\n|---|---|---|---|');
for (const { title, passed, failed, skipped } of rows)
  console.log(`| ${title} | ${passed} | ${failed.length} | ${skipped} |`);
for (const { title, failed } of rows) for (const name of failed) console.log(`${title}: FAILED ${name}`);
process.exit(rows.some(({ failed }) => failed.length > 0) ? 1 : 0);

/** A test holds the table and the emulator's switches equal. */
function answersOfDocs() {
  const lines = readFileSync(join(root, 'docs/unsettled.md'), 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('| U'))
    .flatMap((line) => line.split(' | ')[2].split('<br>'))
    .filter((text) => !text.startsWith('fault '))
    .flatMap((text) => {
      const [name, , ...others] = [...text.matchAll(/`([^`]+)`/g)].map(([, inside]) => inside);
      return others.map((value) => ({ name, value }));
    });
}

function isWanted(name, value) {
  return wanted === undefined || wanted.split(',').some((each) => each === name || each === `${name}=${value}`);
}

function run({ name, value }) {
  const title = `${name}: ${value}`;
  const file = join(folder, 'results.json');
  console.log(`\n${title}`);
  const env = { ...process.env, DYNCAMP_UNSETTLED: JSON.stringify({ [name]: value }) };
  const jest = ['node_modules/jest/bin/jest.js', '--silent', '--json', `--outputFile=${file}`, ...args];
  spawnSync(process.execPath, jest, { cwd: root, env, stdio: ['ignore', 'ignore', 'ignore'] });
  const { numPassedTests, numPendingTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
  const failed = testResults.flatMap(({ assertionResults, name: path, status }) => {
    const ofFile = assertionResults.filter((test) => test.status === 'failed').map(({ fullName }) => fullName);
    const names = ofFile.length === 0 && status === 'failed' ? ['(the file)'] : ofFile;
    return names.map((test) => `${path.slice(root.length)}: ${test}`);
  });
  console.log(`${numPassedTests} passed, ${failed.length} failed`);
  return { title, passed: numPassedTests, failed, skipped: numPendingTests };
}
