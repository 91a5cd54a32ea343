/** What a run leaves behind for people and for the next run: --results, --only-failed, --report, the summary and its exit code. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultRows, useCampaignCli } from '../support/campaign-cli.ts';

const cli = useCampaignCli();

const people = [
  'First Name,Email Address,Last Name,Notiz',
  'Ann,ann@results.example,Ark,"a, ""b"""',
  ',missing@results.example,,',
  'Bad,bad-address,Bad,"two\nlines"',
  '',
].join('\n');

describe('--results and --only-failed', () => {
  it.each(['csv', 'jsonl'])(
    'a round trip by .%s: what failed is mended and done, and nothing else is touched',
    async (extension) => {
      const campaign = await cli.make.campaign();
      const domain = `${extension}.example`;
      const input = cli.file('people.csv', people.replaceAll('results.example', domain));
      const results = join(cli.home().directory, `first.${extension}`);
      const first = await cli.change(['add', campaign, '-f', input, '--results', results]);
      expect(first).toMatchObject({ code: 68, told: [`created lead ann@${domain}`, `added lead ann@${domain}`] });
      expect(first.stderr).toContain(`-f ${results} --only-failed`);
      const text = readFileSync(results, 'utf8');
      expect(text).toContain('NO_LAST_NAME');
      expect(text).toContain('BAD_EMAIL');

      // The missing person came into Dynamics by another way, and somebody put the address right in the file.
      await cli.make.contact({ emailaddress1: `missing@${domain}` });
      const mended = cli.file(`mended.${extension}`, text.replaceAll('bad-address', `mended@${domain}`));
      const second = join(cli.home().directory, 'second.jsonl');
      const again = await cli.change(['add', campaign, '-f', mended, '--only-failed', '--results', second]);
      expect(again).toMatchObject({
        code: 0,
        told: [`added contact missing@${domain}`, `created lead mended@${domain}`, `added lead mended@${domain}`],
      });
      expect((await resultRows(second)).map((row) => [row.outcome, row['in.Notiz'] ?? ''])).toEqual([
        ['added', ''],
        ['added', 'two\nlines'],
      ]);
    },
  );

  it('has every column of the promise, and the input’s own behind them', async () => {
    const campaign = await cli.make.campaign();
    const results = join(cli.home().directory, 'columns.csv');
    await cli.change(['add', campaign, '-', '--results', results], { stdin: 'email,Notiz\nann@columns.example,x\n' });
    expect(readFileSync(results, 'utf8').split('\r\n')[0]).toBe(
      'source,line,ref,outcome,kind,personType,personId,created,listMemberId,addedBy,code,message,requestId,dryRun,in.email,in.Notiz',
    );
  });

  it('leaves nothing half written where the campaign cannot be used, nor beside the file', async () => {
    const results = join(cli.home().directory, 'never.csv');
    const { code } = await cli.change(['add', 'Winter Gala', 'ann@results.example', '--results', results]);
    expect(code).toBe(3);
    expect(existsSync(results)).toBe(false);
    expect(readdirSync(cli.home().directory).filter((name) => name.includes('never'))).toEqual([]);
  });

  it.each([
    ['a folder that is not there', 'nowhere/results.csv'],
    ['a name that says no format', 'results.txt'],
  ])('stops with 2 for %s, before anything is asked of Dynamics', async (_name, path) => {
    const { code, stdout } = await cli.change(['add', 'Spring Launch', 'a@b.example', '--results', path], {
      cwd: cli.home().directory,
    });
    expect({ code, stdout, requests: cli.api.emulator().requests() }).toEqual({ code: 2, stdout: '', requests: [] });
  });

  it('takes no other file for a results file', async () => {
    const path = cli.file('plain.csv', 'email\nann@results.example\n');
    const { code, stderr } = await cli.change(['add', 'Spring Launch', '-f', path, '--only-failed']);
    expect(code).toBe(65);
    expect(stderr).toContain('no results file');
  });
});

describe('--report and the summary', () => {
  it('count everybody once, and agree', async () => {
    const campaign = await cli.make.campaign({ name: 'Reported' });
    const report = join(cli.home().directory, 'report.json');
    cli.api.emulator().admin.clearRequests();
    const stdin = 'email,lastname\na@report.example,A\nb@report.example,B\na@report.example,A\nbad,B\n';
    const { code, stderr } = await cli.change(['add', campaign, '-', '--report', report], { stdin });
    expect(code).toBe(68);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      command: 'add',
      dryRun: false,
      organization: { id: cli.api.emulator().organizationId, name: 'dyncamp emulator' },
      campaign: { id: campaign, name: 'Reported' },
      people: 4,
      created: 2,
      outcomes: { added: 2, 'duplicate-input': 1, invalid: 1 },
      exitCode: 68,
      requests: cli.api.emulator().requests().length,
    });
    expect(stderr).toContain(
      'Added 2 (2 of them created). Skipped 1: 1 duplicate-input. Failed 1: 1 invalid. 4 people in',
    );
  });

  it.each([
    ['1', 0],
    ['50%', 0],
    ['0', 68],
    ['49%', 68],
  ])('--max-failures %s makes one failure of two exit with %i', async (limit, exit) => {
    const campaign = await cli.make.campaign();
    const args = ['add', campaign, 'anna.arendt@nordlicht.example', 'bad', '--max-failures', limit];
    const { code, stderr } = await cli.change(args);
    expect(code).toBe(exit);
    expect(stderr).toContain('1 of 2 people failed');
  });
});

describe('--shard', () => {
  it('gives everybody to exactly one of the shards', async () => {
    const campaign = await cli.make.campaign();
    const names = Array.from({ length: 12 }, (_, number) => `person-${number}@shard.example`);
    await Promise.all(names.map((emailaddress1) => cli.make.lead({ emailaddress1 })));
    const path = cli.file('shard.txt', names.join('\n'));
    const shards = await Promise.all(
      ['1/3', '2/3', '3/3'].map((shard) => cli.outcomes(['add', campaign, '-f', path, '--shard', shard])),
    );
    const added = shards.flatMap(({ rows }) => rows.filter(({ outcome }) => outcome === 'added'));
    expect(added.map(({ ref }) => ref).sort()).toEqual([...names].sort());
    expect(shards.flatMap(({ rows }) => rows).filter(({ outcome }) => outcome === 'other-shard')).toHaveLength(24);
    expect(await cli.peopleIn(campaign)).toEqual([...names].sort());
  });
});
