// dist/main.cjs: runs main.body.cjs, all that is loaded at every start. Compiling it is a good part of what `dyncamp --help` costs, so
// V8 is given what it compiled when dist/ was built (scripts/compile-ahead.cjs). What another version or other flags compiled it refuses,
// and compiles as ever.
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

const filename = __filename.replace(/\.cjs$/, '.body.cjs');
const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData: compiledAhead() });
script.runInThisContext()(exports, require, module, filename, __dirname);

function compiledAhead() {
  try {
    return readFileSync(`${filename}.${process.versions.v8}-${process.arch}`);
  } catch {
    return undefined;
  }
}
