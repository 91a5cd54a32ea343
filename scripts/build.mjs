// Bundles src/ into dist/: the program, and `dyncamp/emulator` and `dyncamp/events` with their types; then writes the notices of what is in
// the bundle. With code splitting: a command loads only what it imports, which keeps `dyncamp --help` near bare node. Without white space and
// comments, because Node keeps the text of what it loads in memory; names stay, and lines are short, so that a stack trace can be read.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeNotices } from './notices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

rmSync(join(root, 'dist'), { recursive: true, force: true });
// First: dist/main.js is what scripts/ready.mjs looks at, and is there only when all is.
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], {
  cwd: root,
  stdio: ['ignore', 2, 2],
});
const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts', emulator: 'src/emulator/start-emulator.ts', events: 'src/events.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  legalComments: 'eof',
  minifyWhitespace: true,
  lineLimit: 160,
  metafile: true,
  logLevel: 'warning',
  define: { __DYNCAMP_VERSION__: JSON.stringify(version) },
  write: false,
});
// Packages that are CommonJS call require, which esbuild has them do in one file. Not a banner of every file: each would make one of its
// own at every start.
const REQUIRE =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);\n";
for (const { path, text } of outputFiles)
  writeFileSync(path, /\btypeof require\b/.test(text) ? `${REQUIRE}${text}` : text);
writeNotices(root, metafile);
