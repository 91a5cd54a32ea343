// Writes the pages of docs/ that are made from data: docs/commands/ from the command tree, docs/errors.md from
// docs/errors.data.json.
//   node scripts/docs.mjs [--check] [FOLDER]      FOLDER: instead of docs/
// With --check it writes nothing and ends with 1 when a page is not what it would write.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { commandPages } from './command-pages.mjs';
import { errorsPage } from './errors-page.mjs';

const { values, positionals } = parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true });
const docs = positionals[0] ?? fileURLToPath(new URL('../docs', import.meta.url));

const data = fileURLToPath(new URL('../docs/errors.data.json', import.meta.url));
const pages = new Map([...(await commandPages())].map(([name, text]) => [`commands/${name}`, text]));
pages.set('errors.md', errorsPage(JSON.parse(readFileSync(data, 'utf8'))));

mkdirSync(join(docs, 'commands'), { recursive: true });
const stray = readdirSync(join(docs, 'commands'))
  .map((name) => `commands/${name}`)
  .filter((name) => !pages.has(name));
const stale = [...pages].filter(([name, text]) => read(name) !== text).map(([name]) => name);

if (values.check) report();
else {
  for (const name of stale) writeFileSync(join(docs, name), pages.get(name));
  for (const name of stray) rmSync(join(docs, name));
}

function report() {
  const wrong = [...stale, ...stray];
  for (const name of wrong) process.stderr.write(`docs/${name} is not up to date.\n`);
  if (wrong.length === 0) return;
  process.stderr.write('Run: node scripts/docs.mjs\n');
  process.exitCode = 1;
}

function read(name) {
  try {
    return readFileSync(join(docs, name), 'utf8');
  } catch {
    return undefined;
  }
}
