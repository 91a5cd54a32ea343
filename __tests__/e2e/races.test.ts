/** Processes that start at the same moment: what they leave behind is what one of them would have left. */
import { useCampaignCli } from '../support/campaign-cli.ts';
import { type CliHome, createHome } from '../support/run-cli.ts';

const cli = useCampaignCli();
const homes: CliHome[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) home.remove();
});
/** Another machine: settings and journal of its own. */
const otherHome = (): CliHome => {
  const home = createHome();
  homes.push(home);
  return home;
};

it.each([
  ['on one machine', () => cli.home()],
  ['on two machines', otherHome],
])(
  'two processes %s leave one list per type, one link each, one row per person, one lead per new e-mail',
  async (name, home) => {
    const domain = `${name.replaceAll(' ', '-')}.example`;
    // Where an addition of somebody who is in makes a second row (U1), each process may make one, and no client can avoid it.
    cli.api.switch({ addExistingMember: 'ignored' });
    const campaign = await cli.make.campaign();
    const contacts = Array.from({ length: 15 }, (_, number) => `contact-${number}@${domain}`);
    const leads = Array.from({ length: 15 }, (_, number) => `lead-${number}@${domain}`);
    const created = Array.from({ length: 10 }, (_, number) => `new-${number}@${domain}`);
    await Promise.all([
      ...contacts.map((emailaddress1) => cli.make.contact({ emailaddress1 })),
      ...leads.map((emailaddress1) => cli.make.lead({ emailaddress1 })),
    ]);
    const everybody = [...contacts, ...leads, ...created];
    const path = cli.file(`${domain}.csv`, `email,lastname\n${everybody.map((email) => `${email},Race\n`).join('')}`);

    const runs = await Promise.all([
      cli.outcomes(['add', campaign, '-f', path], { home: home() }),
      cli.outcomes(['add', campaign, '-f', path], { home: home() }),
    ]);

    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const links = await cli.api.rows(`campaignitems?$filter=_campaignid_value eq ${campaign}`);
    expect(links).toHaveLength(2);
    const lists = await cli.ownLists(campaign);
    expect(lists.map(({ listname }) => listname).sort()).toEqual([
      `Mkto-contacts-${campaign}`,
      `Mkto-leads-${campaign}`,
    ]);
    expect(await cli.api.rows(`lists?$filter=contains(listname,'${campaign}')`)).toHaveLength(2);
    expect(await cli.peopleIn(campaign)).toEqual([...everybody].sort());
    const rows = await Promise.all(
      lists.map(({ listid }) => cli.api.rows(`listmembers?$filter=_listid_value eq ${listid}`)),
    );
    expect(rows.flat()).toHaveLength(everybody.length);
    const made = await cli.api.rows(
      `leads?$filter=startswith(emailaddress1,'new-') and endswith(emailaddress1,'${domain}')`,
    );
    expect(made).toHaveLength(created.length);
    // Consumers drop repeats by id: together both runs tell each change, and no other.
    const told = new Map(runs.flatMap(({ events }) => events).map((event) => [event.id, event]));
    const types = [...told.values()].map(({ type }) => type);
    expect(types.filter((type) => type === 'dyncamp.person.added')).toHaveLength(everybody.length);
    expect(types.filter((type) => type === 'dyncamp.person.created')).toHaveLength(created.length);
    for (const { rows: results } of runs) {
      expect(results.every(({ outcome }) => outcome === 'added' || outcome === 'already-member')).toBe(true);
    }
  },
);

it('two removals at once take everybody out, and each removal is told once per id', async () => {
  const campaign = await cli.make.campaign();
  const people = Array.from({ length: 20 }, (_, number) => `out-${number}@race.example`);
  await Promise.all(people.map((emailaddress1) => cli.make.lead({ emailaddress1 })));
  const path = cli.file('out.txt', people.join('\n'));
  await cli.change(['add', campaign, '-f', path]);
  const runs = await Promise.all([
    cli.change(['remove', campaign, '-f', path]),
    cli.change(['remove', campaign, '-f', path]),
  ]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  expect(await cli.peopleIn(campaign)).toEqual([]);
  expect(new Set(runs.flatMap(({ events }) => events.map(({ id }) => id))).size).toBe(people.length);
});

it('processes on the built-in emulator of one machine share its organization', async () => {
  const home = otherHome();
  const args = (email: string) => ['--profile', 'emulator', 'add', 'Spring Launch', email];
  const env = { DYNCAMP_URL: undefined, DYNCAMP_ACCESS_TOKEN: undefined };
  const runs = await Promise.all([
    cli.change(args('anna.arendt@nordlicht.example'), { home, env }),
    cli.change(args('astrid.ahlers@kontor.example'), { home, env }),
  ]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  const list = await cli.run(['--profile', 'emulator', 'campaigns', 'list', '--counts', '--search', 'Spring'], {
    home,
    env,
  });
  expect(JSON.parse(list.stdout)).toMatchObject({ name: 'Spring Launch', leads: 1, contacts: 1 });
});
