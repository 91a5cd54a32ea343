/** The pages that scripts/docs.mjs makes are those in docs/, and every link between pages leads somewhere. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createHome, jsonLines, runCli } from '../support/run-cli.ts';

const root = join(__dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'dyncamp-docs-'));
beforeAll(() => cpSync(join(root, 'docs'), copy, { recursive: true }));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const docs = (...args: readonly string[]) => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/docs.mjs', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stderr };
};

describe('docs/', () => {
  it('is what the script writes', () => {
    expect(docs('--check')).toEqual({ status: 0, stderr: '' });
  });

  it('is found out when a page is changed, missing or left over, and written anew', () => {
    writeFileSync(join(copy, 'commands', 'add.md'), 'changed');
    rmSync(join(copy, 'commands', 'remove.md'));
    writeFileSync(join(copy, 'commands', 'gone.md'), 'of a command that is gone');
    const found = docs('--check', copy);
    expect(found.status).toBe(1);
    for (const name of ['add', 'remove', 'gone'])
      expect(found.stderr).toContain(`docs/commands/${name}.md is not up to date.`);
    expect(docs(copy).status).toBe(0);
    expect(docs('--check', copy)).toEqual({ status: 0, stderr: '' });
  });
});

const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name)),
].filter((name) => name.endsWith('.md'));

/** As GitHub makes anchors of headings. */
const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

function linksOf(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```.*?^```/gms, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(root, page) : join(root, dirname(page), path);
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).has(anchor);
}

describe('links', () => {
  it.each(pages)('of %s lead somewhere', (page) => {
    expect(linksOf(page).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });
});

describe('the checks in docs/errors.md', () => {
  it('are those of sync check, with all that --deep adds', async () => {
    const home = createHome();
    const env = { DYNCAMP_PROFILE: 'emulator' };
    const { stdout } = await runCli(['sync', 'check', 'Spring Launch', '--deep', '-o', 'jsonl'], { home, env });
    home.remove();
    const data: { readonly checks: readonly (readonly string[])[] } = JSON.parse(
      readFileSync(join(root, 'docs/errors.data.json'), 'utf8'),
    );
    const ids = jsonLines(stdout).map(({ id }) => String(id));
    expect(ids.length).toBeGreaterThan(60);
    // privilege.* stands for one check for each privilege.
    const entries = new Set(ids.map((id) => id.replace(/^(privilege|capability|unsettled)\..*/, '$1.*')));
    expect([...entries].sort()).toEqual(data.checks.map(([id]) => id).sort());
  });
});
