/** What `--help`, `--version` and completion cost over bare Node, and beside other command-line tools where they are installed. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check, heading } from './report.mjs';

const ROUNDS = 15;
const inRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The others are no dependencies of ours: `npm install --no-save @pnp/cli-microsoft365 @salesforce/cli` brings them. */
const COMMANDS = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'dyncamp --version', args: [inRoot('bin/dyncamp.js'), '--version'] },
  { name: 'dyncamp --help', args: [inRoot('bin/dyncamp.js'), '--help'] },
  { name: 'dyncamp add --help', args: [inRoot('bin/dyncamp.js'), 'add', '--help'] },
  { name: 'dyncamp completion bash', args: [inRoot('bin/dyncamp.js'), 'completion', 'bash'] },
  { name: 'm365 --help', args: [inRoot('node_modules/@pnp/cli-microsoft365/dist/index.js'), '--help'] },
  { name: 'sf --help', args: [inRoot('node_modules/@salesforce/cli/bin/run.js'), '--help'] },
].filter(({ args }) => args[0] === '-e' || existsSync(args[0]));

/** Node 20 would read its certificates at every start, of any program: that is left out. */
const { NODE_EXTRA_CA_CERTS: _, ...ENV } = process.env;

export function startUp() {
  heading(`Start-up, median of ${ROUNDS}, by turns`);
  const times = new Map(COMMANDS.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, args } of COMMANDS) {
      const startedAt = performance.now();
      // Into a pipe, as from `| less` and `source <(dyncamp completion bash)`.
      const { status, stderr } = spawnSync(process.execPath, args, { env: ENV, stdio: ['ignore', 'pipe', 'pipe'] });
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
      times.get(name).push(performance.now() - startedAt);
    }
  }
  const bare = times.get('node -e 0');
  // Round by round: how fast the machine is changes between rounds more than within one.
  const over = (name) => median(times.get(name).map((ms, round) => ms - bare[round]));
  console.log('| command | ms | over node -e 0 |\n|---|---|---|');
  for (const [name, values] of times) {
    console.log(`| ${name} | ${median(values).toFixed(0)} | ${over(name).toFixed(0)} |`);
  }
  console.log('');
  for (const name of ['dyncamp --help', 'dyncamp --version', 'dyncamp completion bash']) {
    check(`${name} over node -e 0, ms`, over(name), { atMost: 40 });
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
