// Writes docs/screens/: what a terminal of 80 columns shows, as text, and the emulator's page on a phone. Needs tmux, jq and a built dist/
// (`npm run build`); for the page chromium.
//   node scripts/screens.mjs [--folder F] [--columns N] [--only NAME]
//   node scripts/screens.mjs --folder docs/screens/before --program OLD/bin/dyncamp.js --mark "dyncamp of 421ecdc"   another build
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { folder, columns, program, mark, only } = parseArgs({
  options: {
    folder: { type: 'string', default: join(root, 'docs', 'screens') },
    columns: { type: 'string', default: '80' },
    program: { type: 'string', default: join(root, 'bin', 'dyncamp.js') },
    /** First line of each text. */
    mark: { type: 'string' },
    only: { type: 'string' },
  },
}).values;
/** Of the emulator's URL the port is another one each time. */
const URL_SHOWN = 'http://127.0.0.1:8080';
const home = mkdtempSync(join(tmpdir(), 'dyncamp-screens-'));
const bin = join(home, '.local', 'bin');

const LAST_RUN = '"$(dyncamp runs list --quiet -n 1 -o jsonl | jq -r .id)"';
const RUN_BEFORE_IT = '"$(dyncamp runs list --quiet -n 2 -o jsonl | jq -r .id | tail -1)"';

/** In this order: each finds what those before it left. `lines` are typed one by one, each when the screen has come to rest. */
const SCREENS = [
  { name: 'campaigns-list', command: 'dyncamp campaigns list --counts' },
  {
    name: 'add-in-progress',
    command: 'dyncamp add "Spring Launch" -f people.csv > events.jsonl',
    until: /people.*waiting \d+ s/,
  },
  { name: 'add-summary', command: 'dyncamp add "Partner Summit" -f people.csv --results out.csv > events.jsonl' },
  { name: 'add-words', command: 'dyncamp add NEWS-EN -f guests.csv --results results.csv' },
  { name: 'runs-failed', command: `dyncamp runs show ${LAST_RUN} --failed` },
  { name: 'members-list', command: 'dyncamp members list NEWS-EN' },
  { name: 'first-line', command: 'dyncamp remove NEWS-EN zoe.zimmer@neu.example > events.jsonl' },
  { name: 'undo-question', command: `dyncamp runs undo ${RUN_BEFORE_IT}`, until: /\[y\/N\]/, lines: [] },
  {
    name: 'add-stopped',
    command: 'dyncamp add NEWS-DE -f people.csv --concurrency 2 > events.jsonl',
    until: /people, .*added/,
    key: 'C-c',
  },
  { name: 'add-again', command: 'dyncamp add NEWS-DE -f people.csv --concurrency 2 > events.jsonl' },
  { name: 'runs-list', command: 'dyncamp runs list' },
  { name: 'sync-check', command: 'dyncamp sync check "Trade Fair Berlin"' },
  { name: 'sync-check-all', command: 'dyncamp sync check' },
  {
    name: 'profiles-add',
    command: 'dyncamp profiles add',
    until: /Name/,
    lines: ['', 'contoso', 'Mars', 'Germany', 'password'],
  },
  {
    name: 'hints',
    command: 'dyncamp status; dyncamp undo; dyncamp add NEWS-EN kim@neu.example --json; dyncamp help nope | head -3',
  },
  {
    name: 'cron-mail',
    command:
      'env -i HOME="$HOME" PATH=/usr/bin:/bin DYNCAMP_PROFILE=emulator DYNCAMP_CRON_DIR=cron bash 02-cron.sh "Spring Launch" guests.csv',
  },
  { name: 'help', command: 'dyncamp --help' },
  { name: 'help-add', command: 'dyncamp add --help' },
  { name: 'help-runs', command: 'dyncamp runs' },
];

/** Every batch takes a while, and one is told to wait: otherwise there is nothing to see of a run in progress. */
const FAULTS = [
  { match: { operation: '$batch', nth: 26 }, times: 1, effect: { kind: 'throttle-requests', retryAfterSeconds: 8 } },
  { match: { operation: '$batch' }, effect: { kind: 'slow', ms: 300 } },
];

try {
  mkdirSync(folder, { recursive: true });
  const people = Array.from({ length: 12_000 }, (_, at) => `person${at + 1}@people.example,Number ${at + 1}`);
  people.push('nobody.knows@neu.example,', 'not-an-address,Bad');
  writeFileSync(join(home, 'people.csv'), `Email Address,Last Name\n${people.join('\n')}\n`);
  copyFileSync(join(root, 'examples', 'people.csv'), join(home, 'guests.csv'));
  writeFileSync(join(home, 'faults.json'), JSON.stringify(FAULTS));
  copyFileSync(join(dirname(program), '..', 'examples', '02-cron.sh'), join(home, '02-cron.sh'));
  // Where npm may put programs, and cron does not look.
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'dyncamp'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
  await withEmulator(async (url) => {
    for (const screen of SCREENS) {
      if (only !== undefined && only !== screen.name) continue;
      const text = await take(screen, url);
      writeFileSync(join(folder, `${screen.name}.txt`), mark === undefined ? text : `# ${mark}\n${text}`);
    }
    if (only === undefined || only === 'emulator-page') takePage(url);
  });
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

async function withEmulator(work) {
  const args = [
    program,
    'emulator',
    '--people',
    '12000',
    '--data',
    join(home, 'data'),
    '--faults',
    join(home, 'faults.json'),
  ];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data).trim())));
    await work(url);
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await ended;
  }
}

/** The screen when `until` is to be seen; with a key then pressed, or without `until`, when the prompt is back. */
async function take({ name, command, until, key, lines }, url) {
  const tmux = (...args) =>
    execFileSync('tmux', ['-L', `dyncamp-${process.pid}-${name}`, ...args], { encoding: 'utf8' });
  const variables = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: home,
    LANG: 'C.UTF-8',
    PS1: '$ ',
    DYNCAMP_URL: url,
    DYNCAMP_ACCESS_TOKEN: 'any',
    DYNCAMP_STATE_DIR: join(home, 'state'),
    DYNCAMP_CONFIG_DIR: join(home, 'config'),
  };
  const environment = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
  tmux(
    '-f',
    '/dev/null',
    'new-session',
    '-d',
    '-s',
    name,
    '-x',
    columns,
    '-y',
    '240',
    '-c',
    home,
    'env',
    '-i',
    'TERM=screen-256color',
    ...environment,
    'bash',
    '--noprofile',
    '--norc',
  );
  try {
    await screenWith(tmux, name, /^\$$/);
    tmux('send-keys', '-t', name, '-l', command);
    tmux('send-keys', '-t', name, 'Enter');
    if (lines !== undefined) {
      await screenWith(tmux, name, until);
      return shown(await screenAfter(tmux, name, lines), url);
    }
    if (key !== undefined) {
      await screenWith(tmux, name, until);
      tmux('send-keys', '-t', name, key);
    }
    const text = await screenWith(tmux, name, key === undefined ? (until ?? /\n\$$/) : /\n\$$/);
    return shown(text, url);
  } finally {
    tmux('kill-server');
  }
}

/** The phone of 390 points that most people have. */
function takePage(url) {
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--window-size=390,844'];
  const page = ['--virtual-time-budget=4000', `--screenshot=${join(folder, 'emulator-page.png')}`, `${url}/`];
  const options = { stdio: 'ignore', timeout: 60_000 };
  execFileSync('chromium', [...flags, `--user-data-dir=${join(home, 'chromium')}`, ...page], options);
}

/** Without the prompt at its end; long addresses of the emulator are always the same. */
function shown(text, url) {
  return `${text.replace(/\n\$$/, '').replaceAll(url, URL_SHOWN)}\n`;
}

/** Another build may ask other questions: what is typed does not wait for words. */
async function screenAfter(tmux, name, lines) {
  let text = await restingScreen(tmux, name);
  for (const line of lines) {
    tmux('send-keys', '-t', name, '-l', line);
    tmux('send-keys', '-t', name, 'Enter');
    text = await restingScreen(tmux, name);
  }
  return text;
}

async function restingScreen(tmux, name) {
  for (let before; ; await sleep(2_500)) {
    const text = tmux('capture-pane', '-p', '-t', name).trimEnd();
    if (text === before) return text;
    before = text;
  }
}

/** Looks until it is to be seen. */
async function screenWith(tmux, name, expected) {
  let text = '';
  for (let tries = 0; tries < 300; tries += 1) {
    text = tmux('capture-pane', '-p', '-t', name).trimEnd();
    if (expected.test(text)) return text;
    await sleep(100);
  }
  throw new Error(`${name}: the screen did not come:\n${text}`);
}
