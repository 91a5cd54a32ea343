/**
 * Every command of the program, with the options that change what it asks Dataverse for. Whatever is sent meanwhile, here and in all other
 * tests, is held against the schema when the emulator closes; here it is also seen that no command and no kind of request is left out.
 */
import type { Command } from 'commander';
import { readGlobalOptions } from '../../src/cli/global-options.ts';
import { addCommands, createProgram } from '../../src/cli/program.ts';
import { openContext } from '../../src/run/context.ts';
import { MARKETO_USER_ID, useCampaignCli } from '../support/campaign-cli.ts';
import { USUAL } from '../support/emulator.ts';
import type { Sent } from '../support/request-check/watch-requests.ts';
import { jsonLines } from '../support/run-cli.ts';
import { APPLICATION, SECRET, TENANT, useSignInCli } from '../support/sign-in-cli.ts';

/** Commands that ask Dataverse for nothing, and what they do instead. */
const SILENT: Readonly<Record<string, string>> = {
  completion: 'prints a script',
  emulator: 'is the server',
  environment: 'is a page of help',
  'events list': 'reads the journal',
  'exit-codes': 'is a page of help',
  login: 'asks the identity provider only',
  logout: 'forgets what is kept on this machine',
  'profiles list': 'reads the settings',
  'profiles remove': 'changes the settings',
  'profiles show': 'reads the settings',
  'profiles use': 'changes the settings',
  'runs list': 'reads the journal',
  'runs show': 'reads the journal',
  version: 'says what is installed',
};

const cli = useCampaignCli({
  seed: 'none',
  extraColumns: [
    { table: 'lead', name: 'new_marketoid', type: 'string', label: 'Marketo id' },
    { table: 'contact', name: 'new_marketoid', type: 'string', label: 'Marketo id' },
    { table: 'lead', name: 'new_score', type: 'integer', label: 'Score' },
  ],
});

const signedIn = useSignInCli();

/** Words of every command that does something, hidden ones too. */
async function commandPaths(): Promise<readonly string[]> {
  const program = createProgram({ write: () => undefined });
  await addCommands(program, openContext(process, () => readGlobalOptions(program)).context);
  const leaves = (command: Command, path: string): readonly string[] =>
    command.commands.length === 0 ? [path] : command.commands.flatMap((sub) => leaves(sub, `${path} ${sub.name()}`));
  const paths = program.commands.flatMap((command) => leaves(command, command.name()));
  // Help asks nobody anything.
  return paths.filter((path) => !/(?:^| )help$/.test(path));
}

/** What was sent for each command so far. */
const sentBy = new Map<string, readonly Sent[]>();

async function run(command: string, ...args: readonly string[]) {
  return runWith(cli, command, args);
}

async function runWith({ api, run: start }: Pick<typeof cli, 'api' | 'run'>, command: string, args: readonly string[]) {
  const before = api.sent().length;
  const { code, stdout, stderr } = await start([...command.split(' '), ...args]);
  // 10: `sync check` found something.
  if (code !== 0 && code !== 10) throw new Error(`${command} ${args.join(' ')}: ${code} ${stderr}`);
  sentBy.set(command, [...(sentBy.get(command) ?? []), ...api.sent().slice(before)]);
  return command.startsWith('__') || command === 'completion' ? [] : jsonLines(stdout);
}

async function makePeople(): Promise<{ readonly campaign: string; readonly list: string }> {
  const campaign = await cli.make.campaign({ name: 'Every request' });
  const lead = await cli.make.lead({ emailaddress1: 'lead@x.example', new_marketoid: '101' });
  await cli.make.contact({ emailaddress1: 'contact@x.example' });
  const list = await cli.make.leadList({ listname: 'Guests' });
  await cli.putOn(list, 'lead', [lead]);
  return { campaign, list };
}

describe('the requests of all commands', () => {
  it('of campaigns and their people', async () => {
    const { campaign, list } = await makePeople();
    const people = cli.file('people.csv', 'email,Last Name\nlead@x.example,\ncontact@x.example,\nnew@x.example,New\n');
    await run('campaigns list', '--all', '--counts', '--search', 'Every');
    await run('__complete', '--', 'add', '');
    await run('add', 'name:Every request', '-f', people, '--set', 'new_score=7', '--set', 'donotemail=yes');
    await run('add', campaign, 'lead@x.example', '--dry-run');
    await run('add', campaign, '--from-list', 'Guests', '--allow-shared-list');
    const byColumn = cli.file('ids.csv', 'id,email\n101,lead@x.example\n');
    await run('add', campaign, '-f', byColumn, '--match-by', 'new_marketoid', '--map', 'id=new_marketoid');
    await run('add', campaign, 'twice@x.example', '--on-ambiguous', 'newest', '--max-failures', '1');
    await run('members list', campaign);
    await run('members find', 'lead@x.example');
    const wanted = cli.file('wanted.txt', 'contact@x.example\nlead@x.example\n');
    await run('apply', campaign, '-f', wanted, '--added-by', MARKETO_USER_ID);
    await run('remove', campaign, '--from-list', list, '--max-removals', '5');
    await run('remove', campaign, 'contact@x.example', '--added-by', 'anyone', '--allow-inactive');
  });

  it('of what keeps it right, and takes it back', async () => {
    const campaign = await cli.make.campaign({ name: 'Kept right' });
    await cli.make.lead({ emailaddress1: 'kept@x.example' });
    await run('add', campaign, 'kept@x.example');
    const [added] = await run('runs list', '-n', '1', '-o', 'jsonl');
    await run('runs show', String(added?.id));
    await run('events list');
    await run('events replay', '--from-server', '--since', '2020-01-01', '--campaign', campaign);
    await run('sync check', campaign, '--deep');
    await cli.make.leadList({ listname: `Mkto-leads-${campaign}` });
    const [own] = await cli.ownLists(campaign);
    await cli.api.patch(`lists(${own?.listid})`, { listname: 'Renamed', lockstatus: true });
    const copy = await cli.make.campaign({ name: 'Copy' });
    await cli.link(String(own?.listid), copy);
    await run('sync repair', campaign, '--yes', '--unlock', '--unlink-from', `id:${copy}`);
    await run('runs undo', String(added?.id), '--yes');
  });

  it('of what takes the place of actions that are refused or not offered', async () => {
    const absent = 'absent';
    cli.api.switch({ ...USUAL, addItemCampaign: absent, removeItemCampaign: absent, removeListMembersList: absent });
    const match = { operation: 'AddListMembersList' };
    const effect = { kind: 'fail-part', status: 400, code: '0x80040216', message: 'Unexpected.' } as const;
    cli.api.emulator().admin.addFaults([{ match, effect, times: 1 }]);
    const campaign = await cli.make.campaign({ name: 'Second ways' });
    await cli.make.lead({ emailaddress1: 'second@x.example' });
    await run('add', campaign, 'second@x.example');
    await run('remove', campaign, 'second@x.example');
    const copy = await cli.make.campaign({ name: 'Copied' });
    const [own] = await cli.ownLists(campaign);
    const reference = { '@odata.id': `lists(${own?.listid})` };
    await cli.api.post(`campaigns(${copy})/campaignlist_association/$ref`, reference);
    await run('sync repair', campaign, '--yes', '--unlink-from', `id:${copy}`);
  });

  it('of settings and the rest', async () => {
    const { url } = signedIn.api.emulator();
    const application = ['--tenant', TENANT, '--client-id', APPLICATION, '--secret-file', signedIn.file('key', SECRET)];
    const here = { api: signedIn.api, run: (args: readonly string[]) => signedIn.run(args) };
    await runWith(here, 'profiles add', ['kept', '--url', url, '--sign-in', 'client-secret', ...application]);
    for (const command of ['profiles show', 'profiles use']) await runWith(here, command, ['kept']);
    await runWith(here, 'profiles remove', ['kept', '--yes']);
    await runWith(here, 'profiles list', []);
    await runWith(here, 'completion', ['bash']);
  });

  it('leave no command out: it has sent something here, or is named as one that never does', async () => {
    const sending = [...sentBy].filter(([, sent]) => sent.length > 0).map(([command]) => command);
    expect([...sending, ...Object.keys(SILENT)].toSorted()).toEqual((await commandPaths()).toSorted());
  });

  it('are of every kind that the client has', () => {
    const kinds = new Set(cli.api.sent().map(({ method, operation }) => `${method} ${operation}`));
    const wanted = {
      GET: 'WhoAmI RetrieveMultiple EntityDefinitions RetrieveUserSetOfPrivilegesByNames RetrieveCurrentOrganization',
      POST: 'Create AddItemCampaign RemoveItemCampaign AddListMembersList RemoveListMembersList AddMemberList RemoveMemberList Associate',
      DELETE: 'Disassociate',
      PATCH: 'Upsert',
    };
    const all = Object.entries(wanted).flatMap(([method, each]) => each.split(' ').map((name) => `${method} ${name}`));
    expect([...kinds]).toEqual(expect.arrayContaining(all));
    const paths = cli.api.sent().map(({ path }) => path);
    for (const form of ['fetchXml=', '$filter=', 'campaignlist_association', '$select=', 'new_marketoid']) {
      expect(paths.some((path) => path.includes(form))).toBe(true);
    }
  });
});
