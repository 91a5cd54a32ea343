/**
 * The package as its users get it: packed from the sources alone, published (on a registry of the test), installed, and used as the README
 * says. The README's commands run as they stand; `…` in their output stands for any text in a line.
 */
import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { itUnder } from '../support/emulator.ts';
import { startRegistry } from '../support/registry.ts';
import type { TestServer } from '../support/server.ts';

const ROOT = join(__dirname, '../..');
const NOT_SOURCES = [
  '.git',
  'node_modules',
  'dist',
  'dist-executables',
  'coverage',
  'THIRD-PARTY-NOTICES.txt',
  'sbom.cdx.json',
];

const HAS_SQLITE = process.getBuiltinModule?.('node:sqlite') !== undefined;

const folder = mkdtempSync(join(tmpdir(), 'dyncamp-package-'));
const [clone, prefix, home] = ['clone', 'prefix', 'home'].map((name) => join(folder, name)) as [string, string, string];
const installed = join(prefix, 'lib/node_modules/dyncamp');
/** Without optional packages: a folder, since npm passes over --omit where it installs globally. */
const bare = join(folder, 'bare');
const modules = join(bare, 'node_modules');
let registry: TestServer;

/** Runs a line in bash with the installed `dyncamp` on the path. Asynchronous: the registry is in this process. */
async function bash(line: string, cwd = home): Promise<string> {
  const { NODE_OPTIONS: _options, ...outside } = process.env;
  const env = {
    ...outside,
    PATH: `${join(prefix, 'bin')}:${process.env.PATH}`,
    DYNCAMP_STATE_DIR: join(home, 'state'),
    DYNCAMP_CONFIG_DIR: join(home, 'config'),
    NO_COLOR: '1',
    npm_config_registry: registry.url,
    npm_config_prefix: prefix,
    npm_config_cache: join(folder, 'npm'),
    npm_config_yes: 'true',
  };
  const { stdout } = await promisify(execFile)('bash', ['-c', line], { cwd, env });
  return stdout;
}

beforeAll(async () => {
  cpSync(ROOT, clone, { recursive: true, filter: (path) => !NOT_SOURCES.some((name) => path === join(ROOT, name)) });
  // What `npm ci` would install; it is linked, since only the build is of interest here.
  const packages = join(clone, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    symlinkSync(join(ROOT, 'node_modules', name), join(packages, name));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: clone,
    stdio: ['ignore', 'ignore', 2],
  });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  registry = await startRegistry(join(folder, tarball));
  mkdirSync(home);
  symlinkSync(join(ROOT, 'examples'), join(home, 'examples'));
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});

type Step = { readonly command: string; readonly output: string };

function stepsOf(section: string): readonly Step[] {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const part = text.split(/^## /m).find((each) => each.startsWith(section)) ?? '';
  return [...part.matchAll(/^```console\n(.*?)^```/gms)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = '', ...output] = step.split('\n');
        return { command, output: output.join('\n').trimEnd() };
      }),
  );
}

const matcher = (output: string): RegExp =>
  new RegExp(`^${output.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')}$`);

const read = (name: string): string => readFileSync(join(installed, name), 'utf8');

describe("the README's installation", () => {
  const steps = stepsOf('Install').filter(({ command }) => /^(npm|npx|dyncamp) /.test(command));

  it('is there', () => expect(steps.map(({ command }) => command.split(' ')[0])).toEqual(['npm', 'dyncamp', 'npx']));

  it.each(steps.map((step) => [step.command, step] as const))('%s', async (_, { command, output }) => {
    const printed = await bash(command);
    if (output !== '') expect(printed.trimEnd()).toMatch(matcher(output));
  });
});

describe('installed without optional packages', () => {
  const MAX_BYTES = 6_000_000;
  beforeAll(async () => {
    mkdirSync(bare);
    await bash('npm install --silent --prefix . --omit=optional dyncamp', bare);
  });
  /** Prints stdout, then stderr, then the exit code. */
  const run = (args: string): Promise<string> => bash(`"${modules}/.bin/dyncamp" ${args} 2>&1; echo "exit $?"`);

  it('is one small package without a native module', () => {
    const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
    expect(bytes).toBeLessThan(MAX_BYTES);
    expect(files.filter(({ name }) => name === 'package.json' || name.endsWith('.node'))).toHaveLength(1);
  });

  /** As it is where libsql has no binary, or one that does not fit. */
  const breakLibsql = (): void => {
    mkdirSync(join(modules, 'libsql'));
    writeFileSync(join(modules, 'libsql/index.js'), "throw new Error('invalid ELF header\\nand more');");
  };

  (HAS_SQLITE ? it : it.skip)('works where Node has SQLite, and never loads a libsql that is there', async () => {
    breakLibsql();
    expect(await run('--profile emulator --quiet add "Partner Summit" lena.lorenz@rheintal.example')).toMatch(
      /dyncamp\.person\.added.*\}\nexit 0\n$/,
    );
  });

  (HAS_SQLITE ? it.skip : it)('says what to do where there is no SQLite, and does what needs none', async () => {
    expect(await run('--profile emulator add "Spring Launch" kim@example.com')).toMatch(
      /^Error: Could not open SQLite: Node v\S+ has none .* libsql is not installed\.\nHint: Use[\s\S]*exit 2\n$/,
    );
    expect(await run('profiles list')).toMatch(/exit 0\n$/);
    breakLibsql();
    expect(await run('--profile emulator campaigns list')).toMatch(
      /libsql cannot be loaded: invalid ELF header\.\n[\s\S]*exit 2\n$/,
    );
  });
});

/** What the tour shows of an organization that says who adds and what a user may do, and offers every action. */
const ABOUT_ANSWERS: readonly (readonly [string, jest.It])[] = [
  ['dyncamp remove "Autumn Webinar"', itUnder({ memberCreator: 'caller' })],
  [
    'dyncamp sync check',
    itUnder({
      memberCreator: 'caller',
      privilegesByNames: 'full',
      addItemCampaign: 'offered',
      removeItemCampaign: 'no-content',
      removeListMembersList: 'offered',
      removeMemberList: 'no-content',
    }),
  ],
];

describe("the README's tour, as installed", () => {
  const steps = [...stepsOf('Try it'), ...stepsOf('In pipes')];
  const exported: string[] = [];

  it('is there', () => expect(steps.length).toBeGreaterThan(10));

  // In order, and in one home: each step works on what the one before it left.
  for (const { command, output } of steps) {
    const [, itHolds = it] = ABOUT_ANSWERS.find(([start]) => command.startsWith(start)) ?? [];
    itHolds(command, async () => {
      if (command.startsWith('export ')) return void exported.push(`${command}; `);
      // The exit code is that of the last command of a pipe; 68 is what the tour's bad rows give.
      const printed = await bash(`${exported.join('')}{ ${command}\n} 2>errors.txt || [ $? -eq 68 ]`);
      expect(printed.trimEnd()).toMatch(matcher(output));
    });
  }
});

describe('what is installed', () => {
  it('is the command, its documents and nothing of the checkout besides', () => {
    expect(readdirSync(installed).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'LICENSES',
      'README.md',
      'SECURITY.md',
      'THIRD-PARTY-NOTICES.txt',
      'bin',
      'dist',
      'docs',
      'examples',
      'node_modules',
      'package.json',
      'sbom.cdx.json',
    ]);
  });

  it('has nothing that publint complains of', async () => {
    const { publint } = jest.requireActual<{ publint(options: object): Promise<{ messages: unknown[] }> }>('publint');
    const { messages } = await publint({ pkgDir: installed, pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  it('tells an old Node, before it loads what that could not read', async () => {
    const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.0' } });";
    writeFileSync(join(home, 'old.cjs'), old);
    const floor = String(JSON.parse(read('package.json')).engines.node).replace('>=', '');
    const said = await bash(`node --require ./old.cjs "${installed}/bin/dyncamp.js" --version 2>&1; echo "exit $?"`);
    expect(said).toMatch(new RegExp(`^Error: dyncamp needs Node\\.js ${floor} or newer; this is v[\\s\\S]*exit 2\n$`));
  });

  describe('inside the bundle', () => {
    let bundled: readonly string[] = [];
    beforeAll(async () => {
      // By esbuild's comments before the text of each file, which the bundle is installed without.
      const { build } = jest.requireActual<typeof import('esbuild')>('esbuild');
      const { outputFiles } = await build({
        entryPoints: ['main', 'emulator/start-emulator', 'events'].map((name) => join(ROOT, `src/${name}.ts`)),
        outdir: join(ROOT, 'dist'),
        bundle: true,
        format: 'esm',
        platform: 'node',
        write: false,
      });
      const found = outputFiles.flatMap(({ text }) => [
        ...text.matchAll(/^\s*\/\/ .*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\/\S+$/gm),
      ]);
      bundled = [...new Set(found.map(([, name = '']) => name))].sort();
    });

    it('has the licence text of each package in the notices', () => {
      const sections = read('THIRD-PARTY-NOTICES.txt').split(/^-{80}$/m);
      const withText = sections.filter(
        (text) => /permission|redistribution|apache license/i.test(text) && text.length > 600,
      );
      const named = withText.map((text) => /^(\S+) \d\S* \(.+\)$/m.exec(text)?.[1] ?? '');
      expect(bundled.length).toBeGreaterThan(40);
      expect([...new Set(named)].sort()).toEqual(bundled);
    });

    it('has each package in the SBOM, and apart from those what is installed beside', () => {
      type Component = { name: string; version: string; properties: { value: string }[] };
      const { components, metadata } = JSON.parse(read('sbom.cdx.json'));
      const names = (isBundled: boolean) =>
        components
          .filter(({ properties }: Component) => properties[0]?.value === String(isBundled))
          .map(({ name }: Component) => name);
      expect([...new Set(names(true))].sort()).toEqual(bundled);
      const beside = readdirSync(join(installed, 'node_modules')).filter((name) => !/^[.@]/.test(name));
      expect(names(false)).toEqual(expect.arrayContaining(beside));
      expect(metadata.component.version).toBe(JSON.parse(read('package.json')).version);
    });
  });
});

describe("another project's import", () => {
  const project = join(folder, 'project');
  beforeAll(async () => {
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{}');
    await bash('npm install --silent dyncamp', project);
  });
  const USE = `const headers = { Authorization: 'Bearer any', 'OData-Version': '4.0' };
    const { status } = await fetch(emulator.url + '/api/data/v9.2/WhoAmI', { headers });
    await emulator.close();
    console.log(status, EVENT_TYPES.added);`;

  it.each([
    [
      'of ESM',
      'use.mjs',
      `import { startEmulator } from 'dyncamp/emulator';
       import { EVENT_TYPES } from 'dyncamp/events';
       const emulator = await startEmulator();
       ${USE}`,
    ],
    [
      'of CommonJS, by await import()',
      'use.cjs',
      `(async () => {
         const { startEmulator } = await import('dyncamp/emulator');
         const { EVENT_TYPES } = await import('dyncamp/events');
         const emulator = await startEmulator();
         ${USE}
       })();`,
    ],
  ])('%s', async (_, name, text) => {
    writeFileSync(join(project, name), text);
    expect(await bash(`node ${name}`, project)).toBe('200 dyncamp.person.added\n');
  });
});
