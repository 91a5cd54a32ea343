// Makes a checkout ready to run: installs what package-lock.json names and builds dist/, each only when it is not up to date.
// Needs nothing but Node itself, so that `npm test` and `npm run demo` work on a fresh clone.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const force = process.argv.includes('--force');
/** For callers that run from node_modules themselves. */
const noInstall = process.argv.includes('--no-install');

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const installedMark = join(root, 'node_modules', '.dyncamp-installed');
if (!noInstall && (!existsSync(installedMark) || readFileSync(installedMark, 'utf8') !== lock)) {
  process.stderr.write('Installing packages …\n');
  // Under `npm publish --dry-run` or `npm install --global` npm hands its own options on, and they are not meant for this.
  const options = ['--include=dev', '--dry-run=false', '--global=false', '--no-audit', '--no-fund', '--loglevel=error'];
  npm(['ci', ...options], { cwd: root, stdio: ['ignore', 2, 2] });
  writeFileSync(installedMark, lock);
}

const newest = (folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0);

const built = join(root, 'dist', 'main.js');
const sources = Math.max(newest('src'), newest('scripts'), statSync(join(root, 'package.json')).mtimeMs);
if (force || !existsSync(built) || statSync(built).mtimeMs < sources) {
  process.stderr.write('Building dist/ …\n');
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: ['ignore', 2, 2] });
}
