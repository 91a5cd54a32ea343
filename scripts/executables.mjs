// `npm run executables`: dyncamp as one file each for Linux x64 and Windows x64, in dist-executables/, with checksums and licences.
// The program and Node in one: Node's "single executable application". https://nodejs.org/api/single-executable-applications.html
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { npm } from './npm.mjs';

/** Has node:sqlite, so that no native module is needed; and wine, where the Windows one is tried, aborts with Node 24. */
const NODE = '22.23.3';
/** Where Node looks whether something was put in. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const POSTJECT = 'postject@1.0.0-alpha.6';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = join(root, 'node_modules/.cache/executables');
const out = join(root, 'dist-executables');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

execFileSync(process.execPath, ['scripts/ready.mjs'], { cwd: root, stdio: 'inherit' });
rmSync(out, { recursive: true, force: true });
for (const folder of [work, out]) mkdirSync(folder, { recursive: true });

// One file of CommonJS: the only thing that Node runs from inside itself.
await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outfile: join(work, 'main.cjs'),
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  legalComments: 'eof',
  logLevel: 'warning',
  define: { __DYNCAMP_VERSION__: JSON.stringify(version), 'import.meta.url': 'moduleUrl' },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(process.execPath).href;" },
});

const linux = fetchNode('linux', 'bin/node');
const windows = fetchNode('win', 'bin/node.exe');
const config = { main: join(work, 'main.cjs'), output: join(work, 'main.blob'), disableExperimentalSEAWarning: true };
writeFileSync(join(work, 'sea.json'), JSON.stringify(config));
// The same for both: code is not compiled ahead.
execFileSync(linux, ['--experimental-sea-config', join(work, 'sea.json')], { stdio: ['ignore', 2, 2] });
const files = [withProgram(linux, 'dyncamp-linux-x64'), withProgram(windows, 'dyncamp-windows-x64.exe')];
const sums = files.map(
  (name) =>
    `${createHash('sha256')
      .update(readFileSync(join(out, name)))
      .digest('hex')}  ${name}\n`,
);
writeFileSync(join(out, 'SHA256SUMS'), sums.join(''));
const notices = readFileSync(join(root, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
const ofNode = readFileSync(join(work, 'linux/package/LICENSE'), 'utf8');
writeFileSync(
  join(out, 'THIRD-PARTY-NOTICES.txt'),
  `${notices}\n\nNode.js ${NODE}, with what is inside it:\n\n${ofNode}`,
);

/** Gives the path of the binary in npm's package of Node. */
function fetchNode(platform, binary) {
  const folder = join(work, platform);
  mkdirSync(folder, { recursive: true });
  const options = { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  const tarball = npm(['pack', '--silent', `node-${platform}-x64@${NODE}`], options).trim();
  execFileSync('tar', ['-xzf', tarball], { cwd: folder });
  return join(folder, 'package', binary);
}

function withProgram(node, name) {
  const file = join(out, name);
  cpSync(node, file);
  chmodSync(file, 0o755);
  npm(
    [
      'exec',
      '--yes',
      `--package=${POSTJECT}`,
      '--',
      'postject',
      file,
      'NODE_SEA_BLOB',
      config.output,
      '--sentinel-fuse',
      FUSE,
    ],
    {
      stdio: ['ignore', 2, 2],
    },
  );
  return name;
}
