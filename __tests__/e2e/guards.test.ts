/** Campaigns and own lists that cannot be used: exit 3, nothing is written, and what is wrong is said with its remedy. */
import { useCampaignCli } from '../support/campaign-cli.ts';

const cli = useCampaignCli();

type Said = { level: string; code: string; message: string; hint?: string };

/** Runs add or remove with messages as JSON; gives the one error and what was sent to be written. */
async function refused(command: 'add' | 'remove', campaign: string, ...options: string[]) {
  cli.writes();
  const args = ['--log-format', 'json', command, campaign, 'anna.arendt@nordlicht.example', ...options];
  const { code, stdout, stderr } = await cli.change(args);
  const said: Said[] = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const [error] = said.filter(({ level }) => level === 'error');
  return { exit: code, stdout, error: error?.code, text: `${error?.message} ${error?.hint}`, writes: cli.writes() };
}

const nothingDone = (error: string) => ({ exit: 3, stdout: '', error, writes: [] });

describe.each(['add', 'remove'] as const)('%s to or from a campaign', (command) => {
  it.each([
    ['Winter Gala', 'CAMPAIGN_INACTIVE', /Activate it/],
    ['Campaign Template', 'CAMPAIGN_IS_TEMPLATE', /Create a campaign from the template/],
    ['Newsletter', 'CAMPAIGN_AMBIGUOUS', /NEWS-DE.*NEWS-EN.*code:NEWS-DE/s],
    ['Sprng Launch', 'CAMPAIGN_NOT_FOUND', /Did you mean "Spring Launch"/],
    ['code:SPRING', 'CAMPAIGN_NOT_FOUND', /code "SPRING"/],
    ['people.csv', 'CAMPAIGN_NOT_FOUND', /the name of a file.*-f/],
    ['id:a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e9999', 'CAMPAIGN_NOT_FOUND', /campaigns list/],
    ['id:Spring Launch', 'CAMPAIGN_NOT_FOUND', /GUID/],
    ['Trade Fair Berlin', 'LIST_LOCKED', /Unlock it/],
    ['Roadshow', 'LIST_DETACHED', /`dyncamp sync repair id:[0-9a-f-]{36}`/],
    ['Product Day', 'LIST_SHARED', /"Product Day Copy".*--allow-shared-list/s],
  ])('%s: %s', async (campaign, error, remedy) => {
    const answer = await refused(command, campaign);
    expect(answer).toMatchObject(nothingDone(error));
    expect(answer.text).toMatch(remedy);
  });

  it.each([
    ['LIST_DYNAMIC', { type: true, query: '<fetch><entity name="lead"/></fetch>' }, /Remove it from the campaign/],
    ['LIST_WRONG_TYPE', { createdfromcode: 2 }, /Remove it from the campaign/],
  ])('whose own list is unusable: %s', async (error, row, remedy) => {
    const campaign = await cli.make.campaign();
    await cli.link(await cli.make.leadList({ listname: `Mkto-leads-${campaign}`, ...row }), campaign);
    const answer = await refused(command, campaign);
    expect(answer).toMatchObject(nothingDone(error));
    expect(answer.text).toMatch(remedy);
  });

  it('whose own list was deactivated: LIST_INACTIVE', async () => {
    const campaign = await cli.make.campaign();
    const list = await cli.make.leadList({ listname: `Mkto-leads-${campaign}` });
    await cli.link(list, campaign);
    await cli.api.patch(`lists(${list})`, { statecode: 1, statuscode: 1 });
    const answer = await refused(command, campaign);
    expect(answer).toMatchObject(nothingDone('LIST_INACTIVE'));
    expect(answer.text).toMatch(/Activate it/);
  });

  it('that has two lists of Marketo for leads and none of ours: LIST_DOUBLED', async () => {
    const campaign = await cli.make.campaign();
    for (const id of ['31001', '31002']) {
      await cli.link(await cli.make.leadList({ listname: `Mkto-leads-${id}` }), campaign);
    }
    const answer = await refused(command, campaign);
    expect(answer).toMatchObject(nothingDone('LIST_DOUBLED'));
    expect(answer.text).toMatch(/(Mkto-leads-3100[12]).*(?!\1)Mkto-leads-3100[12].*Keep one/s);
  });
});

describe('what is not in the way', () => {
  it('an inactive campaign or a template of the same name as an active campaign', async () => {
    const active = await cli.make.campaign({ name: 'Namesakes' });
    await cli.make.campaign({ name: 'Namesakes', statecode: 1, statuscode: 6 });
    await cli.make.campaign({ name: 'Namesakes', istemplate: true });
    const { code } = await cli.change(['add', 'Namesakes', 'anna.arendt@nordlicht.example']);
    expect(code).toBe(0);
    expect(await cli.peopleIn(active)).toEqual(['anna.arendt@nordlicht.example']);
  });

  it('a shared list, with --allow-shared-list', async () => {
    const [one, other] = [await cli.make.campaign(), await cli.make.campaign()];
    const list = await cli.make.leadList({ listname: `Mkto-leads-${one}` });
    for (const campaign of [one, other]) await cli.link(list, campaign);
    expect(await refused('add', one)).toMatchObject(nothingDone('LIST_SHARED'));
    const { code } = await cli.change(['add', one, 'anna.arendt@nordlicht.example', '--allow-shared-list']);
    expect(code).toBe(0);
  });

  it('the own list of another campaign that is linked here: it is not written to', async () => {
    const [one, other] = [await cli.make.campaign(), await cli.make.campaign()];
    const foreign = await cli.make.leadList({ listname: `Mkto-leads-${other}` });
    await cli.link(foreign, one);
    const { code, stderr } = await cli.change(['add', one, 'anna.arendt@nordlicht.example']);
    expect(code).toBe(0);
    expect(stderr).toContain('own list of another campaign');
    expect(await cli.api.rows(`listmembers?$filter=_listid_value eq ${foreign}`)).toEqual([]);
  });

  it('an own list that is half made: it is linked and used', async () => {
    const campaign = await cli.make.campaign();
    const list = await cli.make.leadList({ listname: `Mkto-leads-${campaign}` });
    const { code } = await cli.change(['add', campaign, 'anna.arendt@nordlicht.example']);
    expect(code).toBe(0);
    expect((await cli.ownLists(campaign)).map(({ listid }) => listid)).toEqual([list]);
    expect(await cli.peopleIn(campaign)).toEqual(['anna.arendt@nordlicht.example']);
  });

  it('the inactive state of a campaign, for remove --allow-inactive', async () => {
    const campaign = await cli.make.campaign();
    await cli.change(['add', campaign, 'anna.arendt@nordlicht.example']);
    await cli.api.patch(`campaigns(${campaign})`, { statecode: 1, statuscode: 6 });
    expect(await refused('remove', campaign)).toMatchObject(nothingDone('CAMPAIGN_INACTIVE'));
    const removed = await cli.change(['remove', campaign, 'anna.arendt@nordlicht.example', '--allow-inactive']);
    expect(removed).toMatchObject({ code: 0, told: ['removed lead anna.arendt@nordlicht.example'] });
  });
});
