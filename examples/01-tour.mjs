// The main job on the embedded emulator: list, add, see that a second run changes nothing, remove, check.
// Needs nothing but this checkout: no account, no network. What it writes goes to a folder of its own, which it removes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'dyncamp-tour-'));
const results = join(home, 'results.csv');
const env = {
  ...process.env,
  DYNCAMP_STATE_DIR: join(home, 'state'),
  DYNCAMP_CONFIG_DIR: join(home, 'config'),
  DYNCAMP_PROFILE: 'emulator',
};

const say = (text) => console.log(`\n\n# ${text}`);

/** Runs a command and expects this exit code. */
function run(expected, ...args) {
  console.log(`$ dyncamp ${args.map((arg) => (/^[\w@./=-]+$/.test(arg) ? arg : `"${arg}"`)).join(' ')}`);
  const { status } = spawnSync(process.execPath, ['bin/dyncamp.js', ...args], { cwd: root, env, stdio: 'inherit' });
  if (status !== expected) throw new Error(`exit ${status}, expected ${expected}`);
  console.log(`(exit ${status})`);
}

try {
  say('Which campaigns can people be added to?');
  run(0, 'campaigns', 'list', '-o', 'table');

  say('Add the people of a CSV file: some are in Dynamics, some are new, some rows are bad. Each change is one event.');
  run(68, 'add', 'Spring Launch', '-f', 'examples/people.csv', '--results', results);

  say('The result of each row: line, ref, outcome, kind');
  for (const line of readFileSync(results, 'utf8').trimEnd().split('\n'))
    console.log(line.split(',').slice(1, 5).join(','));

  say('The same again changes nothing and prints no event');
  run(68, '--quiet', 'add', 'Spring Launch', '-f', 'examples/people.csv');

  say('Remove two people; one of them was not in');
  run(0, 'remove', 'Spring Launch', 'anna.arendt@nordlicht.example', 'ben.baker@harbour.example');

  say('People added by someone else are not removed');
  run(0, 'remove', 'Autumn Webinar', '-f', 'examples/webinar-leavers.txt');

  say('A campaign that cannot be used: nothing is written, and the message says what to do');
  run(3, 'add', 'Trade Fair Berlin', 'anna.arendt@nordlicht.example');

  say('Is campaign sync working?');
  run(0, 'sync', 'check', 'Spring Launch', '-o', 'table');
} finally {
  rmSync(home, { recursive: true, force: true });
}
