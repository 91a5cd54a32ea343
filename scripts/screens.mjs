// Writes docs/screens/: what a terminal of 80 columns shows, as text. Needs tmux and a built dist/ (`npm run build`).
//   node scripts/screens.mjs [FOLDER] [COLUMNS]      default: docs/screens, 80
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [folder = join(root, 'docs', 'screens'), columns = '80'] = process.argv.slice(2);
/** Of the emulator's URL the port is another one each time. */
const URL_SHOWN = 'http://127.0.0.1:8080';
const home = mkdtempSync(join(tmpdir(), 'dyncamp-screens-'));

const SCREENS = [
  { name: 'campaigns-list', command: 'dyncamp campaigns list --counts' },
  {
    name: 'add-in-progress',
    command: 'dyncamp add "Spring Launch" -f people.csv > events.jsonl',
    until: /people.*waiting \d+ s/,
  },
  { name: 'add-summary', command: 'dyncamp add "Partner Summit" -f people.csv --results out.csv > events.jsonl' },
  { name: 'add-words', command: 'dyncamp add NEWS-EN -f guests.csv --results results.csv' },
  {
    name: 'add-stopped',
    command: 'dyncamp add NEWS-DE -f people.csv --concurrency 2 > events.jsonl',
    until: /people, .*added/,
    key: 'C-c',
  },
  { name: 'add-again', command: 'dyncamp add NEWS-DE -f people.csv --concurrency 2 > events.jsonl' },
  { name: 'runs-list', command: 'dyncamp runs list' },
  { name: 'sync-check', command: 'dyncamp sync check "Trade Fair Berlin"' },
];

/** Every batch takes a while, and one is told to wait: otherwise there is nothing to see of a run in progress. */
const FAULTS = [
  { match: { operation: '$batch', nth: 20 }, times: 1, effect: { kind: 'throttle-requests', retryAfterSeconds: 8 } },
  { match: { operation: '$batch' }, effect: { kind: 'slow', ms: 300 } },
];

try {
  mkdirSync(folder, { recursive: true });
  const people = Array.from({ length: 12_000 }, (_, at) => `person${at + 1}@people.example,Number ${at + 1}`);
  people.push('nobody.knows@neu.example,', 'not-an-address,Bad');
  writeFileSync(join(home, 'people.csv'), `Email Address,Last Name\n${people.join('\n')}\n`);
  copyFileSync(join(root, 'examples', 'people.csv'), join(home, 'guests.csv'));
  writeFileSync(join(home, 'faults.json'), JSON.stringify(FAULTS));
  writeFileSync(join(home, 'dyncamp'), `#!/bin/sh\nexec "${process.execPath}" "${root}bin/dyncamp.js" "$@"\n`, {
    mode: 0o755,
  });
  await withEmulator(async (url) => {
    for (const screen of SCREENS) writeFileSync(join(folder, `${screen.name}.txt`), await take(screen, url));
  });
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

async function withEmulator(work) {
  const args = [
    'bin/dyncamp.js',
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
async function take({ name, command, until, key }, url) {
  const tmux = (...args) =>
    execFileSync('tmux', ['-L', `dyncamp-${process.pid}-${name}`, ...args], { encoding: 'utf8' });
  const variables = {
    PATH: `${home}:${process.env.PATH}`,
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
    '120',
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
    if (key !== undefined) {
      await screenWith(tmux, name, until);
      tmux('send-keys', '-t', name, key);
    }
    const text = await screenWith(tmux, name, key === undefined ? (until ?? /\n\$$/) : /\n\$$/);
    return `${text.replace(/\n\$$/, '').replaceAll(url, URL_SHOWN)}\n`;
  } finally {
    tmux('kill-server');
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
