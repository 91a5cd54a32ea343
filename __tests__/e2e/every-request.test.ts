/**
 * One run of every command that talks to Dataverse. Whatever is sent meanwhile, here and in all other tests, is held against the schema
 * when the emulator closes; here it is also seen that each kind of request was among it.
 */
import { useCampaignCli } from '../support/campaign-cli.ts';

const cli = useCampaignCli({ seed: 'none' });

describe('the requests of all commands', () => {
  it('are of every kind that the client has, and all known to Dataverse', async () => {
    const campaign = await cli.make.campaign({ name: 'Every request' });
    await cli.make.lead({ emailaddress1: 'lead@x.example' });
    await cli.make.contact({ emailaddress1: 'contact@x.example' });
    const people = cli.file('people.csv', 'email,Last Name\nlead@x.example,\ncontact@x.example,\nnew@x.example,New\n');
    const codes: (number | null)[] = [];
    const run = async (...args: string[]) => codes.push((await cli.run(args)).code);
    await run('campaigns', 'list', '--all', '--counts', '--search', 'Every');
    await run('add', 'name:Every request', '-f', people);
    await run('add', campaign, 'lead@x.example', '--dry-run');
    await run('events', 'replay', '--from-server', '--since', '2020-01-01', '--campaign', campaign);
    await run('sync', 'check', campaign, '--deep');
    await run('sync', 'repair', campaign, '--yes');
    await run('remove', campaign, 'lead@x.example', 'contact@x.example');
    expect(codes.filter((code) => code !== 0 && code !== 10)).toEqual([]);
    const kinds = new Set(cli.api.sent().map(({ method, operation }) => `${method} ${operation}`));
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        'GET WhoAmI',
        'GET RetrieveMultiple',
        'GET EntityDefinitions',
        'GET RetrieveUserSetOfPrivilegesByNames',
        'GET RetrieveCurrentOrganization',
        'POST Create',
        'POST AddItemCampaign',
        'POST AddListMembersList',
        'POST RemoveListMembersList',
      ]),
    );
    const paths = cli.api.sent().map(({ path }) => path);
    for (const form of ['fetchXml=', '$filter=', 'campaignlist_association', '$select=', '$apply=']) {
      expect(paths.some((path) => path.includes(form))).toBe(true);
    }
  });
});
