/** Who is meant, who is created and how: the options of `dyncamp add` and the rules about people, as processes. */
import { randomUUID } from 'node:crypto';
import { useCampaignCli } from '../support/campaign-cli.ts';

const cli = useCampaignCli();

const add = async (stdin: string, ...options: string[]) => {
  const campaign = await cli.make.campaign();
  return { ...(await cli.outcomes(['add', campaign, '-', ...options], { stdin })), campaign };
};
const withEmail = (set: 'leads' | 'contacts', email: string) =>
  cli.api.rows(`${set}?$filter=emailaddress1 eq '${email}'`);

describe('who is meant', () => {
  it('a contact before a lead, the contact of a qualified lead, the survivor of a merge', async () => {
    const { events, code } = await add(
      [
        'quentin.quast@both.example',
        'lena.lorenz@rheintal.example',
        'mats.moberg@fjord.example',
        'lead:5b0e7a94-13c6-4d0f-8e21-000000000018',
      ].join('\n'),
    );
    expect(code).toBe(0);
    expect(events.map(({ subject }) => subject)).toEqual([
      'contacts/c94d21e8-6f0a-4b7d-9a35-000000000007',
      'contacts/c94d21e8-6f0a-4b7d-9a35-000000000008',
      'contacts/c94d21e8-6f0a-4b7d-9a35-000000000009',
      'leads/5b0e7a94-13c6-4d0f-8e21-000000000017',
    ]);
  });

  it('several of one class are ambiguous and listed; --on-ambiguous newest takes the newest', async () => {
    const campaign = await cli.make.campaign();
    // Eva and Emil Engel share an address; Emil came a month later.
    const [old, young] = ['c94d21e8-6f0a-4b7d-9a35-000000000005', 'c94d21e8-6f0a-4b7d-9a35-000000000006'];
    const failed = await cli.outcomes(['add', campaign, 'familie.engel@haus.example']);
    expect(failed).toMatchObject({ code: 68, stdout: '', rows: [{ outcome: 'ambiguous' }] });
    for (const id of [old, young]) expect(failed.rows[0]?.message).toContain(id);
    const newest = await cli.change(['add', campaign, 'familie.engel@haus.example', '--on-ambiguous', 'newest']);
    expect(newest.code).toBe(0);
    expect(newest.events.map(({ subject }) => subject)).toEqual([`contacts/${young}`]);
    // One of them is in now: that settles who is meant.
    const again = await cli.outcomes(['add', campaign, 'familie.engel@haus.example']);
    expect(again).toMatchObject({ code: 0, rows: [{ outcome: 'already-member', personId: young }] });
  });

  it('inactive people only: inactive, or with --inactive create-new a new lead', async () => {
    const campaign = await cli.make.campaign();
    await cli.make.contact({ emailaddress1: 'gone@who.example', statecode: 1, statuscode: 2 });
    const path = cli.file('inactive.csv', 'email,lastname\ngone@who.example,Gone\n');
    const failed = await cli.outcomes(['add', campaign, '-f', path]);
    expect(failed).toMatchObject({ code: 68, stdout: '', rows: [{ outcome: 'inactive' }] });
    const created = await cli.change(['add', campaign, '-f', path, '--inactive', 'create-new']);
    expect(created.told).toEqual(['created lead gone@who.example', 'added lead gone@who.example']);
  });

  it('people who opted out are left out with --skip-opted-out', async () => {
    const { rows, code } = await add('gina.gross@kontor.example\nida.ivarsson@fjord.example\n', '--skip-opted-out');
    expect(rows.map(({ outcome }) => outcome)).toEqual(['opted-out', 'opted-out']);
    expect(code).toBe(0);
  });
});

describe('who is created', () => {
  it('nobody with --no-create', async () => {
    const { rows, code, stdout } = await add('email,lastname\nnobody@create.example,N\n', '--no-create');
    expect({ rows, code, stdout }).toMatchObject({ rows: [{ outcome: 'not-found' }], code: 68, stdout: '' });
    expect(await withEmail('leads', 'nobody@create.example')).toEqual([]);
  });

  it('no more than --max-creates', async () => {
    const { rows, told } = await add(
      'email,lastname\nmax-1@create.example,A\nmax-2@create.example,B\n',
      '--max-creates',
      '1',
    );
    expect(rows).toMatchObject([
      { outcome: 'added', created: true },
      { outcome: 'cannot-create', code: 'MAX_CREATES' },
    ]);
    expect(told).toEqual(['created lead max-1@create.example', 'added lead max-1@create.example']);
    expect(await withEmail('leads', 'max-2@create.example')).toEqual([]);
  });

  it('a contact with --create-as contact, with the values of --set and of the row, labels and dates converted', async () => {
    const stdin = 'email,lastname,birthdate,donotbulkemail\nas@create.example,Contact,1980-02-29,Do Not Allow\n';
    const options = ['--create-as', 'contact', '--set', 'jobtitle=Guest', '--set', 'familystatuscode=Married'];
    const { told, code } = await add(stdin, ...options);
    expect({ told, code }).toEqual({
      told: ['created contact as@create.example', 'added contact as@create.example'],
      code: 0,
    });
    expect(await withEmail('contacts', 'as@create.example')).toMatchObject([
      { jobtitle: 'Guest', familystatuscode: 2, birthdate: '1980-02-29', donotbulkemail: true },
    ]);
  });

  it('without the campaign as source with --no-source-campaign', async () => {
    await add('email,lastname\nsource@create.example,S\n', '--no-source-campaign');
    expect(await withEmail('leads', 'source@create.example')).toMatchObject([{ _campaignid_value: null }]);
  });

  it('nobody whose consent text nobody can read, and nobody by an id', async () => {
    const consent = await add('email,lastname,donotbulkemail\nconsent@create.example,C,vielleicht\n');
    expect(consent).toMatchObject({ code: 68, rows: [{ outcome: 'cannot-create' }] });
    expect(consent.rows[0]?.message).toContain('vielleicht');
    const byId = await add('leadid,email,lastname\n11111111-2222-4333-8444-555555555555,id@create.example,I\n');
    expect(byId.rows).toMatchObject([{ outcome: 'not-found' }]);
    expect(await withEmail('leads', 'id@create.example')).toEqual([]);
  });

  it('no lead beside an inactive one of the same e-mail where the rules of the organization say duplicate', async () => {
    const campaign = await cli.make.campaign();
    const twin = await cli.make.lead({ emailaddress1: 'rule@create.example', statecode: 2, statuscode: 4 });
    const path = cli.file('duplicate.csv', 'email,lastname\nrule@create.example,Rule\n');
    const args = ['add', campaign, '-f', path, '--inactive', 'create-new'];
    const refused = await cli.outcomes(args);
    expect(refused).toMatchObject({ code: 68, stdout: '', rows: [{ outcome: 'duplicate' }] });
    expect(refused.rows[0]?.message).toContain(twin);
    const ignored = await cli.change([...args, '--duplicate-rules', 'ignore']);
    expect(ignored.told).toEqual(['created lead rule@create.example', 'added lead rule@create.example']);
  });

  it.each([
    ['that no column fits', ['--set', 'jobtitel=Guest'], 'jobtitle'],
    ['without a value', ['--set', 'jobtitle='], 'jobtitle='],
    ['of a column that only a lead has', ['--set', 'companyname=X', '--create-as', 'contact'], 'companyname'],
    ['of the source campaign', ['--set', `campaignid=${randomUUID()}`], '--no-source-campaign'],
    ['beside --no-create', ['--set', 'jobtitle=Guest', '--no-create'], '--no-create'],
  ])('stops with 2 for a --set %s, before anything is done', async (_what, options, named) => {
    const campaign = await cli.make.campaign();
    cli.writes();
    const stdin = 'email,lastname\nset@create.example,S\n';
    const { code, stderr, stdout } = await cli.change(['add', campaign, '-', ...options], { stdin });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(named);
    expect(cli.writes()).toEqual([]);
  });

  it.each([
    ['an argument', ['quentin.quast@both.example']],
    ['the members of a list', ['--from-list', 'VIP guests']],
  ])('checks --set although nobody has to be created: %s', async (_what, people) => {
    const list = await cli.make.leadList({ listname: 'VIP guests' });
    const campaign = await cli.make.campaign();
    const { code, stderr, stdout } = await cli.change(['add', campaign, ...people, '--set', 'jobtitel=Guest']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('jobtitle');
    await cli.api.delete(`lists(${list})`);
  });

  it.each([
    ['by arguments', ['quentin.quast@both.example'], undefined],
    ['one per line', ['-'], 'quentin.quast@both.example\n'],
  ])('does not read what the tables are like for people who exist, named %s, without --set', async (_, args, stdin) => {
    const campaign = await cli.make.campaign();
    cli.api.emulator().admin.clearRequests();
    const { code } = await cli.change(['add', campaign, ...args], stdin === undefined ? {} : { stdin });
    expect(code).toBe(0);
    // But whether the e-mail column is secured (U40).
    expect(JSON.stringify(cli.api.emulator().requests())).not.toContain('RequiredLevel');
  });
});

describe('a lead that was made for one e-mail', () => {
  it('and later given another is never put in for the first one', async () => {
    const stdin = 'email,lastname\nfirst@moved.example,Moved\n';
    const made = await add(stdin);
    expect(made.told).toEqual(['created lead first@moved.example', 'added lead first@moved.example']);
    const lead = String(made.rows[0]?.personId);
    expect((await cli.api.patch(`leads(${lead})`, { emailaddress1: 'second@moved.example' })).status).toBe(204);

    const again = await add(stdin);
    expect(again.told).toEqual(['created lead first@moved.example', 'added lead first@moved.example']);
    expect(again.rows[0]?.personId).not.toBe(lead);
    expect(await cli.peopleIn(again.campaign)).toEqual(['first@moved.example']);
    const members = await cli.api.rows(`listmembers?$filter=_entityid_value eq ${lead}`);
    expect(members).toHaveLength(1);
  });
});

describe('--dry-run', () => {
  it('writes nothing, tells no event, and says what would be', async () => {
    const campaign = await cli.make.campaign();
    await cli.make.lead({ emailaddress1: 'known@dry.example' });
    cli.writes();
    const path = cli.file('dry.csv', 'email,lastname\nknown@dry.example,K\nnew@dry.example,N\nbad,B\n');
    const { code, stdout, stderr, rows } = await cli.outcomes(['add', campaign, '-f', path, '--dry-run']);
    expect({ code, stdout }).toEqual({ code: 68, stdout: '' });
    expect(cli.writes()).toEqual([]);
    expect(rows).toMatchObject([
      { outcome: 'added', created: false, dryRun: true },
      { outcome: 'added', created: true, dryRun: true },
      { outcome: 'invalid', dryRun: true },
    ]);
    expect(stderr).toContain('Dry run, nothing was changed. Would be: Added 2 (1 of them created).');
    expect(await cli.ownLists(campaign)).toEqual([]);
    expect(await withEmail('leads', 'new@dry.example')).toEqual([]);
  });

  it('of a removal too', async () => {
    const campaign = await cli.make.campaign();
    await cli.make.lead({ emailaddress1: 'stay@dry.example' });
    await cli.change(['add', campaign, 'stay@dry.example']);
    cli.writes();
    const { stdout, rows } = await cli.outcomes(['remove', campaign, 'stay@dry.example', '--dry-run']);
    expect({ stdout, rows, writes: cli.writes() }).toMatchObject({
      stdout: '',
      rows: [{ outcome: 'removed', dryRun: true }],
      writes: [],
    });
    expect(await cli.peopleIn(campaign)).toEqual(['stay@dry.example']);
  });
});
