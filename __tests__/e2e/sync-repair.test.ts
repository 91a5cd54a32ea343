/** `dyncamp sync repair` as a process, against an emulator over HTTP: each step does what it says, and no more. */
import { randomUUID } from 'node:crypto';
import { MARKETO_USER_ID } from '../../src/emulator/seed/bare-organization.ts';
import { itUnder, type Json, makers, members, useEmulator } from '../support/emulator.ts';
import { jsonLines, runCli } from '../support/run-cli.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);

const env = () => ({ DYNCAMP_URL: api.emulator().url, DYNCAMP_ACCESS_TOKEN: 'any' });
const repair = (...args: readonly string[]) => runCli(['sync', 'repair', ...args], { env: env() });
const steps = (stdout: string) => jsonLines(stdout).map((row) => [row.step, row.status]);

async function campaign(name = `Repair ${randomUUID()}`): Promise<{ readonly name: string; readonly id: string }> {
  return { name, id: await make.campaign({ name }) };
}

async function list(campaignId: string, more: Json = {}): Promise<string> {
  const id = await make.leadList({ listname: `Mkto-leads-${campaignId}`, ...more });
  await link(id, campaignId);
  return id;
}

async function link(listId: string, campaignId: string): Promise<void> {
  const Campaign = { '@odata.type': 'Microsoft.Dynamics.CRM.campaign', campaignid: campaignId };
  expect((await api.post(`lists(${listId})/Microsoft.Dynamics.CRM.AddItemCampaign`, { Campaign })).status).toBe(200);
}

const linked = async (campaignId: string) =>
  (await api.rows(`campaigns(${campaignId})/campaignlist_association?$select=listid`)).map((row) => row.listid).sort();
const onList = async (listId: string) =>
  (await api.rows(`listmembers?$select=_entityid_value&$filter=_listid_value eq ${listId}`))
    .map((row) => row._entityid_value)
    .sort();
const nameOf = async (listId: string) => (await api.get(`lists(${listId})?$select=listname`)).json.listname;

describe('dyncamp sync repair', () => {
  it('links a detached list again', async () => {
    const { id } = await campaign();
    const listId = await make.leadList({ listname: `Mkto-leads-${id}` });
    await api.post('AddListMembersList', members(listId, 'lead', [await make.lead()]));
    const { code, stdout } = await repair(`id:${id}`, '--yes');
    expect(steps(stdout)).toEqual([['link', 'done']]);
    expect(code).toBe(0);
    expect(await linked(id)).toEqual([listId]);
  });

  it('unlocks only when it is told to: --yes does not imply it', async () => {
    const { id } = await campaign();
    const listId = await list(id, { lockstatus: true });
    expect(await repair(`id:${id}`, '--yes')).toMatchObject({
      code: 10,
      stdout: '',
      stderr: expect.stringContaining('--unlock'),
    });
    expect((await api.get(`lists(${listId})?$select=lockstatus`)).json.lockstatus).toBe(true);
    // What was written a moment ago may not show yet (U22).
    api.switch({ readAfterWrite: 'late-1' });
    expect((await repair(`id:${id}`, '--yes', '--unlock')).code).toBe(0);
    expect((await api.get(`lists(${listId})?$select=lockstatus`)).json.lockstatus).toBe(false);
  });

  it('takes a list off another campaign only when that one is named', async () => {
    const { id } = await campaign();
    const other = await campaign();
    const listId = await list(id);
    await link(listId, other.id);
    expect(await repair(`id:${id}`, '--yes')).toMatchObject({
      code: 10,
      stderr: expect.stringContaining('To unlink it there: --unlink-from CMP-'),
    });
    expect(await linked(other.id)).toEqual([listId]);
    expect((await repair(`id:${id}`, '--yes', '--unlink-from', other.name)).code).toBe(0);
    expect([await linked(id), await linked(other.id)]).toEqual([[listId], []]);
  });

  itUnder({ memberCreator: 'caller' })('merges doubled lists, and moves only the members that we added', async () => {
    const { id } = await campaign();
    const first = await list(id);
    const second = await list(id);
    const [ours, theirs, both] = [await make.lead(), await make.lead(), await make.lead()];
    await api.post('AddListMembersList', members(first, 'lead', [both]));
    await api.post('AddListMembersList', members(second, 'lead', [ours, both]));
    await api.post('AddListMembersList', members(second, 'lead', [theirs]), { MSCRMCallerID: MARKETO_USER_ID });
    const { code, stdout } = await repair(`id:${id}`, '--yes');
    expect(steps(stdout)).toEqual([['merge', 'done']]);
    expect(code).toBe(0);
    const left = String(await nameOf(second)).startsWith('Former')
      ? { kept: first, former: second }
      : { kept: second, former: first };
    const onBoth = [...(await onList(left.kept)), ...(await onList(left.former))];
    expect(new Set(onBoth)).toEqual(new Set([ours, theirs, both]));
    expect((await onList(second)).includes(theirs)).toBe(true);
    expect(await onList(left.kept)).toEqual(expect.arrayContaining([ours, both]));
    // The merged list is no own list any more, and those of others on it are still in the campaign.
    expect((await repair(`id:${id}`, '--yes')).stderr).toContain('Nothing to repair');
    expect(await linked(id)).toEqual([first, second].sort());
  });

  it('unlocks and activates doubled lists before it merges them', async () => {
    const { id } = await campaign();
    const lists = [await list(id), await list(id)];
    const person = await make.lead();
    for (const each of lists) await api.post('AddListMembersList', members(each, 'lead', [person]));
    for (const each of lists) await api.patch(`lists(${each})`, { lockstatus: true });
    const { code, stdout } = await repair(`id:${id}`, '--yes', '--unlock');
    expect(steps(stdout)).toEqual([
      ['unlock', 'done'],
      ['unlock', 'done'],
      ['merge', 'done'],
    ]);
    expect(code).toBe(0);
    expect((await repair(`id:${id}`)).stderr).toContain('Nothing to repair');
  });

  it('gives a copied campaign a list of its own, and leaves the original alone', async () => {
    const original = await campaign();
    const copy = await campaign();
    const listId = await list(original.id);
    await api.post('AddListMembersList', members(listId, 'lead', [await make.lead()]));
    await link(listId, copy.id);
    const { code, stdout } = await repair(`id:${copy.id}`, '--yes');
    expect(steps(stdout)).toEqual([
      ['make', 'done'],
      ['unlink-copied', 'done'],
    ]);
    // By its name: its id is one of several, where earlier ones belong to deleted lists.
    expect(jsonLines(stdout)[0]?.undo).toBe(`In Dynamics, delete list "Mkto-leads-${copy.id}".`);
    expect(code).toBe(0);
    expect(await linked(original.id)).toEqual([listId]);
    expect(await linked(copy.id)).toEqual([expect.not.stringContaining(listId)]);
    expect(await onList(listId)).toHaveLength(1);
  });

  it('writes nothing with --dry-run, and stops where nobody can be asked', async () => {
    const { id } = await campaign();
    const listId = await make.leadList({ listname: `Mkto-leads-${id}` });
    await api.post('AddListMembersList', members(listId, 'lead', [await make.lead()]));
    const before = await linked(id);
    expect((await repair(`id:${id}`, '--dry-run')).code).toBe(10);
    expect(await repair(`id:${id}`)).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect(await linked(id)).toEqual(before);
  });
});
