/** What a run leaves behind for people and for the next run: --results, --only-failed, --report, the summary and its exit code. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
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

  it('gives the input’s own columns the same names again in a second pass, also those beyond the header', async () => {
    const campaign = await cli.make.campaign();
    const [first, second, third] = ['pass-1.csv', 'pass-2.csv', 'pass-3.csv'].map((name) =>
      join(cli.home().directory, name),
    );
    const stdin = 'email,Notiz\nnobody@passes.example,x,beyond\n';
    await cli.change(['add', campaign, '-', '--results', String(first)], { stdin });
    await cli.change(['add', campaign, '-f', String(first), '--only-failed', '--results', String(second)]);
    await cli.change(['add', campaign, '-f', String(second), '--only-failed', '--results', String(third)]);
    const ends = [first, second, third].map((path) => readFileSync(String(path), 'utf8').split('\r\n'));
    for (const [header = '', row = ''] of ends) {
      expect(header).toMatch(/,organizationId,in\.email,in\.Notiz,in\.\+1$/);
      expect(row).toMatch(new RegExp(`,add,${campaign},[0-9a-f-]{36},nobody@passes.example,x,beyond$`));
    }
  });

  it('says that a file of an earlier run is not its own when it ends before it has results', async () => {
    const results = join(cli.home().directory, 'earlier.csv');
    const early = (campaign: string) => cli.change(['add', campaign, 'nobody@early.example', '--results', results]);
    expect((await early('No Such Campaign')).stderr).not.toContain('earlier run');
    writeFileSync(results, 'old');
    const refused = await early('No Such Campaign');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(`${results} is that of an earlier run: this one ended before it had results.`);
    expect(readFileSync(results, 'utf8')).toBe('old');
  });

  it('takes the results of no other command and no other organization, before anything is begun', async () => {
    const campaign = await cli.make.campaign();
    const results = join(cli.home().directory, 'of-add.csv');
    await cli.change(['add', campaign, 'nobody@other.example', '--results', results]);
    cli.writes();
    const removing = await cli.change(['remove', campaign, '-f', results, '--only-failed', '--yes']);
    expect(removing).toMatchObject({ code: 2, stdout: '' });
    expect(removing.stderr).toContain('is of `add`, and this is `remove`');
    const text = readFileSync(results, 'utf8');
    const elsewhere = cli.file('elsewhere.csv', text.replaceAll(cli.api.emulator().organizationId, campaign));
    const adding = await cli.change(['add', campaign, '-f', elsewhere, '--only-failed', '--yes']);
    expect(adding).toMatchObject({ code: 2, stdout: '' });
    expect(adding.stderr).toContain('is of organization');
    const piped = await cli.change(['remove', campaign, '-', '--only-failed', '--yes'], { stdin: text });
    expect(piped).toMatchObject({ code: 2, stdout: '' });
    expect(cli.writes()).toEqual([]);
  });

  it('takes those of another campaign with --yes only, where nobody can be asked', async () => {
    const [one, other] = [await cli.make.campaign(), await cli.make.campaign()];
    const results = join(cli.home().directory, 'of-campaign.csv');
    await cli.change(['add', one, 'nobody@campaign.example', '--results', results]);
    await cli.make.lead({ emailaddress1: 'nobody@campaign.example' });
    cli.writes();
    const text = readFileSync(results, 'utf8');
    const second = text.split('\r\n')[1] ?? '';
    const silent = cli.file('silent.csv', text.replaceAll(one, ''));
    const mixed = cli.file('mixed.csv', `${text.replaceAll(one, other)}${second}\r\n`);
    for (const file of [results, silent, mixed, '-']) {
      const refused = await cli.change(['add', other, '-f', file, '--only-failed'], { stdin: text });
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain('--yes');
    }
    expect(cli.writes()).toEqual([]);
    const wanted = await cli.change(['add', other, '-f', results, '--only-failed', '--yes']);
    expect(wanted).toMatchObject({ code: 0, told: ['added lead nobody@campaign.example'] });
  });

  it('takes a .part file only if its last row is whole and the journal says that the run ended', async () => {
    const campaign = await cli.make.campaign();
    const results = join(cli.home().directory, 'kept.csv');
    const added = await cli.change(['add', campaign, '-', '--results', results], {
      stdin: 'email,Notiz\nanna.arendt@nordlicht.example,"a\nb"\nnobody@part.example,"two\r\nlines"\n',
    });
    const [event] = added.events;
    const run: string = JSON.parse(JSON.stringify(event)).data.run;
    const text = readFileSync(results, 'utf8');
    const partOf = (runId: string, content: string) =>
      cli.file(`kept.csv.${hostname().replaceAll(/[^a-zA-Z0-9-]/g, '-')}-1-${runId.slice(0, 8)}.part`, content);
    const again = (file: string) => cli.change(['add', campaign, '-f', file, '--only-failed', '--results', results]);
    for (const [file, why] of [
      [partOf('00000000', text), 'journal'],
      [cli.file('named.part', text), 'journal'],
      [partOf(run, text.slice(0, -1)), 'last row'],
      [partOf(run, text.slice(0, text.indexOf('two\r\n') + 5)), 'last row'],
    ] as const) {
      const refused = await again(file);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain(why);
    }
    for (const whole of [partOf(run, text), cli.file(`kept.csv.${run.slice(0, 8)}.part`, text)])
      expect(await again(whole)).toMatchObject({ code: 68, stdout: '' });
    expect(readFileSync(results, 'utf8')).toContain('nobody@part.example,cannot-create');
  });

  it('leaves nothing half written where the campaign cannot be used, nor beside the file', async () => {
    const results = join(cli.home().directory, 'never.csv');
    const { code } = await cli.change(['add', 'Winter Gala', 'ann@results.example', '--results', results]);
    expect(code).toBe(3);
    expect(existsSync(results)).toBe(false);
    expect(readdirSync(cli.home().directory).filter((name) => name.includes('never'))).toEqual([]);
  });

  it('stops with 2 for a folder that is not there, before anything is asked of Dynamics', async () => {
    const args = ['add', 'Spring Launch', 'a@b.example', '--results', 'nowhere/results.csv'];
    const { code, stdout } = await cli.change(args, { cwd: cli.home().directory });
    expect({ code, stdout, requests: cli.api.emulator().requests() }).toEqual({ code: 2, stdout: '', requests: [] });
  });
});

describe('text from the server', () => {
  it('passes the redaction before it gets into results and report', async () => {
    const campaign = await cli.make.campaign({ name: 'Key Bearer abcdefgh12345678' });
    const path = { csv: join(cli.home().directory, 'secret.csv'), json: join(cli.home().directory, 'secret.json') };
    const message = 'no: token-of-the-test, client_secret=hunter22, Bearer abcdefgh12345678';
    const effect = { kind: 'status', status: 400, body: { error: { code: '0x80040265', message } } } as const;
    const { admin } = cli.api.emulator();
    const actions = ['AddListMembersList', 'AddMemberList'];
    admin.addFaults(actions.map((operation) => ({ match: { operation, inBatch: true }, effect })));
    const args = [
      'add',
      `id:${campaign}`,
      'anna.arendt@nordlicht.example',
      '--results',
      path.csv,
      '--report',
      path.json,
    ];
    const refused = await cli.change(args);
    admin.clearFaults();
    expect(refused.code).toBe(68);
    const [results, report] = [readFileSync(path.csv, 'utf8'), readFileSync(path.json, 'utf8')];
    expect(results).toContain('no: ***');
    for (const secret of ['token-of-the-test', 'hunter22', 'abcdefgh12345678']) {
      expect(results).not.toContain(secret);
      expect(report).not.toContain(secret);
    }
    expect(JSON.parse(report)).toMatchObject({ campaign: { id: campaign, name: 'Key Bearer ***' } });
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
      errorCode: 'SOME_FAILED',
      requests: cli.api.emulator().requests().length,
    });
    expect(stderr).toContain('Added 2 (2 of them created). 1 failed (not valid). 1 skipped (named twice). 4 people in');
  });

  it.each([
    ['1', 0],
    ['49%', 68],
  ])('--max-failures %s makes one failure of two exit with %i', async (limit, exit) => {
    const campaign = await cli.make.campaign();
    const args = ['add', campaign, 'anna.arendt@nordlicht.example', 'bad', '--max-failures', limit];
    const { code, stderr } = await cli.change(args);
    expect(code).toBe(exit);
    expect(stderr).toContain('1 of 2 people failed');
  });
});
