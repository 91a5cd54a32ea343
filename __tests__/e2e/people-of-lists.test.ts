/** --from-list for add and remove, and remove --max-removals: what is read first, and what is not written then. */
import { MARKETO, useCampaignCli } from '../support/campaign-cli.ts';

const cli = useCampaignCli();

async function campaignAndPeople(...names: readonly string[]) {
  const campaign = await cli.make.campaign();
  const mail = (name: string) => `${name}@${campaign.slice(0, 8)}.example`;
  const ids: string[] = [];
  for (const name of names) ids.push(await cli.make.lead({ emailaddress1: mail(name) }));
  return { campaign, mail, ids, mails: names.map(mail) };
}

/** But for what the test itself made. */
const changes = (): readonly string[] => cli.writes().filter((write) => write !== 'POST Create');

describe('--from-list', () => {
  it('adds the members of a list by its name, and tells where each came from', async () => {
    const { campaign, mails, ids } = await campaignAndPeople('anna', 'bert');
    const name = `Guests of ${campaign}`;
    const list = await cli.make.leadList({ listname: name });
    await cli.putOn(list, 'lead', ids, MARKETO);
    const { code, told, rows } = await cli.outcomes(['add', campaign, '--from-list', name]);
    expect({ code, told: [...told].sort() }).toEqual({ code: 0, told: mails.map((mail) => `added lead ${mail}`) });
    expect(rows.map(({ source, line, outcome }) => ({ source, line, outcome }))).toEqual([
      { source: `list:${list}`, line: 1, outcome: 'added' },
      { source: `list:${list}`, line: 2, outcome: 'added' },
    ]);
  });

  it('removes the members of a list by its id, along with people who are named', async () => {
    const { campaign, mail, ids, mails } = await campaignAndPeople('anna', 'bert', 'carl');
    await cli.change(['add', campaign, ...mails]);
    const list = await cli.make.leadList({ listname: 'Leavers' });
    await cli.putOn(list, 'lead', ids.slice(0, 1));
    const { code } = await cli.change(['remove', campaign, mail('bert'), '--from-list', list]);
    expect(code).toBe(0);
    expect(await cli.peopleIn(campaign)).toEqual([mail('carl')]);
  });

  it.each([
    ['is not there', 'No such list', 'SOURCE_LIST_NOT_FOUND'],
    ['is dynamic', 'Computed for from-list', 'SOURCE_LIST_DYNAMIC'],
    ['is of accounts', 'Companies for from-list', 'SOURCE_LIST_OF_ACCOUNTS'],
    ['has a name that several have', 'Twins for from-list', 'SOURCE_LIST_AMBIGUOUS'],
  ])('ends with 65, and nothing done, for a list that %s', async (_what, name, error) => {
    const { campaign, mails } = await campaignAndPeople('anna');
    const query = '<fetch><entity name="lead"/></fetch>';
    await cli.make.leadList({ listname: 'Computed for from-list', type: true, query });
    await cli.make.leadList({ listname: 'Companies for from-list', createdfromcode: 1 });
    for (const createdfromcode of [4, 2]) await cli.make.leadList({ listname: 'Twins for from-list', createdfromcode });
    // Each row of the table makes them again: of these two only one may be there.
    const text = name.startsWith('Computed') || name.startsWith('Companies') ? await onlyOne(name) : name;
    changes();
    const result = await cli.change(['add', campaign, ...mails, '--from-list', text, '--log-format', 'json']);
    expect(result).toMatchObject({ code: 65, told: [] });
    expect(result.stderr).toContain(`"code":"${error}"`);
    expect(changes()).toEqual([]);
  });

  async function onlyOne(name: string): Promise<string> {
    const [list] = await cli.api.rows(`lists?$select=listid&$filter=listname eq '${name}'`);
    return String(list?.listid);
  }
});

describe('remove --max-removals', () => {
  it('removes nobody when more would be removed, says how many, and goes on with a higher number', async () => {
    const { campaign, mail, mails } = await campaignAndPeople('anna', 'bert', 'carl');
    await cli.change(['add', campaign, ...mails]);
    changes();
    // The same person twice counts once, and whoever is not in not at all.
    const people = [mail('anna'), mail('bert'), mail('anna'), 'nobody@nowhere.example'];
    const stopped = await cli.change(['remove', campaign, ...people, '--max-removals', '1']);
    expect(stopped).toMatchObject({ code: 2, told: [] });
    expect(stopped.stderr).toContain('2 people would be removed, and --max-removals allows 1');
    expect(changes()).toEqual([]);
    const done = await cli.change(['remove', campaign, ...people, '--max-removals', '2']);
    expect(done).toMatchObject({ code: 68, told: [`removed lead ${mail('anna')}`, `removed lead ${mail('bert')}`] });
    expect(await cli.peopleIn(campaign)).toEqual([mail('carl')]);
  });

  it('does not count people whom somebody else added', async () => {
    const { campaign, mail, mails, ids } = await campaignAndPeople('anna', 'marketo');
    await cli.change(['add', campaign, mail('anna')]);
    const [own] = await cli.ownLists(campaign);
    await cli.putOn(String(own?.listid), 'lead', ids.slice(1), MARKETO);
    const { code } = await cli.change(['remove', campaign, ...mails, '--max-removals', '1']);
    expect(code).toBe(0);
    expect(await cli.peopleIn(campaign)).toEqual([mail('marketo')]);
  });

  it('reads a pipe to its end before it removes anybody', async () => {
    const { campaign, mail, mails } = await campaignAndPeople('anna', 'bert');
    await cli.change(['add', campaign, ...mails]);
    changes();
    const running = cli.start(['remove', campaign, '-', '--max-removals', '2']);
    running.stdin.write(`${mail('anna')}\n`);
    await running.waitFor('stderr', 'Campaign "');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(changes()).toEqual([]);
    running.stdin.end(`${mail('bert')}\n`);
    expect((await running.ended).code).toBe(0);
    expect(await cli.peopleIn(campaign)).toEqual([]);
  });

  it('shows all in a dry run, and ends with 2 when it is too many', async () => {
    const { campaign, mails } = await campaignAndPeople('anna', 'bert');
    await cli.change(['add', campaign, ...mails]);
    const { code, rows } = await cli.outcomes(['remove', campaign, ...mails, '--max-removals', '1', '--dry-run']);
    expect({ code, outcomes: rows.map(({ outcome }) => outcome) }).toEqual({
      code: 2,
      outcomes: ['removed', 'removed'],
    });
    expect(await cli.peopleIn(campaign)).toHaveLength(2);
  });
});
