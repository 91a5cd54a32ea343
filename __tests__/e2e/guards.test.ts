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

// Each thing that may be wrong with an own list: unit/campaign/own-lists.test.ts.
it.each([
  ['add', 'Winter Gala', 'CAMPAIGN_INACTIVE', /Activate it/],
  ['remove', 'Winter Gala', 'CAMPAIGN_INACTIVE', /Activate it/],
  ['add', 'Campaign Template', 'CAMPAIGN_IS_TEMPLATE', /Create a campaign from the template/],
  ['add', 'Newsletter', 'CAMPAIGN_AMBIGUOUS', /NEWS-DE.*NEWS-EN.*code:NEWS-DE/s],
  ['add', 'Sprng Launch', 'CAMPAIGN_NOT_FOUND', /Did you mean "Spring Launch"/],
  ['add', 'people.csv', 'CAMPAIGN_NOT_FOUND', /the name of a file.*-f/],
  ['add', 'id:a1c3f6d2-7b40-4e11-9d5c-0f2a6b8e9999', 'CAMPAIGN_NOT_FOUND', /campaigns list/],
  ['remove', 'Trade Fair Berlin', 'LIST_LOCKED', /Unlock it/],
  ['add', 'Roadshow', 'LIST_DETACHED', /`dyncamp sync repair id:[0-9a-f-]{36}`/],
  ['add', 'Product Day', 'LIST_SHARED', /"Product Day Copy".*--allow-shared-list/s],
] as const)('%s %s: %s', async (command, campaign, error, remedy) => {
  const answer = await refused(command, campaign);
  expect(answer).toMatchObject(nothingDone(error));
  expect(answer.text).toMatch(remedy);
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
