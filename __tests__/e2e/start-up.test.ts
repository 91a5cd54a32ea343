/** What every command line pays before it does anything: which files are loaded, and the code that the build compiled ahead. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

const node = (...args: readonly string[]): string => execFileSync(process.execPath, args, { encoding: 'utf8' });

/** The names of the files in `folder` that running `args` loads as modules. */
function filesLoaded(...args: readonly string[]): readonly string[] {
  const script = `
    process.argv = [process.argv[0], 'dyncamp', ...${JSON.stringify(args)}];
    process.on('exit', () => require('node:fs').writeSync(1, '\\n' + JSON.stringify(Object.keys(require.cache))));
    require(${JSON.stringify(join(ROOT, 'bin/dyncamp.js'))});`;
  const files: readonly string[] = JSON.parse(node('-e', script).split('\n').at(-1) ?? '');
  return files.map((file) => file.slice(ROOT.length + 1));
}

describe('start-up', () => {
  it.each(['--help', '--version', 'add --help'])('loads one file of dist/ for %s', (line) => {
    expect(filesLoaded(...line.split(' '))).toEqual(['bin/dyncamp.js', 'dist/main.cjs']);
  });

  it('gives V8 compiled code that it takes', () => {
    const script = `
      const vm = require('node:vm');
      const { Script } = vm;
      vm.Script = class extends Script {
        constructor(...args) { super(...args); console.log('refused:', this.cachedDataRejected); }
      };
      process.argv = [process.argv[0], 'dyncamp', '--version'];
      require(${JSON.stringify(join(ROOT, 'bin/dyncamp.js'))});`;
    expect(node('-e', script)).toMatch(/^refused: false\n\d+\.\d+\.\d+/);
  });
});

describe('start-up with compiled code that is not for this Node', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dyncamp-start-'));
    for (const part of ['bin', 'dist']) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const compiled = (): string =>
    readdirSync(join(folder, 'dist'))
      .filter((name) => name.startsWith('main.body.cjs.'))
      .map((name) => join(folder, 'dist', name))[0] ?? '';

  it.each([
    ['there is none', (file: string) => rmSync(file)],
    ['V8 refuses it', (file: string) => writeFileSync(file, 'of another V8')],
  ])('starts as ever when %s', (_name, change) => {
    change(compiled());
    expect(node(join(folder, 'bin/dyncamp.js'), '--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
