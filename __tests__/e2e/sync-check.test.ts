/** `dyncamp sync check` as a process, against an emulator over HTTP. Each test makes the campaigns that it looks at. */
import { randomUUID } from 'node:crypto';
import { MARKETO_APPLICATION_ID } from '../../src/emulator/seed/bare-organization.ts';
import { itAsUsual, itUnder, makers, members, useEmulator } from '../support/emulator.ts';
import { type CliOptions, jsonLines, runCli } from '../support/run-cli.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
const USER_ID = 'd1c0a111-0000-4000-8000-000000000001';

afterEach(() => api.emulator().admin.setPrivileges(USER_ID, null));

type Row = Readonly<Record<string, unknown>>;

async function check(args: readonly string[] = [], options: CliOptions = {}) {
  const env = { DYNCAMP_URL: api.emulator().url, DYNCAMP_ACCESS_TOKEN: 'any', ...options.env };
  const result = await runCli(['sync', 'check', ...args], { ...options, env });
  return { ...result, rows: (): readonly Row[] => jsonLines(result.stdout) };
}

function byId(rows: readonly Row[]): ReadonlyMap<unknown, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

/** A campaign with a leads list named as its own; unlinked where that is wanted. */
async function campaignWithList(list: Row = {}, { isLinked = true } = {}) {
  const name = `Check ${randomUUID()}`;
  const campaignId = await make.campaign({ name });
  const listId = await make.leadList({ listname: `Mkto-leads-${campaignId}`, ...list });
  if (isLinked) await link(listId, campaignId);
  return { name, campaignId, listId };
}

async function link(listId: string, campaignId: string): Promise<void> {
  const body = { Campaign: { '@odata.type': 'Microsoft.Dynamics.CRM.campaign', campaignid: campaignId } };
  const answer = await api.post(`lists(${listId})/Microsoft.Dynamics.CRM.AddItemCampaign`, body);
  expect(answer.status).toBe(200);
}

/** Every read whose path has this text in it is refused for want of a privilege. */
function refuse(path: string, privilege: string): void {
  const message = `Principal user is missing ${privilege} privilege`;
  const effect = { kind: 'fail-part' as const, status: 403, code: '0x80040220', message };
  api.emulator().admin.addFaults([{ match: { path }, effect }]);
}

describe('dyncamp sync check', () => {
  itUnder({ privilegesByNames: 'full' })(
    'ends with 0 when all is well, warnings included, and says the sum on stderr',
    async () => {
      const { name } = await campaignWithList();
      const result = await check([name]);
      expect(result).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/^\d+ checks: \d+ ok, 0 warnings, 0 problems, 0 not/m),
      });
      const rows = byId(result.rows());
      for (const id of 'connection sign-in user organization version marketo.solution campaign members'.split(' '))
        expect(rows.get(id)).toMatchObject({ status: 'ok' });
      expect(rows.get('lists.unlocked')).toMatchObject({ status: 'ok', campaign: name });
    },
  );

  it('ends with 10 at a problem, which has its remedy', async () => {
    const { name, campaignId } = await campaignWithList({ lockstatus: true });
    const { code, rows } = await check([name]);
    expect(code).toBe(10);
    expect(byId(rows()).get('lists.unlocked')).toMatchObject({
      status: 'problem',
      remedy: expect.stringContaining(`dyncamp sync repair id:${campaignId} --unlock`),
      campaignId,
    });
  });

  it('finds a detached list, and one that another campaign uses too', async () => {
    const detached = await campaignWithList({}, { isLinked: false });
    await api.post('AddListMembersList', members(detached.listId, 'lead', [await make.lead()]));
    const shared = await campaignWithList();
    await link(shared.listId, await make.campaign({ name: 'The copy' }));
    expect(byId((await check([detached.name])).rows()).get('lists.linked')).toMatchObject({ status: 'problem' });
    // It is read three times more: a test below counts the requests for all campaigns.
    await link(detached.listId, detached.campaignId);
    const rows = byId((await check([shared.name])).rows());
    expect(rows.get('lists.shared')).toMatchObject({ status: 'problem' });
    expect(rows.get('lists.copied')).toMatchObject({ status: 'warning', found: expect.stringContaining('"The copy"') });
  });

  itUnder({ memberCreator: 'caller' })('counts members by who added them', async () => {
    const { name, listId } = await campaignWithList();
    await api.post('AddListMembersList', members(listId, 'lead', [await make.lead(), await make.lead()]));
    const marketo = { Authorization: `Bearer app:${MARKETO_APPLICATION_ID}` };
    await api.post('AddListMembersList', members(listId, 'lead', [await make.lead()]), marketo);
    expect(byId((await check([name])).rows()).get('members')).toMatchObject({
      status: 'warning',
      found: expect.stringContaining('3 on the own lists, added: 2 by "dyncamp", 1 by "Marketo Sync User".'),
    });
  });

  itAsUsual('looks at all active campaigns with own lists when none is named, in few requests', async () => {
    const names = [(await campaignWithList()).name, (await campaignWithList()).name];
    await make.campaign({ name: 'Without lists' });
    api.emulator().admin.clearRequests();
    const { rows } = await check();
    const seen = rows().map((row) => row.campaign);
    expect(seen).toEqual(expect.arrayContaining(names));
    expect(seen).not.toContain('Without lists');
    expect(rows().at(-1)).toMatchObject({ id: 'campaigns', status: 'ok' });
    expect(
      api
        .emulator()
        .requests()
        .filter(({ path }) => path.includes('/api/')).length,
    ).toBeLessThanOrEqual(10);
  });

  it('writes nothing', async () => {
    await campaignWithList();
    api.emulator().admin.clearRequests();
    await check(['--deep']);
    const parts = api.emulator().requests();
    expect(parts.length).toBeGreaterThan(0);
    expect(parts.filter(({ method, path }) => method !== 'GET' && !path.includes('$batch'))).toEqual([]);
  });
});

describe('dyncamp sync check on privileges and users', () => {
  itUnder({ privilegesByNames: 'full' })(
    'names missing and shallow privileges, and checks the rest all the same',
    async () => {
      api
        .emulator()
        .admin.setPrivileges(USER_ID, { prvReadContact: 'Basic', prvAppendToList: 'None', prvAppendLead: 'Basic' });
      const { code, rows } = await check();
      expect(code).toBe(10);
      const found = byId(rows());
      expect(found.get('privilege.prvReadContact')).toMatchObject({
        status: 'problem',
        found: expect.stringContaining('Basic'),
      });
      expect(found.get('privilege.prvAppendToList')).toMatchObject({
        status: 'problem',
        found: expect.stringContaining('Missing'),
      });
      expect(found.get('privilege.prvAppendLead')).toMatchObject({ status: 'warning' });
      expect(found.get('privilege.prvReadLead')).toMatchObject({ status: 'ok' });
    },
  );

  itUnder({ privilegesByNames: 'full' })('names what was refused, and checks all that does not need it', async () => {
    const { name } = await campaignWithList();
    refuse('aggregate', 'prvReadList');
    refuse('sdkmessages', 'prvReadSdkMessage');
    const { code, rows } = await check([name]);
    expect(code).toBe(10);
    const problems = rows().filter(({ status }) => status === 'problem');
    expect(new Set(problems.map(({ id }) => String(id).split('.')[0]))).toEqual(new Set(['capability', 'members']));
    expect(byId(rows()).get('capability.AddItemCampaign')?.found).toContain('prvReadSdkMessage');
    expect(byId(rows()).get('members')?.found).toContain('prvReadList');
    expect(rows().filter(({ status }) => status === 'not-checked')).toEqual([]);
  });

  it('says which check fails for a user whom the organization does not know, and leaves none out', async () => {
    const { code, rows } = await check([], { env: { DYNCAMP_ACCESS_TOKEN: `app:${randomUUID()}` } });
    expect(code).toBe(10);
    const found = byId(rows());
    expect(found.get('sign-in')).toMatchObject({ status: 'ok' });
    expect(found.get('user')).toMatchObject({
      status: 'problem',
      remedy: expect.stringContaining('Application users'),
    });
    expect(found.get('campaigns')).toMatchObject({ status: 'not-checked' });
    expect(found.get('privilege.prvReadLead')).toMatchObject({ status: 'not-checked' });
  });
});

describe('dyncamp sync check, what it prints', () => {
  it('ends with 3 for a campaign that is not there, with output that is whole', async () => {
    const { code, stdout, stderr } = await check(['No such campaign', '-o', 'json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ id: 'version', status: 'ok' }));
    expect(stderr).toContain('No campaign has the id, code or name "No such campaign"');
  });

  it('prints CSV with a header', async () => {
    const { stdout } = await check(['-o', 'csv']);
    expect(stdout.split('\r\n')[0]).toBe('id,status,found,remedy,campaign,campaignId');
  });

  itUnder({ privilegesByNames: 'full' })('prints a report for people with -o table', async () => {
    const { name } = await campaignWithList({ lockstatus: true });
    const { stdout, stderr } = await check([name, '-o', 'table']);
    expect(stdout).toMatch(/^Campaign "Check [^\n]*\n {2}PROBLEM +lists\.unlocked +Own list/);
    expect(stdout).toMatch(/^ +→ Unlock it/m);
    expect(stdout).toMatch(/^ {2}ok +Privileges +\d+ checks$/m);
    expect(stderr).toMatch(/^\d+ checks: .* 1 problem.*\nHint: Begin with: dyncamp sync repair \S+ --unlock\n$/m);
    expect((await check([name, '-o', 'table', '--verbose'])).stdout).toMatch(/^Connection\n {2}ok +connection +http/m);
  });

  it('asks the administrator for what is needed, before there is any access', async () => {
    const { code, stdout, stderr } = await runCli(['sync', 'check', '--request']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/Marketing List +Append To +Organization +prvAppendToList/);
  });

  it('fills in what settings know, and no secret', async () => {
    const env = {
      DYNCAMP_URL: 'https://contoso.crm4.dynamics.com',
      AZURE_TENANT_ID: 'contoso.com',
      AZURE_CLIENT_ID: USER_ID,
      AZURE_CLIENT_SECRET: 'planted-secret',
    };
    const { stdout } = await runCli(['sync', 'check', '--request'], { env });
    expect(stdout).toContain('Environment:  https://contoso.crm4.dynamics.com');
    expect(stdout).toContain(USER_ID);
    expect(stdout).not.toContain('planted-secret');
  });

  it('refuses --request together with --deep', async () => {
    await expect(runCli(['sync', 'check', '--request', '--deep'])).resolves.toMatchObject({ code: 2, stdout: '' });
  });
});

describe('dyncamp sync check --deep', () => {
  const answers = async () => byId((await check(['--deep'])).rows());
  beforeAll(async () => {
    const { listId } = await campaignWithList();
    await api.post('AddListMembersList', members(listId, 'lead', [await make.lead()]));
  });

  itUnder({ removeMemberList: 'no-content', removeItemCampaign: 'no-content' }).each([
    [
      { inOnEntityId: 'works', associationFilter: 'works', outerJoin: 'works', inValues: 'unlimited' },
      { U17: 'works', U19: 'works', U29: 'In: 2001 are taken', U30: 'works' },
    ],
    [
      {
        missingODataVersion: 'refused',
        batchLineEnds: 'strict',
        batchOuterStatus: 'of-the-part',
        memberCount: 'exact',
      },
      { U21: 'line feeds is refused (400); one that stops is answered 404', U26: 'OData-Version is refused (400)' },
    ],
    [
      { removeListMembersList: 'absent', addItemCampaign: 'absent' },
      {
        U9: 'RemoveListMembersList is not offered ($metadata)',
        U10: 'RemoveMemberList is offered with ListMember ($metadata)',
        U11: 'RemoveItemCampaign is offered with CampaignItem ($metadata)',
        U28: 'AddItemCampaign is not offered ($metadata)',
      },
    ],
  ] as const)('sees the answers under %j', async (switches, expected) => {
    api.switch(switches);
    const found = await answers();
    for (const [number, text] of Object.entries(expected))
      expect(found.get(`unsettled.${number}`)).toMatchObject({ status: 'ok', found: expect.stringContaining(text) });
  });

  it('leaves open what only a write would show', async () => {
    expect((await answers()).get('unsettled.U1')).toMatchObject({ status: 'not-checked' });
  });
});
