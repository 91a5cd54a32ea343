// node scripts/compile-ahead.cjs FILE: starts FILE, which is dist/main.body.cjs, as dist/main.cjs would, and writes beside it what V8 has
// compiled of it by the end: the functions that a start calls, and none of the others. A process of its own, because it is that start.
const { readFileSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');

/** What is to be quick. */
const COMMAND_LINES = [['--help'], ['completion', 'bash']];

const [node, , filename] = process.argv;
const script = new Script(readFileSync(filename, 'utf8'), { filename });
process.on('exit', () =>
  writeFileSync(`${filename}.${process.versions.v8}-${process.arch}`, script.createCachedData()),
);
for (const words of COMMAND_LINES) {
  process.argv = [node, 'dyncamp', ...words];
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(filename), module, filename, dirname(filename));
}
