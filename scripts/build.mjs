// Bundles src/ into dist/ with code splitting: a command loads only what it imports, which keeps `dyncamp --help` near bare node.
// libsql stays outside: it is a native module.

import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** commander starts subcommands that are programs of their own; ours are not, and loading node:child_process costs milliseconds of every start. */
const withoutSubprocesses = {
  name: 'without-subprocesses',
  setup(builder) {
    builder.onResolve({ filter: /^(node:)?child_process$/ }, ({ path, importer }) =>
      /node_modules.commander/.test(importer) ? { path, namespace: 'empty' } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {};' }));
  },
};

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
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
  plugins: [withoutSubprocesses],
  define: { __DYNCAMP_VERSION__: JSON.stringify(version) },
  // Bundled CommonJS packages call require(); an ES module has none of its own.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
