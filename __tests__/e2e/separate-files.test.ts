/** --results and --report replace what stands in their place: never an input, an exclusion, stdout or each other. */
import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { useCampaignCli } from '../support/campaign-cli.ts';

const cli = useCampaignCli();
const PEOPLE = 'anna.arendt@nordlicht.example\n';
const at = (name: string): string => join(cli.home().directory, name);

/** Runs in the folder of the test's files. */
async function refused(args: readonly string[]) {
  cli.api.emulator().admin.clearRequests();
  const { code, stdout, stderr } = await cli.run(['--log-format', 'json', 'add', 'Spring Launch', ...args], {
    cwd: cli.home().directory,
  });
  return { code, stdout, stderr, requests: cli.api.emulator().requests() };
}

describe('files that are written', () => {
  beforeAll(() => {
    for (const name of ['in.csv', 'out.csv', 'never.txt']) cli.file(name, PEOPLE);
    symlinkSync('in.csv', at('link.csv'));
    linkSync(at('in.csv'), at('hard.csv'));
    mkdirSync(at('sub'));
    symlinkSync('.', at('here'));
  });

  it.each([
    ['results over an input', ['-f', 'in.csv', '--results', 'in.csv']],
    ['results over an input, spelled otherwise', ['-f', 'in.csv', '--results', './sub/../in.csv']],
    ['results over an input, by a link', ['-f', 'in.csv', '--results', 'link.csv']],
    ['results over an input, by a hard link', ['-f', 'in.csv', '--results', 'hard.csv']],
    ['report over an input', ['-f', 'in.csv', '--report', 'in.csv']],
    ['report over a second input', ['-f', 'out.csv', '-f', 'in.csv', '--report', 'in.csv']],
    ['results over the results that are read', ['-f', 'in.csv', '--only-failed', '--results', 'in.csv']],
    ['report over an exclusion', ['-f', 'in.csv', '--exclude', 'never.txt', '--report', 'never.txt']],
    ['report over results', ['-f', 'in.csv', '--results', 'out.csv', '--report', 'out.csv']],
    ['report over results, neither there yet', ['-f', 'in.csv', '--results', 'new.csv', '--report', './here/new.csv']],
  ])('%s: 2, before anything is asked of Dynamics', async (_name, args) => {
    const answer = await refused(args);
    expect(answer).toMatchObject({ code: 2, stdout: '', requests: [] });
    expect(answer.stderr).toContain('"code":"SAME_FILE"');
    expect(readFileSync(at('in.csv'), 'utf8')).toBe(PEOPLE);
    expect(readFileSync(at('never.txt'), 'utf8')).toBe(PEOPLE);
    expect(readdirSync(at('.')).filter((name) => name.includes('new') || name.endsWith('.part'))).toEqual([]);
  });

  it.each([
    ['stdin', ['-'], '< in.csv', 'in.csv'],
    ['stdout', ['-f', 'in.csv'], '>> out.csv', 'out.csv'],
  ])('results over the file behind %s: 2', async (_name, input, redirection, results) => {
    const args = ['add', 'Spring Launch', ...input, '--results', results];
    const { code, stderr } = await cli.run(args, { cwd: at('.'), shell: `exec "$@" ${redirection}` });
    expect(stderr).toContain('are the same file');
    expect(code).toBe(2);
    expect(readFileSync(at(results), 'utf8')).toBe(PEOPLE);
  });
});

describe('a forgotten name', () => {
  it.each([
    ['--report', '--dry-run'],
    ['--results', '--dry-run'],
    ['-f', '--dry-run'],
    ['--exclude', '--dry-run'],
  ])('of %s does not swallow the option behind it: 2, and nothing is written', async (...words) => {
    const answer = await refused(['anna.arendt@nordlicht.example', ...words]);
    expect(answer).toMatchObject({ code: 2, stdout: '', requests: [] });
    expect(answer.stderr).toContain('./--dry-run');
    expect(readdirSync(at('.')).filter((name) => name.startsWith('--'))).toEqual([]);
  });

  it('is given for a file that is called so by ./ before it', async () => {
    cli.file('--x', PEOPLE);
    const campaign = await cli.make.campaign();
    const added = await cli.change(['add', campaign, '-f', './--x'], { cwd: cli.home().directory });
    expect(added).toMatchObject({ code: 0, told: ['added lead anna.arendt@nordlicht.example'] });
  });
});
