/** `dyncamp apply`: the campaign has the people of the file, and nobody was removed by mistake. */
import { readdirSync, readFileSync } from 'node:fs';
import { MARKETO, MARKETO_NAME, MARKETO_USER_ID, useCampaignCli } from '../support/campaign-cli.ts';
import { itUnder, peopleOn } from '../support/emulator.ts';

const cli = useCampaignCli({
  extraColumns: [
    { table: 'lead', name: 'new_code', type: 'string', secured: true },
    { table: 'contact', name: 'new_code', type: 'string' },
  ],
});
let files = 0;

/** A campaign into which dyncamp put a lead per name, and the leads' ids. */
async function campaignWith(...names: readonly string[]) {
  const campaign = await cli.make.campaign();
  const domain = `${campaign.slice(0, 8)}.example`;
  const ids = new Map<string, string>();
  for (const name of names) ids.set(name, await cli.make.lead({ emailaddress1: `${name}@${domain}` }));
  if (names.length > 0) await cli.change(['add', campaign, ...names.map((name) => `${name}@${domain}`)]);
  cli.writes();
  const mail = (name: string) => `${name}@${domain}`;
  return {
    campaign,
    mail,
    id: (name: string) => ids.get(name) ?? '',
    file: (content: string, extension = 'txt') => {
      files += 1;
      return cli.file(`input-${files}.${extension}`, content);
    },
    people: async () => (await cli.peopleIn(campaign)).map((email) => String(email).split('@')[0]).sort(),
  };
}

type WithPeople = Awaited<ReturnType<typeof campaignWith>>;

/** Made when it is first asked for; the writes of earlier tests are forgotten. */
function shared(...names: readonly string[]): () => Promise<WithPeople> {
  let made: Promise<WithPeople> | undefined;
  return async () => {
    made ??= campaignWith(...names);
    const campaign = await made;
    cli.writes();
    return campaign;
  };
}

/** For tests in which nothing is done. */
const untouched = shared('anna', 'bert', 'carl');

/** Writes since the campaign was made, but for the people whom the test itself made. */
const changes = (): readonly string[] => cli.writes().filter((write) => write !== 'POST Create');

const lines = (...texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

describe('apply', () => {
  it('adds who is missing, removes who is not in the file, and tells both as events', async () => {
    const { campaign, mail, file, id, people } = await campaignWith('anna', 'bert');
    await cli.make.contact({ emailaddress1: mail('carl') });
    const path = file(lines(mail('bert'), mail('carl')));
    const done = await cli.outcomes(['apply', campaign, '-f', path]);
    expect(done).toMatchObject({ code: 0, told: [`added contact ${mail('carl')}`, `removed lead ${mail('anna')}`] });
    expect(done.rows.map(({ source, outcome, ref }) => [source, outcome, ref])).toEqual([
      [path, 'already-member', mail('bert')],
      [path, 'added', mail('carl')],
      [expect.stringMatching(/^list:/), 'removed', `lead:${id('anna')}`],
    ]);
    expect(await people()).toEqual(['bert', 'carl']);
    // Nothing of the input is left behind.
    expect(readdirSync(`${cli.home().state}/spool`)).toEqual([]);
  });

  it('stops with 2 before any write where more than half and more than ten would go, unless --max-removals is given', async () => {
    const names = Array.from({ length: 22 }, (_, number) => `person${number}`);
    const { campaign, mail, file, people } = await campaignWith(...names);
    const path = file(lines(...names.slice(0, 10).map(mail), 'new@half.example'));
    const stopped = await cli.change(['apply', campaign, '-f', path]);
    expect(stopped).toMatchObject({ code: 2, stdout: '' });
    expect(stopped.stderr).toContain('12 people would be removed, and --max-removals allows 11');
    expect(changes()).toEqual([]);
    expect(await cli.change(['apply', campaign, '-f', path, '--max-removals', '12', '--no-create'])).toMatchObject({
      code: 68,
    });
    expect(await people()).toHaveLength(10);
  });

  describe('a last line without a line end', () => {
    it('is used where it means somebody', async () => {
      const { campaign, mail, file, people } = await campaignWith('anna', 'bert');
      const done = await cli.change(['apply', campaign, '-f', file(mail('anna'))]);
      expect(done).toMatchObject({ code: 0, told: [`removed lead ${mail('bert')}`] });
      expect(await people()).toEqual(['anna']);
    });

    it.each([
      ['an address that was cut off in its domain', (mail: string) => mail.slice(0, -3)],
      ['an address that was cut off before it', (mail: string) => mail.slice(0, 3)],
      ['in other letters', (mail: string) => mail.slice(0, -3).toUpperCase()],
    ])('keeps everybody whose address begins with it: %s', async (_name, cut) => {
      const { campaign, mail, file, people } = await campaignWith('anna', 'bert', 'berta', 'carl');
      const row = cut(mail('bert'));
      const done = await cli.change(['apply', campaign, '-f', file(lines(mail('anna')) + row), '--no-create']);
      expect([...done.told].sort()).toEqual(
        row.includes('@')
          ? [`removed lead ${mail('berta')}`, `removed lead ${mail('carl')}`]
          : [`removed lead ${mail('carl')}`],
      );
      expect(await people()).toContain('bert');
    });

    it.each(['be', ''])('of "%s" says nothing, and nobody is removed', async (text) => {
      const { campaign, mail, file, people } = await untouched();
      const path = file(`${lines('name,email', `Anna,${mail('anna')}`)}Bert,${text}`, 'csv');
      const done = await cli.change(['apply', campaign, '-f', path]);
      expect(done).toMatchObject({ code: 68, stdout: '' });
      expect(done.stderr).toContain('No one is removed');
      expect(await people()).toEqual(['anna', 'bert', 'carl']);
    });
  });

  it('changes nothing the second time', async () => {
    const { campaign, mail, file } = await campaignWith('anna', 'bert');
    const path = file(lines(mail('anna')));
    await cli.change(['apply', campaign, '-f', path]);
    cli.writes();
    expect(await cli.change(['apply', campaign, '-f', path])).toMatchObject({ code: 0, told: [] });
    expect(changes()).toEqual([]);
  });

  it('creates people of the file whom Dynamics does not have', async () => {
    const { campaign, mail, file, people } = await campaignWith('anna', 'bert');
    const path = file(lines('email,lastname', `${mail('anna')},A`, `${mail('zoe')},Z`), 'csv');
    const { told } = await cli.change(['apply', campaign, '-f', path]);
    expect(told).toEqual([`created lead ${mail('zoe')}`, `added lead ${mail('zoe')}`, `removed lead ${mail('bert')}`]);
    expect(await people()).toEqual(['anna', 'zoe']);
  });

  it('shows both in a dry run, and writes nothing', async () => {
    const { campaign, mail, file, people } = await campaignWith('anna', 'bert');
    await cli.make.lead({ emailaddress1: mail('carl') });
    const path = file(lines(mail('bert'), mail('carl')));
    const dry = await cli.outcomes(['apply', campaign, '-f', path, '--dry-run']);
    expect(dry).toMatchObject({ code: 0, stdout: '' });
    expect(dry.stderr).toContain('Would be: Added 1, Removed 1.');
    expect(dry.rows.map(({ outcome, dryRun }) => [outcome, dryRun])).toEqual([
      ['already-member', true],
      ['added', true],
      ['removed', true],
    ]);
    expect(changes()).toEqual([]);
    expect(await people()).toEqual(['anna', 'bert']);
  });

  // By their creators.
  itUnder({ memberCreator: 'caller' })(
    'leaves whom no flow action put in, counts them, and takes them with --added-by',
    async () => {
      const { campaign, mail, file, people } = await campaignWith('anna');
      const [list] = await cli.ownLists(campaign);
      await cli.putOn(String(list?.listid), 'lead', [await cli.make.lead({ emailaddress1: mail('marketo') })], MARKETO);
      const path = file(lines(mail('anna')));
      const report = cli.file('report.json', '');
      const first = await cli.change(['apply', campaign, '-f', path, '--report', report]);
      expect(first).toMatchObject({ code: 0, told: [] });
      expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ command: 'apply', stay: 1, people: 1 });
      expect(first.stderr).toContain(`1 person not in the input stays`);
      expect(first.stderr).toContain(`1 by ${MARKETO_NAME}`);
      const second = await cli.change(['apply', campaign, '-f', path, '--added-by', MARKETO_USER_ID]);
      expect(second.told).toEqual([`removed lead ${mail('marketo')}`]);
      expect(await people()).toEqual(['anna']);
    },
  );

  it('takes the members of another list with --from-list', async () => {
    const { campaign, id, mail, people } = await campaignWith('anna', 'bert');
    const name = `Wanted in ${campaign}`;
    const list = await cli.make.leadList({ listname: name });
    await cli.putOn(list, 'lead', [id('bert')]);
    expect((await cli.change(['apply', campaign, '--from-list', name])).told).toEqual([`removed lead ${mail('anna')}`]);
    expect(await people()).toEqual(['bert']);
  });
});

describe('a row that does not mean exactly one usable person keeps whom it could mean', () => {
  it('ambiguous: all of them', async () => {
    const { campaign, mail, file, people } = await campaignWith('anna', 'bert');
    // Two more of the same address: no single contact is meant, and the lead who is in is no first choice.
    for (const lastname of ['One', 'Two']) await cli.make.contact({ emailaddress1: mail('anna'), lastname });
    const done = await cli.outcomes(['apply', campaign, '-f', file(lines(mail('anna')))]);
    expect(done).toMatchObject({ code: 68, told: [`removed lead ${mail('bert')}`] });
    expect(done.rows[0]?.outcome).toBe('ambiguous');
    expect(await people()).toEqual(['anna']);
  });

  it('inactive: the closed lead who is in', async () => {
    const { campaign, mail, file, id, people } = await campaignWith('anna', 'bert');
    await cli.api.patch(`leads(${id('anna')})`, { statecode: 2, statuscode: 4 });
    const done = await cli.outcomes(['apply', campaign, '-f', file(lines(mail('anna')))]);
    expect(done.rows.map(({ outcome }) => outcome)).toEqual(['inactive', 'removed']);
    expect(await people()).toEqual(['anna']);
  });

  it('a contact of the same address is added, and the lead who is in stays', async () => {
    const { campaign, mail, file, people } = await campaignWith('anna');
    await cli.make.contact({ emailaddress1: mail('anna') });
    const { told } = await cli.change(['apply', campaign, '-f', file(lines(mail('anna')))]);
    expect(told).toEqual([`added contact ${mail('anna')}`]);
    expect(await people()).toEqual(['anna', 'anna']);
  });

  it('the contact of a qualified lead keeps the lead, whatever its address', async () => {
    const { campaign, mail, file, id, people } = await campaignWith('anna', 'bert');
    const contact = await cli.make.contact({
      emailaddress1: mail('anna-new'),
      'originatingleadid@odata.bind': `/leads(${id('anna')})`,
    });
    await cli.api.patch(`leads(${id('anna')})`, { statecode: 1, statuscode: 3 });
    const { told } = await cli.change(['apply', campaign, '-f', file(lines(`contact:${contact}`))]);
    expect(told).toEqual([`added contact ${mail('anna-new')}`, `removed lead ${mail('bert')}`]);
    expect(await people()).toEqual(['anna', 'anna-new']);
  });

  it('the survivor of a merge keeps the record that was merged into it', async () => {
    const { campaign, file } = await campaignWith('bert');
    const [merged] = await cli.api.rows('leads?$select=leadid,_masterid_value&$filter=_masterid_value ne null');
    const [list] = await cli.ownLists(campaign);
    const on = String(list?.listid);
    await cli.putOn(on, 'lead', [String(merged?.leadid)], 'Bearer token-of-the-test');
    const { told } = await cli.change(['apply', campaign, '-f', file(lines(`lead:${merged?._masterid_value}`))]);
    expect(told).toEqual([expect.stringMatching(/^added lead/), expect.stringMatching(/^removed lead bert@/)]);
    expect((await peopleOn(cli.api, on)).sort()).toEqual([merged?.leadid, merged?._masterid_value].sort());
  });

  it('an id that is not there (any more): whoever has the address of the row', async () => {
    const { campaign, mail, file, people } = await campaignWith('anna', 'bert');
    const gone = '0ffe0ffe-0000-4000-8000-000000000001';
    const path = file(lines('leadid,email', `${gone},${mail('anna')}`, `,${mail('unknown')}`), 'csv');
    const done = await cli.outcomes(['apply', campaign, '-f', path, '--allow-empty']);
    expect(done.rows.map(({ outcome }) => outcome)).toEqual(['not-found', 'cannot-create', 'removed']);
    expect(await people()).toEqual(['anna']);
  });

  it('invalid: whoever its text names', async () => {
    const { campaign, mail, file, people } = await campaignWith('anna', 'bert', 'carl');
    const path = file(lines(mail('carl'), `${mail('anna')} (Anna Arendt)`));
    const done = await cli.outcomes(['apply', campaign, '-f', path]);
    expect(done.rows.map(({ outcome }) => outcome)).toEqual(['already-member', 'invalid', 'removed']);
    expect(await people()).toEqual(['anna', 'carl']);
  });

  it('similar: whoever has the address in letters that look like it, though Dynamics cannot be asked for them', async () => {
    const { campaign, mail, file, id, people } = await campaignWith('anna', 'bert');
    await cli.api.patch(`leads(${id('anna')})`, { emailaddress1: mail('ａnna') });
    const done = await cli.outcomes([
      'apply',
      campaign,
      '-f',
      file(lines(mail('anna'), mail('unknown'))),
      '--allow-empty',
    ]);
    expect(done.rows.map(({ outcome }) => outcome)).toEqual(['cannot-create', 'cannot-create', 'removed']);
    expect(await people()).toEqual(['ａnna']);
  });

  it('excluded: neither added nor removed, by whatever name they are left out', async () => {
    const { campaign, mail, file, id, people } = await campaignWith('anna', 'bert', 'carl');
    const exclude = file(lines(`lead:${id('anna')}`));
    const { told, code } = await cli.change(['apply', campaign, '-f', file(lines(mail('carl'))), '--exclude', exclude]);
    expect({ told, code }).toEqual({ told: [`removed lead ${mail('bert')}`], code: 0 });
    expect(await people()).toEqual(['anna', 'carl']);
  });

  it('a row of somebody who is excluded by their address keeps the record that it names', async () => {
    const { campaign, mail, file, id, people } = await untouched();
    const exclude = file(lines(mail('left-out')));
    const kept = [`${id('anna')},${mail('left-out')}`, `${id('bert')},`, `${id('carl')},`];
    const path = file(lines('id,email', ...kept), 'csv');
    expect(await cli.change(['apply', campaign, '-f', path, '--exclude', exclude])).toMatchObject({ told: [] });
    expect(await people()).toEqual(['anna', 'bert', 'carl']);
  });

  it('an address that only the server takes for equal', async () => {
    const { campaign, mail, file, people } = await campaignWith('müller', 'bert');
    const path = file(lines(mail('MÜLLER')));
    await cli.change(['apply', campaign, '-f', path]);
    expect(await people()).toEqual(['müller']);
  });
});

describe('nobody is removed, and people are only added,', () => {
  const both = shared('anna', 'bert');

  /** Each time another carl is to come in. */
  async function onlyAdds(content: string, extension: string, code: number) {
    const { campaign, mail, file, people } = await both();
    const before = await people();
    const carl = `carl${before.length}`;
    await cli.make.lead({ emailaddress1: mail(carl) });
    const path = file(content.replaceAll('carl@', `${carl}@`).replaceAll('@HERE', mail('')), extension);
    const done = await cli.change(['apply', campaign, '-f', path]);
    expect(done).toMatchObject({ code, told: [`added lead ${mail(carl)}`] });
    expect(done.stderr).toContain('No one is removed');
    expect(await people()).toEqual([...before, carl].sort());
    return done;
  }

  it.each([
    ['no id and no address in a row', 'email,lastname\ncarl@HERE,\n,Arendt\n', 'csv', 68],
    ['a damaged id', 'leadid,email\n,carl@HERE\n5b0e7a94-13c6-4d0f-8e21-0001,anna@HERE\n', 'csv', 68],
    ['an address that no mail can reach', 'email\ncarl@HERE\nanna@HERE?subject=x\n', 'csv', 68],
    ['a row with more cells than the header', 'lastname,email\nC,carl@HERE\nArendt, Anna,anna@HERE\n', 'csv', 68],
    ['a value with a control character', 'email\ncarl@HERE\nan\u0001na@HERE\n', 'csv', 68],
    ['a quote that is never closed', 'email,name\ncarl@HERE,\n"anna@HERE,\n', 'csv', 65],
    ['events only', '{"email":"carl@HERE"}\n{"specversion":"1.0","type":"dyncamp.person.added"}\n', 'jsonl', 65],
  ])('after %s', async (name, content, extension, code) => {
    const { stderr } = await onlyAdds(content, extension, code);
    if (name === 'no id and no address in a row')
      expect(stderr).toMatch(/one row could mean anyone \(.*input-\d+\.csv, line 3\)/);
  });

  it('after a byte that is not in the encoding', async () => {
    const { campaign, mail, people } = await untouched();
    files += 1;
    const path = cli.file(`input-${files}.txt`, Buffer.from(`${mail('anna')}\n\xe4\n`, 'latin1'));
    expect(await cli.change(['apply', campaign, '-f', path])).toMatchObject({ code: 65, told: [] });
    expect(await people()).toEqual(['anna', 'bert', 'carl']);
  });

  it('when the second of two files cannot be read to its end', async () => {
    const { campaign, mail, file, people } = await untouched();
    const paths = [file(lines('email', mail('anna')), 'csv'), file('email\n"bert', 'csv')];
    const args = paths.flatMap((path) => ['-f', path]);
    expect(await cli.change(['apply', campaign, ...args])).toMatchObject({ code: 65, told: [] });
    expect(await people()).toEqual(['anna', 'bert', 'carl']);
  });
});

describe('nothing at all is done', () => {
  it('with a header without rows; with --allow-empty everybody is removed', async () => {
    const { campaign, file, people } = await campaignWith('anna');
    const args = ['apply', campaign, '-f', file('email,lastname\n', 'csv')];
    const stopped = await cli.change(args);
    expect(stopped).toMatchObject({ code: 2, told: [] });
    expect(stopped.stderr).toContain('--allow-empty');
    expect(changes()).toEqual([]);
    expect(await cli.change([...args, '--allow-empty'])).toMatchObject({ code: 0 });
    expect(await people()).toEqual([]);
  });

  it('when one of several files is empty', async () => {
    const { campaign, mail, file, people } = await untouched();
    const empty = file('');
    const stopped = await cli.change(['apply', campaign, '-f', file(lines(mail('anna'))), '-f', empty]);
    expect(stopped).toMatchObject({ code: 2, told: [] });
    expect(stopped.stderr).toContain(empty);
    expect(await people()).toEqual(['anna', 'bert', 'carl']);
  });

  it('when the list of --from-list is empty, and when stdin is', async () => {
    const { campaign, people } = await untouched();
    const list = await cli.make.leadList({ listname: 'Nobody yet' });
    expect((await cli.change(['apply', campaign, '--from-list', list])).code).toBe(2);
    expect((await cli.change(['apply', campaign, '-f', '-'])).code).toBe(2);
    expect(await people()).toEqual(['anna', 'bert', 'carl']);
  });

  it('when not one row means anybody whom Dynamics has', async () => {
    const { campaign, mail, file, people } = await campaignWith('anna');
    await cli.make.lead({ emailaddress1: mail('other') });
    const path = file(lines('email,lastname', `${mail('unknown')},U`), 'csv');
    const stopped = await cli.change(['apply', campaign, '-f', path]);
    expect(stopped).toMatchObject({ code: 2, told: [] });
    expect(stopped.stderr).toContain('None of the 1 rows matches anyone in Dynamics');
    expect(changes()).toEqual([]);
    expect(await people()).toEqual(['anna']);
  });

  it('when more people would be removed than --max-removals; the dry run shows them all the same', async () => {
    const { campaign, mail, file, people } = await campaignWith('anna', 'bert', 'carl');
    await cli.make.lead({ emailaddress1: mail('dora') });
    const args = ['apply', campaign, '-f', file(lines(mail('anna'), mail('dora'))), '--max-removals', '1'];
    const stopped = await cli.change(args);
    expect(stopped).toMatchObject({ code: 2, told: [] });
    expect(stopped.stderr).toContain('2 people would be removed, and --max-removals allows 1');
    expect(changes()).toEqual([]);
    const dry = await cli.outcomes([...args, '--dry-run']);
    expect(dry.code).toBe(2);
    expect(dry.rows.map(({ outcome }) => outcome)).toEqual(['already-member', 'added', 'removed', 'removed']);
    expect(await people()).toEqual(['anna', 'bert', 'carl']);
    expect((await cli.change([...args.slice(0, -1), '2'])).code).toBe(0);
    expect(await people()).toEqual(['anna', 'dora']);
  });

  it.each([
    ['without a file', (campaign: string) => ['apply', campaign], {}],
    ['for one shard', (campaign: string) => ['apply', campaign, '-f', 'README.md'], { DYNCAMP_SHARDS: '2' }],
  ])('%s', async (_name, args, env) => {
    const { campaign, people } = await untouched();
    expect(await cli.change(args(campaign), { env })).toMatchObject({ code: 2, told: [] });
    expect(await people()).toEqual(['anna', 'bert', 'carl']);
  });

  it('when it is interrupted while it reads', async () => {
    const { campaign, mail, people } = await untouched();
    const running = cli.start(['apply', campaign, '-f', '-']);
    running.stdin.write(lines(mail('anna')));
    await running.waitFor('stderr', 'Campaign "');
    await new Promise((resolve) => setTimeout(resolve, 500));
    running.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, stdout: '' });
    expect(changes()).toEqual([]);
    expect(await people()).toEqual(['anna', 'bert', 'carl']);
  });

  it('when --max-duration is over while it reads', async () => {
    const { campaign, mail, people } = await untouched();
    const stdin = [
      { afterMs: 0, text: lines(mail('anna')) },
      { afterMs: 2500, text: lines(mail('bert')) },
    ];
    const { code } = await cli.change(['apply', campaign, '-f', '-', '--max-duration', '1500ms'], { stdin });
    expect(code).toBe(75);
    expect(await people()).toEqual(['anna', 'bert', 'carl']);
  });
});

describe('what happens meanwhile', () => {
  it('whoever comes in after the command began is left alone', async () => {
    const { campaign, mail, people } = await campaignWith('anna', 'bert');
    await cli.make.lead({ emailaddress1: mail('late') });
    const running = cli.start(['apply', campaign, '-f', '-']);
    running.stdin.write(lines(mail('anna')));
    await running.waitFor('stderr', 'Campaign "');
    await new Promise((resolve) => setTimeout(resolve, 700));
    await cli.change(['add', campaign, mail('late')]);
    running.stdin.end();
    expect((await running.ended).code).toBe(0);
    expect(await people()).toEqual(['anna', 'late']);
  });

  it.each([2, 3, 4, 5])('nobody is removed when the server is gone from the batch after %i on', async (skip) => {
    const { campaign, mail, file, people } = await campaignWith('anna', 'bert');
    await cli.make.lead({ emailaddress1: mail('carl') });
    const effect = { kind: 'throttle-requests', retryAfterSeconds: 60 } as const;
    cli.api.emulator().admin.addFaults([{ match: { operation: '$batch' }, skip, times: 1, effect }]);
    const path = file(lines(mail('anna'), mail('carl')));
    expect((await cli.change(['apply', campaign, '-f', path, '--max-wait', '1s'])).code).toBe(75);
    expect(await people()).toContain('bert');
    cli.api.emulator().admin.clearFaults();
    expect((await cli.change(['apply', campaign, '-f', path])).code).toBe(0);
    expect(await people()).toEqual(['anna', 'carl']);
  });
});

/** U40. For leads only: contacts are found, so that the file does not look like the wrong one. */
describe('nobody is removed because Dynamics hides the value that the file names them by', () => {
  const applied = async (switches: Parameters<typeof cli.api.switch>[0], ...options: readonly string[]) => {
    const { campaign, id, mail, file, people } = await campaignWith('anna', 'bert');
    await cli.api.patch(`leads(${id('anna')})`, { new_code: `anna-${campaign}` });
    const contact = await cli.make.contact({ emailaddress1: mail('carl'), new_code: `carl-${campaign}` });
    await cli.change(['add', campaign, `contact:${contact}`]);
    cli.writes();
    cli.api.switch(switches);
    const codes = ['new_code', `anna-${campaign}`, `carl-${campaign}`];
    const byCode = ['-f', file(lines(...codes), 'csv'), '--match-by', 'new_code'];
    const named = options.includes('by code') ? byCode : ['-f', file(lines(mail('anna'), `contact:${contact}`))];
    const done = await cli.change(['apply', campaign, ...named, '--partial-view']);
    cli.api.switch({ securedEmail: 'no' });
    return { ...done, changes: changes(), people: await people() };
  };
  const everybody = { told: [], changes: [], people: ['anna', 'bert', 'carl'] };

  it.each(['empty', 'masked', 'not-compared'] as const)('in the column of --match-by (%s)', async (securedValues) => {
    const done = await applied({ securedValues }, 'by code');
    expect(done).toMatchObject({ code: 5, ...everybody });
    expect(done.stderr).toContain('Column security hides lead.new_code');
  });

  it.each(['empty', 'masked', 'not-compared'] as const)('in the e-mail column (%s)', async (securedValues) => {
    const done = await applied({ securedValues, securedEmail: 'yes' });
    expect(done).toMatchObject({ code: 5, ...everybody });
    expect(done.stderr).toContain('Column security hides lead.emailaddress1');
  });

  it('where the definitions do not show that it does (U37)', async () => {
    const done = await applied({ securedValues: 'not-compared', tableDefinitions: '0x80040220' }, 'by code');
    expect(done).toMatchObject({ code: 68, ...everybody });
    expect(done.stderr).toContain('No one is removed: lead.new_code shows no value');
  });

  it('without --partial-view each command is told what helps it', async () => {
    const { campaign, mail, file } = await campaignWith('anna');
    cli.api.switch({ securedEmail: 'yes' });
    const named = [campaign, '-f', file(lines(mail('anna')))];
    const hints: string[] = [];
    for (const command of [['apply'], ['remove'], ['add', '--no-create'], ['add']])
      hints.push((await cli.change([...command, ...named, '--dry-run'])).stderr);
    cli.api.switch({ securedEmail: 'no' });
    const byIds = 'Without it, give people by their Dynamics ids, e.g. lead:GUID, and use --partial-view.';
    expect(hints).toEqual([
      expect.stringContaining(`Otherwise members would be removed although the input names them. ${byIds}`),
      expect.stringMatching(new RegExp(`profiles\\)\\. ${byIds}`)),
      expect.stringMatching(new RegExp(`profiles\\)\\. ${byIds}`)),
      expect.stringContaining('Otherwise people would be created twice. To continue anyway: --partial-view.'),
    ]);
  });

  it('and an input of ids needs no such column', async () => {
    const { campaign, id, file, people } = await campaignWith('anna', 'bert');
    cli.api.switch({ securedEmail: 'yes' });
    const done = await cli.change(['apply', campaign, '-f', file(lines(`lead:${id('anna')}`)), '--partial-view']);
    cli.api.switch({ securedEmail: 'no' });
    expect({ code: done.code, people: await people() }).toEqual({ code: 0, people: ['anna'] });
  });
});
