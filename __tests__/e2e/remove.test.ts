/** `dyncamp remove`: takes out whom a flow action put in, and nobody else. */

import { MARKETO_NAME, MARKETO_USER_ID, useCampaignCli } from '../support/campaign-cli.ts';
import { itUnder } from '../support/emulator.ts';
import { createHome } from '../support/run-cli.ts';

const cli = useCampaignCli();

const lead = (name: string, row = {}) => cli.make.lead({ emailaddress1: `${name}@out.example`, ...row });
const contact = (name: string, row = {}) => cli.make.contact({ emailaddress1: `${name}@out.example`, ...row });

it('takes out whom add put in, with an event of the same membership, and says of others that they are not in', async () => {
  const campaign = await cli.make.campaign();
  await lead('in');
  await lead('never-in');
  const added = await cli.change(['add', campaign, 'in@out.example']);
  const args = ['remove', campaign, 'in@out.example', 'never-in@out.example', 'nobody@out.example'];
  const removed = await cli.outcomes(args);
  expect(removed.rows.map(({ outcome }) => outcome)).toEqual(['removed', 'not-member', 'not-found']);
  expect(removed.code).toBe(68);
  const [before, after] = [JSON.parse(added.stdout), JSON.parse(removed.stdout)];
  expect(after).toMatchObject({
    type: 'dyncamp.person.removed',
    subject: before.subject,
    data: {
      trigger: 'Removed from Microsoft Campaign',
      listMemberId: before.data.listMemberId,
      list: before.data.list,
    },
  });
  expect(after.id).not.toBe(before.id);
  expect(await cli.peopleIn(campaign)).toEqual([]);
  const again = await cli.outcomes(['remove', campaign, 'in@out.example']);
  expect(again).toMatchObject({ code: 0, stdout: '' });
});

it('gives every stay in a campaign an event of its own', async () => {
  const campaign = await cli.make.campaign();
  await lead('back');
  const ids: unknown[] = [];
  for (const command of ['add', 'remove', 'add', 'remove']) {
    const { events } = await cli.change([command, campaign, 'back@out.example']);
    ids.push(...events.map(({ id }) => id));
  }
  expect(new Set(ids).size).toBe(4);
});

describe('whom others put in', () => {
  itUnder({ memberCreator: 'caller' })(
    'stays, and the outcome and the summary say by whom; the options named there take them out',
    async () => {
      const campaign = await cli.make.campaign();
      const list = await cli.make.leadList({ listname: `Mkto-leads-${campaign}` });
      await cli.link(list, campaign);
      await cli.putOn(list, 'lead', [await lead('theirs-1'), await lead('theirs-2')]);
      const kept = await cli.outcomes(['remove', campaign, 'theirs-1@out.example']);
      expect(kept).toMatchObject({ code: 0, stdout: '', rows: [{ outcome: 'added-by-other', addedBy: MARKETO_NAME }] });
      expect(kept.stderr).toContain(`someone else added them: ${MARKETO_NAME} (1).`);
      expect(kept.stderr).toContain('--added-by anyone');
      const byId = await cli.change(['remove', campaign, 'theirs-1@out.example', '--added-by', MARKETO_USER_ID]);
      const anyone = await cli.change(['remove', campaign, 'theirs-2@out.example', '--added-by', 'anyone']);
      expect([...byId.told, ...anyone.told]).toEqual([
        'removed lead theirs-1@out.example',
        'removed lead theirs-2@out.example',
      ]);
    },
  );

  itUnder({ memberCreator: 'caller' })('goes when they are a flow user of ours', async () => {
    const campaign = await cli.make.campaign();
    const list = await cli.make.leadList({ listname: 'Mkto-leads-51001' });
    await cli.link(list, campaign);
    await cli.putOn(list, 'lead', [await lead('flow')]);
    const removed = await cli.change(['remove', campaign, 'flow@out.example'], {
      env: { DYNCAMP_FLOW_USERS: MARKETO_USER_ID },
    });
    expect(removed.told).toEqual(['removed lead flow@out.example']);
  });

  itUnder({ memberCreator: 'caller' })(
    'stays when they are in through another list of the campaign, and the outcome names it',
    async () => {
      const campaign = await cli.make.campaign();
      const other = await cli.make.leadList({ listname: 'Trade fair visitors' });
      await cli.link(other, campaign);
      await cli.putOn(other, 'lead', [await lead('visitor')]);
      const kept = await cli.outcomes(['remove', campaign, 'visitor@out.example', '--added-by', 'anyone']);
      expect(kept).toMatchObject({
        code: 0,
        stdout: '',
        rows: [{ outcome: 'in-by-other-list', addedBy: MARKETO_NAME }],
      });
      expect(kept.rows[0]?.message).toContain('Trade fair visitors');
      expect(await cli.api.rows(`listmembers?$filter=_listid_value eq ${other}`)).toHaveLength(1);
    },
  );

  it('goes from the own list and stays on the other when they are on both', async () => {
    const campaign = await cli.make.campaign();
    const other = await cli.make.leadList({ listname: 'Visitors' });
    await cli.link(other, campaign);
    await cli.putOn(other, 'lead', [await lead('both')]);
    await cli.change(['add', campaign, 'both@out.example']);
    expect((await cli.change(['remove', campaign, 'both@out.example'])).told).toEqual([
      'removed lead both@out.example',
    ]);
    expect(await cli.api.rows(`listmembers?$filter=_listid_value eq ${other}`)).toHaveLength(1);
    expect(await cli.peopleIn(campaign)).toEqual([]);
  });

  itUnder({ memberCreator: 'caller' })('are known by the row’s creator on a machine without a journal', async () => {
    const campaign = await cli.make.campaign();
    await lead('fresh');
    await cli.change(['add', campaign, 'fresh@out.example']);
    const home = createHome();
    const removed = await cli.change(['remove', campaign, 'fresh@out.example'], { home });
    home.remove();
    expect(removed.told).toEqual(['removed lead fresh@out.example']);
  });
});

describe('one human under several records', () => {
  it('a contact whose lead was added earlier is found through that lead', async () => {
    const campaign = await cli.make.campaign();
    const lead1 = await lead('turned');
    await cli.change(['add', campaign, `lead:${lead1}`]);
    await cli.api.patch(`leads(${lead1})`, { statecode: 1, statuscode: 3 });
    const contact1 = await contact('turned', { 'originatingleadid@odata.bind': `/leads(${lead1})` });
    const removed = await cli.outcomes(['remove', campaign, `contact:${contact1}`]);
    expect(removed).toMatchObject({ code: 0, rows: [{ outcome: 'removed', personType: 'lead', personId: lead1 }] });
    expect(await cli.peopleIn(campaign)).toEqual([]);
  });

  it('both records go when both are in, each with its event', async () => {
    const campaign = await cli.make.campaign();
    const lead1 = await lead('double');
    await cli.change(['add', campaign, `lead:${lead1}`]);
    await cli.api.patch(`leads(${lead1})`, { statecode: 1, statuscode: 3 });
    await contact('double', { 'originatingleadid@odata.bind': `/leads(${lead1})` });
    await cli.change(['add', campaign, 'double@out.example']);
    const { told, code } = await cli.change(['remove', campaign, 'double@out.example']);
    expect(code).toBe(0);
    expect([...told].sort()).toEqual(['removed contact double@out.example', 'removed lead double@out.example']);
  });
});

it('takes people out of a pair that Marketo made', async () => {
  const campaign = await cli.make.campaign();
  await cli.link(await cli.make.contactList({ listname: 'Mkto-contacts-51002' }), campaign);
  await contact('pair');
  await cli.change(['add', campaign, 'pair@out.example']);
  expect((await cli.change(['remove', campaign, 'pair@out.example'])).told).toEqual([
    'removed contact pair@out.example',
  ]);
});

it('creates nothing, not even lists, in a campaign that nobody is in', async () => {
  const campaign = await cli.make.campaign();
  cli.writes();
  const { code, stdout } = await cli.change(['remove', campaign, 'anna.arendt@nordlicht.example']);
  expect({ code, stdout, writes: cli.writes() }).toEqual({ code: 0, stdout: '', writes: [] });
});
