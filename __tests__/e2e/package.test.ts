/** The package as npm publishes it: what is in it, and that it runs from there, also through a link as `npm link` makes one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHome } from '../support/run-cli.ts';

const ROOT = join(__dirname, '../..');

let folder: string;
let unpacked: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dyncamp-package-'));
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
  const [tarball = ''] = readdirSync(folder);
  execFileSync('tar', ['-xzf', tarball], { cwd: folder });
  unpacked = join(folder, 'package');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(ROOT, 'node_modules/libsql'), join(folder, 'node_modules/libsql'));
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

it('runs through a link, with no package but libsql beside it', () => {
  const link = join(folder, 'dyncamp');
  symlinkSync(join(unpacked, 'bin/dyncamp.js'), link);
  const home = createHome();
  const env = { PATH: process.env.PATH, DYNCAMP_CONFIG_DIR: home.config, DYNCAMP_STATE_DIR: home.state };
  const add = ['--profile', 'emulator', 'add', 'Spring Launch', 'astrid.ahlers@kontor.example'];
  const events = execFileSync(link, add, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  home.remove();
  expect(events).toContain('dyncamp.person.added');
});
