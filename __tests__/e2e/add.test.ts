/** `dyncamp add`: the main job, as `dyncamp … | jq` sees it. */
import { useCampaignCli, withEvents } from '../support/campaign-cli.ts';
import { itUnder, type Json, rowsOf } from '../support/emulator.ts';
import { createHome, runCli } from '../support/run-cli.ts';

const cli = useCampaignCli();

describe('add "Spring Launch" -f examples/people.csv on a fresh machine', () => {
  const home = createHome();
  afterAll(() => home.remove());
  const add = async (...args: string[]) => withEvents(await runCli(['--profile', 'emulator', ...args], { home }));

  it('prints one added per person really added, each after the created where the person was new, and then nothing', async () => {
    const first = await add('add', 'Spring Launch', '-f', 'examples/people.csv');
    expect(first.told).toEqual([
      'added lead anna.arendt@nordlicht.example',
      'added contact astrid.ahlers@kontor.example',
      'added contact lena.lorenz@rheintal.example',
      'created lead zoe.zimmer@neu.example',
      'added lead zoe.zimmer@neu.example',
      'created lead yusuf.yildiz@neu.example',
      'added lead yusuf.yildiz@neu.example',
    ]);
    expect(first.code).toBe(68);
    expect(first.stderr).toContain('no real organization is touched');
    expect(first.stderr).toContain(
      'Added 5 (2 of them created). 4 failed (1 not valid, 1 ambiguous, 1 inactive, 1 cannot be created). 1 skipped (named twice).',
    );

    const again = await add('add', 'Spring Launch', '-f', 'examples/people.csv');
    expect(again).toMatchObject({ stdout: '', code: 68 });
    expect(again.stderr).toContain('5 already in');
  });
});

describe('an event', () => {
  it('is a CloudEvent that names campaign, person, list, membership, run and place in the input', async () => {
    const campaign = await cli.make.campaign({ name: 'Événement', codename: 'EV-1' });
    const lead = await cli.make.lead({ emailaddress1: 'kim@events.example' });
    const { events, code } = await cli.change(['add', `id:${campaign}`, 'Kim@Events.example', 'new@events.example']);
    expect(code).toBe(68);
    const [list] = await cli.ownLists(campaign);
    const [member] = await cli.api.rows(`listmembers?$filter=_listid_value eq ${list?.listid}`);
    expect(events).toEqual([
      {
        specversion: '1.0',
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        source: `urn:dynamics:${cli.api.emulator().organizationId}:campaign:${campaign}`,
        type: 'dyncamp.person.added',
        subject: `leads/${lead}`,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        datacontenttype: 'application/json',
        data: {
          trigger: 'Added to Microsoft Campaign',
          campaign: { id: campaign, name: 'Événement', code: 'EV-1' },
          person: { type: 'lead', id: lead, email: 'kim@events.example', created: false },
          list: { id: list?.listid, name: `Mkto-leads-${campaign}` },
          listMemberId: member?.listmemberid,
          run: expect.stringMatching(/^[0-9a-f-]{36}$/),
          input: { source: 'arguments', line: 1, ref: 'Kim@Events.example' },
        },
      },
    ]);
  });

  it('leaves the e-mail address out with --event-email none', async () => {
    const campaign = await cli.make.campaign();
    await cli.make.lead({ emailaddress1: 'quiet@events.example' });
    const { stdout } = await cli.change(['add', campaign, 'quiet@events.example', '--event-email', 'none']);
    expect(stdout).toContain('dyncamp.person.added');
    expect(stdout).not.toContain('quiet@events.example');
  });
});

describe('what add leaves in Dynamics', () => {
  it('is the two own lists, linked, with the campaign named in them, and the people on the list of their type', async () => {
    const campaign = await cli.make.campaign({ name: 'Two Lists' });
    await cli.make.contact({ emailaddress1: 'contact@left.example' });
    const input = 'email,lastname\ncontact@left.example,C\nnew@left.example,Neu\n';
    const { code } = await cli.change(['add', 'name:Two Lists', '-'], { stdin: input });
    expect(code).toBe(0);
    const lists = await cli.api.rows(`campaigns(${campaign})/campaignlist_association`);
    expect(
      lists.map(({ listname, createdfromcode, type }) => ({ listname, createdfromcode, type })).sort(byName),
    ).toEqual([
      { listname: `Mkto-contacts-${campaign}`, createdfromcode: 2, type: false },
      { listname: `Mkto-leads-${campaign}`, createdfromcode: 4, type: false },
    ]);
    for (const list of lists) {
      expect(list.description).toContain('Two Lists');
      expect(list.purpose).toContain('dyncamp');
    }
    const [lead] = await cli.api.rows(`leads?$filter=emailaddress1 eq 'new@left.example'`);
    expect(lead).toMatchObject({ lastname: 'Neu', _campaignid_value: campaign });
    expect(await cli.peopleIn(campaign)).toEqual(['contact@left.example', 'new@left.example']);
  });

  it('uses the pair that Marketo made, and makes none of its own', async () => {
    const campaign = await cli.make.campaign();
    const leads = await cli.make.leadList({ listname: 'Mkto-leads-20077' });
    const contacts = await cli.make.contactList({ listname: 'Mkto-contacts-20077' });
    await cli.link(leads, campaign);
    await cli.link(contacts, campaign);
    await cli.make.contact({ emailaddress1: 'contact@marketo.example' });
    await cli.make.lead({ emailaddress1: 'lead@marketo.example' });
    const { events, code } = await cli.change(['add', campaign, 'contact@marketo.example', 'lead@marketo.example']);
    expect(code).toBe(0);
    expect(events.map((event) => listOf(event))).toEqual([contacts, leads]);
    expect(await cli.ownLists(campaign)).toHaveLength(2);
  });

  itUnder({ memberCreator: 'caller' })(
    'tells apart whom another user put in: already there, by whom, no event',
    async () => {
      const campaign = await cli.make.campaign();
      const list = await cli.make.leadList({ listname: 'Mkto-leads-20078' });
      await cli.link(list, campaign);
      await cli.putOn(list, 'lead', [await cli.make.lead({ emailaddress1: 'there@marketo.example' })]);
      const { rows, stdout, code } = await cli.outcomes(['add', campaign, 'there@marketo.example']);
      expect({ stdout, code }).toEqual({ stdout: '', code: 0 });
      expect(rows).toMatchObject([{ outcome: 'already-member', addedBy: 'Marketo Sync User' }]);
    },
  );

  itUnder({ readAfterWrite: 'consistent' })(
    'warns of a campaign that is completed, and adds all the same',
    async () => {
      const campaign = await cli.make.campaign({ statuscode: 3 });
      await cli.make.lead({ emailaddress1: 'late@completed.example' });
      const result = await cli.change(['add', campaign, 'late@completed.example']);
      expect(result).toMatchObject({ code: 0, told: ['added lead late@completed.example'] });
      expect(result.stderr).toMatch(/Warning: .*Completed/);
    },
  );
});

describe('a pipe from one campaign to the next', () => {
  it('takes the events of the first as people, and passes over what is no membership', async () => {
    const [first, second] = [await cli.make.campaign(), await cli.make.campaign()];
    await cli.make.contact({ emailaddress1: 'one@pipe.example' });
    const input = 'email,lastname\none@pipe.example,One\ntwo@pipe.example,Two\n';
    const added = await cli.change(['add', first, '-'], { stdin: input });
    expect(added.told).toEqual([
      'added contact one@pipe.example',
      'created lead two@pipe.example',
      'added lead two@pipe.example',
    ]);
    // Whom one server has created, another may not show yet (U22); here that shows.
    cli.api.emulator().admin.settleReads();
    const passedOn = await cli.change(['add', second, '-'], { stdin: added.stdout });
    expect(passedOn).toMatchObject({
      code: 0,
      told: ['added contact one@pipe.example', 'added lead two@pipe.example'],
    });
    expect(await cli.peopleIn(second)).toEqual(await cli.peopleIn(first));
    expect(rowsOf(await cli.api.get(`leads?$filter=emailaddress1 eq 'two@pipe.example'`))).toHaveLength(1);
  });

  it('can take them out of the first again', async () => {
    const campaign = await cli.make.campaign();
    await cli.make.lead({ emailaddress1: 'back@pipe.example' });
    const added = await cli.change(['add', campaign, 'back@pipe.example']);
    const removed = await cli.change(['remove', campaign, '-'], { stdin: added.stdout });
    expect(removed).toMatchObject({ code: 0, told: ['removed lead back@pipe.example'] });
    expect(await cli.peopleIn(campaign)).toEqual([]);
  });
});

const byName = (one: { listname: unknown }, other: { listname: unknown }) =>
  String(one.listname).localeCompare(String(other.listname));

const listOf = (event: Json): unknown => JSON.parse(JSON.stringify(event)).data.list.id;
