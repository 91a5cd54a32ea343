// `npm run chaos`: adds and removes people while everything goes wrong, and checks that nothing was lost or done twice.
import { execFileSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const HELP = `Adds and removes people while everything goes wrong, and checks that nothing was lost or done twice.

Usage: npm run chaos -- [options]
  --seed N       repeat the scenarios of an earlier run (default: random)
  --runs N       scenarios to play (default: 300)
  --only N[,N…]  play only these scenarios of the seed
  --people N     most people in a scenario (default: 250)
  --workers N    scenarios at a time (default: 3)
  --keep         keep the files of all scenarios
  -h, --help     show this help`;

if (process.argv.slice(2).some((word) => word === '-h' || word === '--help')) {
  console.log(HELP);
  process.exit();
}

const root = fileURLToPath(new URL('..', import.meta.url));
execFileSync(process.execPath, ['scripts/ready.mjs'], { cwd: root, stdio: ['ignore', 2, 2] });
// Where the native module is found from, and nothing is packed or committed.
const outfile = fileURLToPath(new URL('../node_modules/.cache/dyncamp-chaos/main.mjs', import.meta.url));
await build({
  entryPoints: [fileURLToPath(new URL('../__tests__/support/chaos/main.ts', import.meta.url))],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['libsql'],
  logLevel: 'warning',
});
const { main } = await import(pathToFileURL(outfile).href);
process.exitCode = await main(root, process.argv.slice(2));
