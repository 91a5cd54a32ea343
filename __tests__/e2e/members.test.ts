/** `dyncamp members list` and `members find`: who is in, since when, added by whom, through which list. */

import { MARKETO, MARKETO_NAME, useCampaignCli } from '../support/campaign-cli.ts';
import { itUnder } from '../support/emulator.ts';
import { jsonLines } from '../support/run-cli.ts';

const cli = useCampaignCli();
const OWN_NAME = '# dyncamp';

async function list(campaign: string, ...args: readonly string[]) {
  const result = await cli.run(['members', 'list', campaign, ...args]);
  return { ...result, rows: args.length === 0 ? jsonLines(result.stdout) : [] };
}

/** A campaign with a lead of dyncamp's, one of Marketo's, and a contact on another list. */
async function mixedCampaign() {
  const campaign = await cli.make.campaign({ name: `Mixed ${Math.random()}` });
  const mail = (name: string) => `${name}@${campaign.slice(0, 8)}.example`;
  const lead = await cli.make.lead({ emailaddress1: mail('lead'), firstname: 'Léa', lastname: 'Leduc' });
  const added = await cli.make.lead({ emailaddress1: mail('marketo') });
  const contact = await cli.make.contact({ emailaddress1: mail('contact'), lastname: 'Carl' });
  await cli.change(['add', campaign, mail('lead')]);
  const [own] = await cli.ownLists(campaign);
  await cli.putOn(String(own?.listid), 'lead', [added], MARKETO);
  const other = await cli.make.contactList({ listname: 'Trade fair guests' });
  await cli.link(other, campaign);
  await cli.putOn(other, 'contact', [contact], MARKETO);
  return { campaign, mail, lead, added, contact, own: String(own?.listid), other };
}

const byEmail = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  [...rows].sort((a, b) => String(a.email).localeCompare(String(b.email)));

describe('members list', () => {
  itUnder({ memberCreator: 'caller' })(
    'gives who is in, since when, added by whom and through which list, as JSON Lines in a pipe',
    async () => {
      const { campaign, mail, lead, contact, own, other } = await mixedCampaign();
      const { code, rows, stderr } = await list(campaign);
      expect(code).toBe(0);
      // Who came in within the same second stands in no order.
      expect(byEmail(rows)).toEqual([
        expect.objectContaining({ id: contact, through: 'other', list: 'Trade fair guests', listId: other }),
        {
          type: 'lead',
          id: lead,
          name: 'Léa Leduc',
          email: mail('lead'),
          since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          addedBy: OWN_NAME,
          addedById: expect.stringMatching(/^[0-9a-f-]{36}$/),
          through: 'own',
          list: `Mkto-leads-${campaign}`,
          listId: own,
          listMemberId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
        expect.objectContaining({ type: 'lead', email: mail('marketo'), addedBy: MARKETO_NAME, through: 'own' }),
      ]);
      expect(stderr).toContain('2 leads, 1 contact, 1 of them through other lists.');
    },
  );

  it('is the same where the organization refuses the join of members with people', async () => {
    const { campaign } = await mixedCampaign();
    const joined = await list(campaign);
    const body = { error: { code: '0x80041102', message: 'The join is refused.' } };
    cli.api
      .emulator()
      .admin.addFaults([{ match: { path: 'listmembers?fetchXml' }, effect: { kind: 'status', status: 400, body } }]);
    const { rows } = await list(campaign);
    expect(cli.api.emulator().admin.faults()).toMatchObject([{ fired: 1 }]);
    expect(byEmail(rows)).toEqual(byEmail(joined.rows));
  });

  it('names dynamic lists, and lists of accounts, whose members it does not list', async () => {
    const campaign = await cli.make.campaign();
    const query = '<fetch><entity name="lead"/></fetch>';
    await cli.link(await cli.make.leadList({ listname: 'Computed', type: true, query }), campaign);
    await cli.link(await cli.make.leadList({ listname: 'Companies', createdfromcode: 1 }), campaign);
    const { code, stdout, stderr } = await list(campaign);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/1 dynamic list, which Dynamics computes: "Computed"/);
    expect(stderr).toMatch(/1 list of accounts: "Companies"/);
    expect(stderr).toContain('No one is in the campaign.');
  });

  it('says of a detached own list that its people are not in', async () => {
    const { code, stdout, stderr } = await list('Roadshow');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('not linked to the campaign');
  });

  it('gives only people with a text in their name or address, and only so many', async () => {
    const { campaign, mail } = await mixedCampaign();
    const search = async (...args: readonly string[]) => cli.run(['members', 'list', campaign, ...args]);
    const byName = await search('--search', 'LÉA');
    expect(jsonLines(byName.stdout)).toMatchObject([{ email: mail('lead') }]);
    expect(byName.stderr).toContain('1 lead, 0 contacts with "LÉA" in the name or e-mail address.');
    const two = await search('--search', '.example', '-n', '2');
    expect(jsonLines(two.stdout)).toHaveLength(2);
    expect(two.stderr).toContain('Showing the first 2 with ".example" in the name or e-mail address. For more: -n 10');
    const all = await search('-n', '3');
    expect(jsonLines(all.stdout)).toHaveLength(3);
    expect(all.stderr).toContain('2 leads, 1 contact, 1 of them through other lists.');
    expect(await search('-n', '0')).toMatchObject({ code: 2, stdout: '' });
  });

  it('gives CSV with every column, and an empty JSON array where nobody is in', async () => {
    const { campaign } = await mixedCampaign();
    const header = 'type,id,name,email,since,addedBy,addedById,through,list,listId,listMemberId\r\n';
    expect((await list(campaign, '-o', 'csv')).stdout.startsWith(header)).toBe(true);
    expect((await list(await cli.make.campaign(), '-o', 'json')).stdout).toBe('[]\n');
  });

  it('ends with 3 for a campaign that is not there', async () => {
    expect((await list('No such campaign')).code).toBe(3);
  });
});

describe('members find', () => {
  async function find(person: string, ...args: readonly string[]) {
    const result = await cli.run(['members', 'find', person, ...args]);
    return { ...result, rows: jsonLines(result.stdout) };
  }

  itUnder({ memberCreator: 'caller' }).each([
    ['e-mail', ({ mail }: { mail: (name: string) => string }) => mail('lead').toUpperCase()],
    ['lead:GUID', ({ lead }: { lead: string }) => `lead:${lead}`],
  ])('finds by %s every campaign, through which list, since when and added by whom', async (_how, textOf) => {
    const made = await mixedCampaign();
    const { code, rows } = await find(textOf(made));
    expect(code).toBe(0);
    expect(rows).toEqual([
      expect.objectContaining({
        campaignId: made.campaign,
        type: 'lead',
        id: made.lead,
        email: made.mail('lead'),
        addedBy: OWN_NAME,
        through: 'own',
        listId: made.own,
      }),
    ]);
  });

  it('tells an own list from another one, and a list of another campaign from an own one', async () => {
    const made = await mixedCampaign();
    const second = await cli.make.campaign({ name: 'Zz second' });
    // The own list of the first campaign, linked to a second: there it is foreign.
    await cli.link(made.own, second);
    expect((await find(made.mail('contact'))).rows.map(({ through }) => through)).toEqual(['other']);
    expect((await find(made.mail('lead'))).rows.map((row) => [row.campaignId, row.through])).toEqual([
      [made.campaign, 'own'],
      [second, 'other'],
    ]);
  });

  it('follows the person: from the contact to the qualified lead who is in', async () => {
    const { campaign, lead, mail } = await mixedCampaign();
    const contact = await cli.make.contact({
      emailaddress1: mail('new-address'),
      'originatingleadid@odata.bind': `/leads(${lead})`,
    });
    await cli.api.patch(`leads(${lead})`, { statecode: 1, statuscode: 3 });
    const { rows, stderr } = await find(`contact:${contact}`);
    expect(rows.map(({ campaignId, type, id }) => [campaignId, type, id])).toEqual([[campaign, 'lead', lead]]);
    expect(stderr).toContain('Found 2 records');
  });

  it.each([
    ['nobody', 'nobody@nowhere.example', 0, 'No one in Dynamics matches'],
    ['a text that is no person', 'kim', 2, 'neither an e-mail address'],
  ])('says when it is %s', async (_what, person, code, message) => {
    const result = await find(person);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(message);
  });
});
