/** The package as npm publishes it: what is in it, and that it runs from there, also through a link as `npm link` makes one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHome } from '../support/run-cli.ts';

const ROOT = join(__dirname, '../..');

const HAS_SQLITE = process.getBuiltinModule?.('node:sqlite') !== undefined;

let folder: string;
let unpacked: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dyncamp-package-'));
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
  const [tarball = ''] = readdirSync(folder);
  execFileSync('tar', ['-xzf', tarball], { cwd: folder });
  unpacked = join(folder, 'package');
  mkdirSync(join(folder, 'node_modules'));
  if (!HAS_SQLITE) symlinkSync(join(ROOT, 'node_modules/libsql'), libsql());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('has the command, its documents and nothing of the checkout besides', () => {
  expect(readdirSync(unpacked).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'bin',
    'dist',
    'docs',
    'examples',
    'package.json',
  ]);
});

/** The only package that may be needed beside it, where Node has no SQLite. */
const libsql = (): string => join(folder, 'node_modules/libsql');

it('runs through a link, with no package beside it but libsql where Node has no SQLite', () => {
  const link = join(folder, 'dyncamp');
  symlinkSync(join(unpacked, 'bin/dyncamp.js'), link);
  const home = createHome();
  const env = { PATH: process.env.PATH, DYNCAMP_CONFIG_DIR: home.config, DYNCAMP_STATE_DIR: home.state };
  const add = ['--profile', 'emulator', 'add', 'Spring Launch', 'astrid.ahlers@kontor.example'];
  const events = execFileSync(link, add, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  home.remove();
  expect(events).toContain('dyncamp.person.added');
});

it('tells an old Node, before it loads what that could not read', () => {
  const preload = join(folder, 'old.cjs');
  writeFileSync(
    preload,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.0' } });",
  );
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const floor = String(engines.node).replace('>=', '');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', preload, join(unpacked, 'bin/dyncamp.js'), '--version'],
    { encoding: 'utf8' },
  );
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(`dyncamp needs Node.js ${floor} or newer; this is v`);
});

(HAS_SQLITE ? it.skip : it)('says what to do where there is no SQLite, and does what needs none', () => {
  const home = createHome();
  const env = { PATH: process.env.PATH, DYNCAMP_CONFIG_DIR: home.config, DYNCAMP_STATE_DIR: home.state };
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(unpacked, 'bin/dyncamp.js'), ...args], { env, encoding: 'utf8' });

  rmSync(libsql());
  const missing = run('--profile', 'emulator', 'add', 'Spring Launch', 'kim@example.com');
  expect(missing).toMatchObject({ status: 2, stdout: '' });
  expect(missing.stderr).toMatch(
    /^Error: Could not open SQLite: Node v\S+ has none .* libsql is not installed\.\nHint: Use/,
  );
  expect(run('profiles', 'list')).toMatchObject({ status: 0 });

  mkdirSync(libsql());
  writeFileSync(join(libsql(), 'index.js'), "throw new Error('invalid ELF header\\nand more');");
  const broken = run('--profile', 'emulator', 'campaigns', 'list');
  expect(broken).toMatchObject({ status: 2, stdout: '' });
  expect(broken.stderr).toContain('libsql cannot be loaded: invalid ELF header.\n');
  home.remove();
});
