/** Where the journal is kept, and what must not happen to it there. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useCampaignCli } from '../support/campaign-cli.ts';
import { type CliHome, createHome } from '../support/run-cli.ts';

const cli = useCampaignCli();
const ANNA = 'anna.arendt@nordlicht.example';
const userId = process.getuid?.() ?? 0;
const journalIn = (folder: string) => join(folder, `${cli.api.emulator().organizationId}.sqlite`);

const homes: CliHome[] = [];
afterAll(() => {
  for (const home of homes) home.remove();
});
function newHome(): CliHome {
  const home = createHome();
  homes.push(home);
  return home;
}

/** An add into a campaign of its own, with another state folder. */
async function addWith(DYNCAMP_STATE_DIR: string, options: readonly string[] = [], cwd = cli.home().directory) {
  const campaign = await cli.make.campaign();
  cli.writes();
  const added = await cli.change(['add', campaign, ANNA, ...options], { env: { DYNCAMP_STATE_DIR }, cwd });
  return { ...added, writes: cli.writes() };
}

describe('DYNCAMP_STATE_DIR', () => {
  it('is refused where nothing put a home directory in place of ~', async () => {
    const cwd = newHome().directory;
    const refused = await addWith('~/state', [], cwd);
    expect(refused).toMatchObject({ code: 2, stdout: '', writes: [] });
    expect(refused.stderr).toContain('DYNCAMP_STATE_DIR is "~/state"');
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('may be relative, and then it is said where that is', async () => {
    const cwd = newHome().directory;
    const added = await addWith('state', [], cwd);
    expect(added.code).toBe(0);
    expect(added.stderr).toContain(`journal and other state are in ${join(cwd, 'state')}`);
    expect(existsSync(journalIn(join(cwd, 'state')))).toBe(true);
  });

  it('may be a folder that others may write to: a folder of its own in there is used', async () => {
    const shared = join(newHome().directory, 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    const added = await addWith(shared);
    expect(added.code).toBe(0);
    expect(readdirSync(shared)).toEqual([`dyncamp-${userId}`]);
    expect(existsSync(journalIn(join(shared, `dyncamp-${userId}`)))).toBe(true);
    expect(added.stderr).toContain(`Other users can write to ${shared}`);
  });

  it.each(['', '-wal'])('stops with 2 where the journal’s own file (%s) is a link', async (suffix) => {
    const { directory } = newHome();
    const target = join(directory, 'target');
    writeFileSync(target, '');
    chmodSync(target, 0o644);
    mkdirSync(join(directory, 'state'), { mode: 0o700 });
    symlinkSync(target, `${journalIn(join(directory, 'state'))}${suffix}`);
    const refused = await addWith(join(directory, 'state'));
    expect(refused).toMatchObject({ code: 2, stdout: '', writes: [] });
    expect(refused.stderr).toContain('is a link');
    expect(readFileSync(target, 'utf8')).toBe('');
  });
});

describe('--dry-run', () => {
  const unusable = () => {
    const { directory } = newHome();
    writeFileSync(join(directory, 'file'), '');
    return join(directory, 'file', 'state');
  };

  it('needs no state folder, and makes none', async () => {
    const { directory, state } = newHome();
    expect(await addWith(state, ['--dry-run'])).toMatchObject({ code: 0, stdout: '', writes: [] });
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    ['add', [ANNA]],
    ['remove', [ANNA, '--max-removals', '5']],
    ['apply', ['-f', '-', '--allow-empty']],
  ])('of %s works where there can be no state folder', async (command, args) => {
    const campaign = await cli.make.campaign();
    await cli.change(['add', campaign, ANNA]);
    cli.writes();
    const tried = await cli.change([command, campaign, ...args, '--dry-run'], {
      env: { DYNCAMP_STATE_DIR: unusable() },
    });
    expect(tried).toMatchObject({ code: 0, stdout: '' });
    expect(tried.stderr).toContain('Dry run');
    expect(cli.writes()).toEqual([]);
  });
});
