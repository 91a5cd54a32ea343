// `npm run contract -- --url https://yourorg.crm4.dynamics.com`: the contract suite against an organization of yours, and one JSON file that
// says how it answers, without names, ids or addresses: contract-report.json, or where `--report` says. Other arguments go to jest.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const args = process.argv.slice(2);
const url = option('--url') ?? process.env.DYNCAMP_CONTRACT_URL;
const report = resolve(option('--report') ?? 'contract-report.json');
if (url === undefined || !URL.canParse(url)) {
  console.error('Say which organization: npm run contract -- --url https://yourorg.crm4.dynamics.com');
  process.exit(2);
}
const install = existsSync(join(root, 'node_modules/jest')) ? ['--no-install'] : [];
if (spawnSync(process.execPath, ['scripts/ready.mjs', ...install], { cwd: root, stdio: 'inherit' }).status !== 0)
  process.exit(1);

const folder = mkdtempSync(join(tmpdir(), 'dyncamp-contract-'));
const results = join(folder, 'results.json');
const answers = join(folder, 'answers.json');
const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', 'contract', '--runInBand', '--json'];
const env = { ...process.env, DYNCAMP_CONTRACT_URL: url, DYNCAMP_CONTRACT_ANSWERS: answers };
const { status } = spawnSync(process.execPath, [...jest, `--outputFile=${results}`, ...args], {
  ...{ cwd: root, env },
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (!existsSync(results)) process.exit(status ?? 1);
const made = reportOf(JSON.parse(readFileSync(results, 'utf8')));
rmSync(folder, { recursive: true });
writeFileSync(report, `${JSON.stringify(made, null, 2)}\n`);
const { passed, failed, skipped } = made.tests;
console.log(`${passed} tests passed, ${failed.length} failed, ${skipped} need the emulator. Report: ${report}`);
process.exit(status ?? 1);

function option(name) {
  const place = args.indexOf(name);
  return place === -1 ? undefined : args.splice(place, 2)[1];
}

function reportOf({ numPassedTests, numPendingTests, testResults }) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const failed = testResults.flatMap(({ assertionResults, message, name, status: ofFile }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed');
    const file = name.slice(root.length);
    if (tests.length === 0 && ofFile === 'failed') return [{ file, test: '', difference: withoutPersons(message) }];
    return tests.map(({ fullName, failureMessages }) => {
      return { file, test: fullName, difference: withoutPersons(failureMessages.join('\n')) };
    });
  });
  const found = existsSync(answers) ? JSON.parse(readFileSync(answers, 'utf8')) : {};
  return {
    dyncamp: version,
    madeAt: new Date().toISOString(),
    ...found,
    tests: { passed: numPassedTests, skipped: numPendingTests, failed },
  };
}

/** Long enough to see what differs. */
function withoutPersons(text) {
  return text
    .replaceAll(url.replace(/\/+$/, ''), '<organization>')
    .replaceAll(new URL(url).host, '<organization>')
    .replaceAll(root, '')
    .replace(/[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}/gi, '<id>')
    .replace(/[^\s"'<>@]+@[^\s"'<>@]+/g, '<address>')
    .slice(0, 2000);
}
