/** An open pipe: each line is acted on as it comes, and whatever happens in the middle of it stops the run in good order. */
import { join } from 'node:path';
import { briefly, resultRows, until, useCampaignCli, withEvents } from '../support/campaign-cli.ts';

const cli = useCampaignCli();

const leads = async (...names: string[]): Promise<void> => {
  for (const name of names) await cli.make.lead({ emailaddress1: `${name}@pipe.example` });
};
const line = (name: string): string => `${name}@pipe.example\n`;

describe('a producer that waits for the answer to each of its lines', () => {
  it('gets it, for people whom Dynamics has and for new ones', async () => {
    const campaign = await cli.make.campaign();
    await leads('one', 'three');
    const running = cli.start(['add', campaign, '-']);
    running.stdin.write('email,lastname\n');
    for (const name of ['one', 'two', 'three', 'four']) {
      running.stdin.write(`${name}@pipe.example,${name}\n`);
      await running.waitFor('stdout', `"email":"${name}@pipe.example"`);
    }
    running.stdin.end();
    const { code, told } = withEvents(await running.ended);
    expect(code).toBe(0);
    expect(told.filter((text) => text.startsWith('added'))).toHaveLength(4);
    expect(told.indexOf('added lead one@pipe.example')).toBeLessThan(told.indexOf('created lead two@pipe.example'));
  });

  it('is not kept waiting by remove either', async () => {
    const campaign = await cli.make.campaign();
    await leads('out-1', 'out-2');
    await cli.change(['add', campaign, 'out-1@pipe.example', 'out-2@pipe.example']);
    const running = cli.start(['remove', campaign, '-']);
    for (const name of ['out-1', 'out-2']) {
      running.stdin.write(line(name));
      await running.waitFor('stdout', `${name}@pipe.example`);
    }
    running.stdin.end();
    expect((await running.ended).code).toBe(0);
    expect(await cli.peopleIn(campaign)).toEqual([]);
  });
});

describe('what changes in the middle of a pipe', () => {
  const patchList = (change: object) => async (_campaign: string, list: string) => {
    expect(await cli.api.patch(`lists(${list})`, change)).toMatchObject({ status: 204 });
  };
  const patchCampaign = (change: object) => async (campaign: string) => {
    expect(await cli.api.patch(`campaigns(${campaign})`, change)).toMatchObject({ status: 204 });
  };
  it.each([
    ['the list is locked', 'LIST_LOCKED', patchList({ lockstatus: true })],
    ['the list is deactivated', 'LIST_INACTIVE', patchList({ statecode: 1, statuscode: 1 })],
    ['the campaign is deactivated', 'CAMPAIGN_INACTIVE', patchCampaign({ statecode: 1, statuscode: 6 })],
    ['the campaign becomes a template', 'CAMPAIGN_IS_TEMPLATE', patchCampaign({ istemplate: true })],
    [
      'the list is linked to a second campaign',
      'LIST_SHARED',
      async (_campaign: string, list: string) => cli.link(list, await cli.make.campaign()),
    ],
    [
      'the list is detached',
      'LIST_DETACHED',
      async (campaign: string, list: string) => {
        const CampaignItem = { '@odata.type': 'Microsoft.Dynamics.CRM.campaignitem', campaignitemid: list };
        const action = `campaigns(${campaign})/Microsoft.Dynamics.CRM.RemoveItemCampaign`;
        expect((await cli.api.post(action, { CampaignItem })).status).toBe(204);
      },
    ],
  ])('%s: the run ends with 3, and nobody is put in after it', async (_name, error, change) => {
    const campaign = await cli.make.campaign();
    const [before, after] = [`before-${error}`.toLowerCase(), `after-${error}`.toLowerCase()];
    await leads(before, after);
    const results = join(cli.home().directory, `${error}.jsonl`);
    const running = cli.start(['--log-format', 'json', 'add', campaign, '-', '--results', results]);
    running.stdin.write(line(before));
    await running.waitFor('stdout', `${before}@pipe.example`);
    const [list] = await cli.ownLists(campaign);
    await change(campaign, String(list?.listid));
    cli.writes();
    running.stdin.write(line(after));
    // stdin stays open: the run ends by itself.
    const { code, told, stderr } = withEvents(await running.ended);
    expect({ code, told }).toEqual({ code: 3, told: [`added lead ${before}@pipe.example`] });
    expect(stderr).toContain(`"code":"${error}"`);
    expect(cli.writes()).toEqual([]);
    expect((await resultRows(results)).map(briefly)).toEqual(['1 added', `2 not-reached ${error}`]);
  });
});

describe('a signal in the middle', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: what is in flight is finished and told, nothing more is taken in, exit %i', async (signal, exit) => {
    const campaign = await cli.make.campaign();
    const [first, flight, never] = [`first-${exit}`, `flight-${exit}`, `never-${exit}`];
    await leads(first, flight, never);
    const running = cli.start(['add', campaign, '-']);
    running.stdin.write(line(first));
    await running.waitFor('stdout', `${first}@pipe.example`);
    const { admin } = cli.api.emulator();
    admin.addFaults([{ match: { operation: 'AddListMembersList' }, effect: { kind: 'slow', ms: 600 } }]);
    running.stdin.write(line(flight));
    await until(() => admin.faults()[0]?.fired === 1);
    running.kill(signal);
    running.stdin.write(line(never));
    const { code, told } = withEvents(await running.ended);
    expect({ code, told }).toEqual({
      code: exit,
      told: [`added lead ${first}@pipe.example`, `added lead ${flight}@pipe.example`],
    });
    expect(await cli.peopleIn(campaign)).toEqual([`${first}@pipe.example`, `${flight}@pipe.example`]);
  });
});

describe('a reader that goes away', () => {
  it('as `| head -n 1` does: exit 141, and the next run tells what nobody read', async () => {
    const campaign = await cli.make.campaign();
    await leads('read', 'unread', 'later');
    const running = cli.start(['add', campaign, '-']);
    running.stdin.write(line('read'));
    await running.waitFor('stdout', 'read@pipe.example');
    running.child.stdout.destroy();
    running.stdin.write(line('unread'));
    const { code, stderr } = await running.ended;
    expect(code).toBe(141);
    expect(stderr).toContain('events replay');
    const next = await cli.change(['add', campaign, 'later@pipe.example']);
    expect(next.told).toEqual(
      expect.arrayContaining(['added lead unread@pipe.example', 'added lead later@pipe.example']),
    );
    expect(await cli.peopleIn(campaign)).toEqual(['later', 'read', 'unread'].map((name) => `${name}@pipe.example`));
  });
});

it('a broken pipe on stderr does not stop the work', async () => {
  const campaign = await cli.make.campaign();
  await leads('mute');
  const running = cli.start(['add', campaign, 'mute@pipe.example']);
  running.child.stderr.destroy();
  const { code, told } = withEvents(await running.ended);
  expect({ code, told }).toEqual({ code: 0, told: ['added lead mute@pipe.example'] });
});
