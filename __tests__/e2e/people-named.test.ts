/** Who is named on the command line and by stdin, where a script may mean something else than it says; and who failed, said at the end. */
import { useCampaignCli } from '../support/campaign-cli.ts';

const cli = useCampaignCli();

/** Runs it with a file as stdin. */
const runWithFile = (args: readonly string[], file: string) => cli.run(args, { shell: `exec "$@" < "${file}"` });

describe('what cannot be meant is a usage error, before anything is asked of Dynamics', () => {
  it.each([
    ['an empty PERSON', ['add', 'Spring Launch', ''], 'EMPTY_PERSON', 'PERSON 1 is empty'],
    ['an empty CAMPAIGN', ['add', '', 'kim@x.example'], 'EMPTY_CAMPAIGN', 'CAMPAIGN is empty'],
    ['a blank one', ['remove', 'Spring Launch', 'a@b.example', ' \u200B'], 'EMPTY_PERSON', 'PERSON 2 is empty'],
    ['a file that is not behind -f', ['add', 'Spring Launch', 'FILE'], 'FILE_AS_PERSON', '-f FILE'],
    ['-f *.csv, expanded', ['add', 'Spring Launch', '-f', 'FILE', 'FILE'], 'FILE_AS_PERSON', '-f FILE -f FILE'],
    ['-f *.csv first', ['add', '-f', 'FILE', 'FILE', 'Spring Launch'], 'FILE_AS_CAMPAIGN', 'the campaign before it'],
  ])('%s', async (_name, args, code, said) => {
    const file = cli.file('named.csv', 'email\na@named.example\n');
    const named = (text: string) => text.replaceAll('FILE', file);
    const result = await cli.run([...args.map((arg) => (arg === 'FILE' ? file : arg)), '--log-format', 'json']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(`"code":"${code}"`);
    expect(result.stderr).toContain(named(said));
    expect(cli.api.emulator().requests()).toEqual([]);
  });

  it('takes an address for one although a file is called so', async () => {
    const campaign = await cli.make.campaign();
    await cli.make.lead({ emailaddress1: 'file@named.example' });
    cli.file('file@named.example', 'x');
    const result = await cli.change(['add', campaign, 'file@named.example'], { cwd: cli.home().directory });
    expect(result).toMatchObject({ code: 0, told: ['added lead file@named.example'] });
  });
});

describe('stdin of remove', () => {
  it('is no file that nothing says to read: in a loop an empty variable would take out the rest of it', async () => {
    const campaign = await cli.make.campaign();
    await cli.make.lead({ emailaddress1: 'rest@named.example' });
    await cli.change(['add', campaign, 'rest@named.example']);
    const file = cli.file('loop.txt', '\nrest@named.example\n');
    const result = await runWithFile(['remove', campaign], file);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('while read p');
    expect(await cli.peopleIn(campaign)).toEqual(['rest@named.example']);
    expect(await runWithFile(['remove', campaign, '-'], file)).toMatchObject({ code: 0 });
    expect(await cli.peopleIn(campaign)).toEqual([]);
  });

  it('is read when it is a pipe, and is left to the loop when somebody is named', async () => {
    const campaign = await cli.make.campaign();
    for (const name of ['one', 'two']) await cli.make.lead({ emailaddress1: `${name}@named.example` });
    await cli.change(['add', campaign, 'one@named.example', 'two@named.example']);
    const file = cli.file('loop-2.txt', 'two@named.example\n');
    expect(await runWithFile(['remove', campaign, 'one@named.example'], file)).toMatchObject({ code: 0 });
    expect(await cli.peopleIn(campaign)).toEqual(['two@named.example']);
    expect(await cli.change(['remove', campaign], { stdin: 'two@named.example\n' })).toMatchObject({ code: 0 });
    expect(await cli.peopleIn(campaign)).toEqual([]);
  });

  it('is said to be read', async () => {
    const campaign = await cli.make.campaign();
    expect((await cli.change(['add', campaign], { stdin: '' })).stderr).toContain('Reading people from stdin');
  });
});

describe('who failed', () => {
  it('is said of arguments with their text', async () => {
    const campaign = await cli.make.campaign();
    for (const lastname of ['A', 'B']) await cli.make.lead({ emailaddress1: 'two@failed.example', lastname });
    const people = ['anna', 'two@failed.example', 'nobody@failed.example'];
    const { code, stderr } = await cli.change(['add', campaign, ...people]);
    expect(code).toBe(68);
    expect(stderr).toContain('3 of 3 people failed:');
    expect(stderr).toMatch(/^ {2}anna: not valid, "anna" is neither an e-mail address/m);
    expect(stderr).toMatch(/^ {2}two@failed\.example: ambiguous, 2 people match/m);
    expect(stderr).toMatch(/^ {2}nobody@failed\.example: cannot be created\. .*has no last name/m);
  });

  it('is said of files with their lines, the first ten, and without addresses', async () => {
    const campaign = await cli.make.campaign();
    const bad = Array.from({ length: 41 }, (_, number) => `secret${number}@failed.example`);
    const { stderr } = await cli.change(['add', campaign, '-'], {
      stdin: `email\nnot an address\n${bad.join('\n')}\n`,
    });
    expect(stderr).toContain('42 of 42 people failed:');
    expect(stderr).toMatch(/^ {2}line 2: not valid, "not an address" is neither/m);
    expect(stderr).toMatch(/^ {2}line 11: cannot be created\. /m);
    expect(stderr).not.toContain('line 12:');
    expect(stderr).toContain('… and 32 more');
    expect(stderr).not.toContain('failed.example');
  });

  it('names the file where there are several', async () => {
    const campaign = await cli.make.campaign();
    const [one, two] = [
      cli.file('failed-1.txt', 'no-one-1@x.example\n'),
      cli.file('failed-2.txt', 'no-one-2@x.example\n'),
    ];
    const { stderr } = await cli.change(['add', campaign, '-f', one, '-f', two]);
    expect(stderr).toContain(`${one}, line 1: cannot be created`);
    expect(stderr).toContain(`${two}, line 1: cannot be created`);
  });
});
