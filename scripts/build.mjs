// Bundles src/ into dist/, with code splitting: a command loads only what it imports, which keeps `dyncamp --help` near bare node.
// libsql stays outside: it is a native module.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { lazyAfterStart, undiciParts, withoutUnused } from './build-plugins.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Identifiers stay: a stack trace can be read, and keepNames would define a property at every closure that is made.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'linked',
  logLevel: 'warning',
  external: ['libsql'],
  plugins: [withoutUnused, undiciParts, lazyAfterStart(join(root, 'src/main.ts'))],
  define: { __DYNCAMP_VERSION__: JSON.stringify(version) },
  write: false,
  metafile: true,
});

rmSync(join(root, 'dist'), { recursive: true, force: true });
mkdirSync(join(root, 'dist'));
await Promise.all(outputFiles.map(async ({ path, text }) => writeFileSync(path, await asCommonJs(path, text))));
compileAhead(startFile());

/** esbuild splits ES modules only. As CommonJS files load faster: Node's loader of ES modules stays away. */
async function asCommonJs(path, text) {
  if (!path.endsWith('.cjs')) return text;
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    minifyWhitespace: true,
    logLevel: 'warning',
  });
  return code;
}

/** The file with all that is loaded before a command runs. */
function startFile() {
  const files = metafile.outputs['dist/main.cjs'].imports.filter(({ kind }) => kind === 'import-statement');
  if (files.length !== 1) throw new Error(`A start loads ${files.length} files instead of one: see lazyAfterStart.`);
  return join(root, files[0].path);
}

/** The file's code becomes a function in dist/main.body.cjs, with what V8 made of it beside it; main.cjs runs it. */
function compileAhead(file) {
  const body = join(root, 'dist/main.body.cjs');
  const code = readFileSync(file, 'utf8');
  writeFileSync(body, `(function (exports, require, module, __filename, __dirname) {${code}\n})`);
  writeFileSync(file, 'module.exports=require("./main.cjs");');
  copyFileSync(join(root, 'scripts/precompiled.cjs'), join(root, 'dist/main.cjs'));
  execFileSync(process.execPath, [join(root, 'scripts/compile-ahead.cjs'), body], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
