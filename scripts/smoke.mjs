// Tries a dyncamp that is not this checkout's, on the emulator: an executable, a Windows one under wine, a container. By hand.
//   node scripts/smoke.mjs dist-executables/dyncamp-linux-x64
//   node scripts/smoke.mjs --wine dist-executables/dyncamp-windows-x64.exe
//   node scripts/smoke.mjs --wine …/node.exe bin/dyncamp.js
//   node scripts/smoke.mjs podman run --rm --volume HOME:HOME --env … IMAGE        HOME stands for the folder of the files
// Output goes to files: under wine, Node cannot write to a pipe.
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const isWine = process.argv[2] === '--wine';
const home = mkdtempSync(join(tmpdir(), 'dyncamp-smoke-'));
const program = process.argv.slice(isWine ? 3 : 2).map((word) => word.replaceAll('HOME', home));
/** How the program names a file: wine has the root of Linux as drive Z. */
const inProgram = (path) => (isWine ? `Z:${path.replaceAll('/', '\\')}` : path);
const file = (name) => inProgram(join(home, name));
const state = join(home, 'state');

const ADD = /"type":"dyncamp\.person\.added"/g;
const REMOVE = /"type":"dyncamp\.person\.removed"/g;
/** Exit code, arguments, and how often what is on stdout. */
const STEPS = [
  [0, ['--version'], /^\d+\.\d+\.\d+/g, 1],
  [0, ['campaigns', 'list', '-o', 'table'], /^Spring Launch/gm, 1],
  [68, ['add', 'Spring Launch', '-f', file('people.csv'), '--results', file('results.csv')], ADD, 2],
  [0, ['add', 'Spring Launch', '-f', file('utf16.txt')], ADD, 1],
  [0, ['add', 'Spring Launch', '-f', file('utf16.txt')], ADD, 0],
  [0, ['remove', 'Spring Launch', '-f', file('utf16.txt'), '--max-removals', '5'], REMOVE, 1],
  [0, ['apply', 'Spring Launch', '-f', file('apply.txt'), '--max-removals', '5'], REMOVE, 1],
  [0, ['events', 'replay'], REMOVE, 1],
  [0, ['runs', 'list', '-o', 'jsonl'], /"command":"apply"/g, 1],
  [0, ['sync', 'check', 'Spring Launch', '-o', 'jsonl'], /"status":"ok"/g, 20],
];

writeFileSync(
  join(home, 'people.csv'),
  'Email Address,Last Name\r\nanna.arendt@nordlicht.example,\r\nzoe.zimmer@neu.example,Zimmer\r\nno address,\r\n',
);
// As Windows PowerShell writes it with `>`.
writeFileSync(join(home, 'utf16.txt'), Buffer.from('\ufefflena.lorenz@rheintal.example\r\n', 'utf16le'));
writeFileSync(join(home, 'apply.txt'), 'anna.arendt@nordlicht.example\n');
mkdirSync(state, { mode: 0o777 });

const env = {
  ...process.env,
  DYNCAMP_PROFILE: 'emulator',
  DYNCAMP_STATE_DIR: inProgram(state),
  DYNCAMP_CONFIG_DIR: file('config'),
  ...(isWine && setUpWine()),
};
const [command, ...words] = isWine
  ? ['wine', ...program.map((path) => inProgram(resolve(path)))]
  : [resolveProgram(program[0]), ...program.slice(1)];
try {
  STEPS.forEach(step);
  const left = readdirSync(state, { recursive: true }).filter((name) => /spool.+/.test(name));
  if (left.length > 0) throw new Error(`The people of the input are still on disk: ${left.join(', ')}`);
  console.log('all as expected');
} finally {
  if (isWine) spawnSync('wineserver', ['--kill'], { env });
  rmSync(home, { recursive: true, force: true });
}

function step([exit, args, pattern, times]) {
  const [out, err] = ['out.txt', 'err.txt'].map((name) => join(home, name));
  const files = [openSync(out, 'w'), openSync(err, 'w')];
  const { status } = spawnSync(command, [...words, ...args], { env, stdio: ['ignore', ...files], timeout: 120_000 });
  for (const each of files) closeSync(each);
  const found = readFileSync(out, 'utf8').match(pattern)?.length ?? 0;
  const isRight = status === exit && (times < 20 ? found === times : found >= times);
  console.log(
    `${isRight ? 'ok    ' : 'WRONG '} dyncamp ${args.join(' ')}   exit ${status}, ${found} × ${pattern.source}`,
  );
  if (!isRight) throw new Error(readFileSync(err, 'utf8'));
}

function resolveProgram(name) {
  return name.includes('/') ? resolve(name) : name;
}

/** A Windows 10 of its own. Wine refuses to set keep-alive on a socket that is not connected yet, which Windows allows. */
function setUpWine() {
  const wine = { WINEPREFIX: join(home, 'wine'), WINEDEBUG: '-all', WINEDLLOVERRIDES: 'mscoree,mshtml=' };
  const options = { env: { ...process.env, ...wine }, stdio: 'ignore' };
  execFileSync('wineboot', ['--init'], options);
  execFileSync('wine', ['winecfg', '-v', 'win10'], options);
  const shim = `const { Socket } = require('node:net');
const { setKeepAlive } = Socket.prototype;
Socket.prototype.setKeepAlive = function (...args) {
  return this.connecting ? this : setKeepAlive.apply(this, args);
};`;
  writeFileSync(join(home, 'wine.cjs'), shim);
  return { ...wine, NODE_OPTIONS: `--require "Z:${join(home, 'wine.cjs')}"` };
}
