/** Users who may not read everything, and organizations that refuse everything: what the command says and ends with. */
import { OWN_USER_ID, useCampaignCli } from '../support/campaign-cli.ts';

const cli = useCampaignCli({ seed: 'none' });
const admin = () => cli.api.emulator().admin;

afterEach(() => {
  admin().setPrivileges(OWN_USER_ID, null);
  admin().clearFaults();
});

const DEFINITIONS = ['prvReadEntity', 'prvReadAttribute', 'prvReadRelationship'];

it('adds the people who exist where table definitions cannot be read, and says why the others are not created', async () => {
  const campaign = await cli.make.campaign();
  await cli.make.lead({ emailaddress1: 'here@x.example' });
  admin().setPrivileges(OWN_USER_ID, Object.fromEntries(DEFINITIONS.map((name) => [name, 'None'])));
  const file = cli.file('people.csv', 'email,lastname\nnew@x.example,New\nhere@x.example,Here\n');
  const { code, rows, stderr } = await cli.outcomes(['add', `id:${campaign}`, '-f', file]);
  expect(rows.map(({ outcome }) => outcome)).toEqual(['forbidden', 'added']);
  expect(rows[0]).toMatchObject({
    code: 'DEFINITIONS_UNREADABLE',
    message: expect.stringContaining('prvReadAttribute'),
  });
  expect(stderr).toContain('so nobody is created');
  expect(code).toBe(68);
  const check = await cli.run(['sync', 'check', '-o', 'jsonl']);
  for (const name of DEFINITIONS) expect(check.stdout).toMatch(new RegExp(`privilege.${name}","status":"problem"`));
  expect(check.code).toBe(10);
});

it.each([
  ['plug-in', 69, /nine o’clock.*Dataverse code 0x80040265, HTTP 400.*Hint: A plug-in/s],
  ['ip-firewall', 5, /IP firewall.*blocked.*Dataverse code 0x80095ffe, HTTP 403.*Hint: Ask an administrator/s],
] as const)('quotes an organization that refuses everything, without a stack: %s', async (name, exit, words) => {
  const campaign = await cli.make.campaign();
  admin().addFaults([{ match: { inBatch: false }, effect: { kind: 'refusal', name } }]);
  const { code, stderr } = await cli.run(['add', `id:${campaign}`, 'here@x.example']);
  expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(code).toBe(exit);
});
