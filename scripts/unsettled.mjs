// `npm run unsettled`: the contract and e2e tests under each answer of docs/unsettled.md but the defaults, and but those that stop every run
// (unit tests ask no emulator). Each run is made in a copy of this checkout in which the answer stands first in the emulator's table, and so
// is the default of every emulator that any test starts, in its own process or in the binary. `--together` puts answers that can hold at once
// into one run: the whole takes a few runs in place of one for each answer; what fails then is run again under each half of them. In parts:
// `--answer memberCreator` or `--answer collation=turkish,reusedId`; other arguments (`--selectProjects contract`, paths after `--`) go to
// jest. Prints a table; a test that is about one answer says so (support/emulator.ts).
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const SWITCHES = 'src/emulator/switches.ts';
const DOCS = 'docs/unsettled.md';
const NOT_COPIED = ['.git', 'node_modules', 'dist', 'dist-executables'];

/**
 * Under these every run, or every creation, stops as it should, and little else is tried (or they matter only beside one of these): only
 * when they are named (`--answer`).
 */
const STOPPING = ['securedEmail', 'securedValues', 'tableDefinitions', 'readDepth=Basic', 'readDepth=RecordFilter'];
/** Never beside another answer: much of a run depends on it. */
const ALONE = [...STOPPING, 'memberCreator'];
/** Where both hold, nobody can be added, or taken out. */
const EXCLUDE_EACH_OTHER = [
  ['addItemCampaign=absent', 'linkByRef=refused'],
  ['removeListMembersList=absent', 'removeMemberList=absent'],
  ['removeListMembersList=absent', 'removeMemberList=parameter-refused'],
];

/** What happens to rows, whoever asks; of all others, requests of the tests themselves are answered as usual (support/emulator.ts). */
const FOR_EVERYBODY = ['memberCreator', 'readdedMemberId', 'reusedId', 'qualifiedLeadMembership', 'copyCampaignLinks'];

const args = process.argv.slice(2);
const named = args.indexOf('--answer');
const [, wanted] = named === -1 ? [] : args.splice(named, 2);
const apart = args.indexOf('--together');
const isTogether = apart !== -1 && args.splice(apart, 1).length > 0;

const answers = answersOfDocs().filter(({ name, title }) => isWanted(name, title));
if (answers.length === 0) {
  console.error(`No answer of ${DOCS} is called ${wanted}.`);
  process.exit(2);
}
if (!existsSync(join(root, 'node_modules/jest')))
  execFileSync(process.execPath, ['scripts/ready.mjs'], { cwd: root, stdio: 'inherit' });

const copy = mkdtempSync(join(tmpdir(), 'dyncamp-unsettled-'));
cpSync(root, copy, { recursive: true, filter: (path) => !NOT_COPIED.includes(relative(root, path)) });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
const rows = (isTogether ? grouped(answers) : answers.map((answer) => [answer])).flatMap((group) => runGroup(group));
rmSync(copy, { recursive: true });
console.log('\n| answers | passed | failed | about another answer, or skipped |\n|---|---|---|---|');
for (const { title, passed, failed, skipped } of rows)
  console.log(`| ${title} | ${passed} | ${failed.length} | ${skipped} |`);
process.exit(rows.some(({ failed }) => failed.length > 0) ? 1 : 0);

/** A test holds the table and the emulator's switches equal. */
function answersOfDocs() {
  const lines = readFileSync(join(root, DOCS), 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('| U'))
    .flatMap((line) => line.split(' | ')[2].split('<br>'))
    .filter((text) => !text.startsWith('fault '))
    .flatMap((text) => {
      const [name, usual, ...others] = [...text.matchAll(/`([^`]+)`/g)].map(([, inside]) => inside);
      return others.map((value) => ({ name, value, usual, title: `${name}=${value}` }));
    });
}

function isWanted(name, title) {
  const isOneOf = (list) => list.includes(name) || list.includes(title);
  return wanted === undefined ? !isOneOf(STOPPING) : isOneOf(wanted.split(','));
}

/** Each answer goes into the first run in which it can hold. */
function grouped(all) {
  const groups = [];
  for (const answer of all) {
    const group = isAlone(answer)
      ? undefined
      : groups.find((others) => others.every((each) => goTogether(each, answer)));
    if (group === undefined) groups.push([answer]);
    else group.push(answer);
  }
  return groups;
}

function isAlone({ name, title }) {
  return ALONE.includes(name) || ALONE.includes(title);
}

function goTogether(one, other) {
  const exclude = EXCLUDE_EACH_OTHER.some((pair) => pair.includes(one.title) && pair.includes(other.title));
  return one.name !== other.name && !isAlone(one) && !exclude;
}

/** What fails under several answers is run again under each half of them, until it is known whose it is. */
function runGroup(group, jestArguments = args) {
  const row = run(group, jestArguments);
  const files = [...new Set(row.failed.map(({ file }) => file))];
  if (group.length === 1 || files.length === 0) return [row];
  const options = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const middle = Math.ceil(group.length / 2);
  const halves = [group.slice(0, middle), group.slice(middle)];
  return [row, ...halves.flatMap((half) => runGroup(half, [...options, '--', ...files]))];
}

function run(group, jestArguments) {
  const title = group.map((answer) => answer.title).join(' ');
  const results = join(copy, 'results.json');
  console.log(`\n${title}`);
  for (const [path, quote] of [
    [SWITCHES, "'"],
    [DOCS, '`'],
  ])
    writeFileSync(
      join(copy, path),
      group.reduce((text, answer) => withFirst(text, answer, quote), original(path)),
    );
  const projects = jestArguments.includes('--selectProjects') ? [] : ['--selectProjects', 'contract', 'e2e'];
  const output = ['--silent', '--json', `--outputFile=${results}`];
  const jest = ['node_modules/jest/bin/jest.js', ...projects, ...output, ...jestArguments];
  const usual = group.filter(({ name }) => !FOR_EVERYBODY.includes(name)).map((answer) => [answer.name, answer.usual]);
  const env = { ...process.env, DYNCAMP_USUAL_ANSWERS: JSON.stringify(Object.fromEntries(usual)) };
  // A run takes many minutes: jest says on stderr which file it has done.
  spawnSync(process.execPath, jest, { cwd: copy, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const { numPassedTests, numPendingTests, testResults } = JSON.parse(readFileSync(results, 'utf8'));
  rmSync(results);
  const failed = testResults.flatMap(({ assertionResults, name: path, status }) => {
    const file = relative(copy, path);
    const ofFile = assertionResults.filter((test) => test.status === 'failed').map(({ fullName }) => fullName);
    const names = ofFile.length === 0 && status === 'failed' ? ['(the file)'] : ofFile;
    return names.map((test) => ({ file, name: `${file}: ${test}` }));
  });
  for (const { name } of failed) console.log(`FAILED ${name}`);
  console.log(`${numPassedTests} passed, ${failed.length} failed`);
  return { title, passed: numPassedTests, failed, skipped: numPendingTests };
}

function original(path) {
  return readFileSync(join(root, path), 'utf8');
}

/** The emulator's default is the first value of its table, and the docs name it first. */
function withFirst(text, { name, value }, quote) {
  const quoted = `${quote}${value}${quote}`;
  const list = new RegExp(
    `(${quote === "'" ? `\\b${name}: \\[` : `\`${name}\`: `})((?:${quote}[^${quote}]*${quote}(?:, )?)+)`,
  );
  return text.replace(list, (_, before, values) => {
    const others = values.split(', ').filter((each) => each !== quoted);
    return `${before}${[quoted, ...others].join(', ')}`;
  });
}
