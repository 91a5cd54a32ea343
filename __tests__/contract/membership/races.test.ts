/** What others do in between: other processes, other people, and the run that died. */
import { randomUUID } from 'node:crypto';
import { createdPersonId, LIST_IDS, ownListId } from '../../../src/campaign/ids.ts';
import { eventLine } from '../../../src/change/events.ts';
import type { Session } from '../../../src/change/session.ts';
import { itAsUsual, itUnder, members } from '../../support/emulator.ts';
import { intentFor } from './dead-runs.ts';
import { byEmail, byId, jsonOf, leadRows, onceBefore, type Rig } from './harness.ts';
import { leadsWith, membersOf, truthOf } from './truth.ts';
import { useRigs } from './use-rigs.ts';

const { api, make, rigWith } = useRigs();

const mail = (name: string) => `${name}-${randomUUID().slice(0, 8)}@x.example`;

async function manyLeads(count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (let start = 0; start < ids.length; start += 500) {
    const targets = ids.slice(start, start + 500);
    const answer = await api.post('leads/Microsoft.Dynamics.CRM.CreateMultiple', {
      Targets: targets.map((leadid) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.lead', leadid, lastname: 'Many' })),
    });
    if (answer.status !== 200) throw new Error(answer.text);
  }
  return ids;
}

describe('a thousand people', () => {
  itAsUsual('cost a few requests, and at most 25 more when Dynamics refuses one of them', async () => {
    const people = await manyLeads(1000);
    const rows = leadRows(people);
    const rig = rigWith();
    const campaigns = [await make.campaign(), await make.campaign()];
    for (const campaign of campaigns) await rig.add(campaign, [byId(await make.lead())]);
    const well = await rig.add(campaigns[0] ?? '', rows);
    expect(well.fatal).toBeUndefined();
    // Two where the first call was quick; this machine may be slow.
    expect(well.requests).toBeLessThanOrEqual(6);
    expect(new Set(well.names)).toEqual(new Set(['added']));

    // The lead is closed by somebody after it was read as open.
    api.switch({ addInactivePerson: 'refused' });
    const bad = people[500] ?? '';
    const close = () => api.patch(`leads(${bad})`, { statecode: 2, statuscode: 4 });
    const other = rigWith(onceBefore(/^AddListMembersList$/, close));
    const some = await other.add(campaigns[1] ?? '', rows);
    expect(some.names.filter((name) => name === 'added')).toHaveLength(999);
    expect(some.outcomes[500]).toMatchObject({ outcome: 'rejected', code: '0x8004033b', personId: bad });
    expect(some.requests).toBeLessThanOrEqual(well.requests + 25);
    expect(some.events).toHaveLength(999);

    const removed = await rig.remove(campaigns[0] ?? '', rows);
    expect(removed.fatal).toBeUndefined();
    expect(removed.requests).toBeLessThanOrEqual(6);
    expect(new Set(removed.names)).toEqual(new Set(['removed']));
  });
});

describe('two runs at once', () => {
  // Where it adds a second row, who is added after a read that did not show them yet is there twice.
  itUnder({ addExistingMember: 'ignored' }).each([{}, { readAfterWrite: 'late-1' as const }])(
    'leave one list, one link, one row per person and one lead per e-mail %p',
    async (switches) => {
      const campaign = await make.campaign();
      const leads = [await make.lead(), await make.lead(), await make.lead()];
      const emails = [mail('twin-a'), mail('twin-b')];
      api.switch(switches);
      const twins = () => emails.map((email) => byEmail(email, { lastname: 'Twin' }));
      const add = (rig: Rig) => rig.add(campaign, [...leads.map((id) => byId(id)), ...twins()], { batchSize: 2 });
      const results = await Promise.all([rigWith(), rigWith()].map(add));
      for (const result of results) expect(result.fatal).toBeUndefined();
      const truth = await truthOf(api, campaign);
      const created = (await Promise.all(emails.map((email) => leadsWith(api, email)))).flat();
      expect(created).toHaveLength(2);
      expect(truth.lists).toHaveLength(1);
      expect(truth.people).toEqual([...leads, ...created.map((row) => String(row.leadid))].sort());
      const names = results.flatMap((result) => result.names);
      expect(names.filter((name) => name !== 'added' && name !== 'already-member')).toEqual([]);
      const added = results.flatMap((result) => result.events.filter((event) => event.type.endsWith('.added')));
      expect(new Set(added.map((event) => event.id)).size).toBe(5);
    },
  );

  it('two chunks in flight with the same new e-mail make one lead and put it in once', async () => {
    api.switch({ addExistingMember: 'second-row' });
    const campaign = await make.campaign();
    const email = mail('overlap');
    const rows = Array.from({ length: 12 }, () => byEmail(email, { lastname: 'Overlap' }));
    const result = await rigWith().add(campaign, rows, { batchSize: 1, limit: 6 });
    expect(result.names.filter((name) => name === 'added')).toHaveLength(1);
    expect((await truthOf(api, campaign)).people).toHaveLength(1);
    expect(await leadsWith(api, email)).toHaveLength(1);
    expect(result.events).toHaveLength(2);
  });
});

describe('a derived id', () => {
  it('is never used for an e-mail that its lead does not have any more', async () => {
    const campaign = await make.campaign();
    const [first, later] = [mail('first'), mail('later')];
    const rig = rigWith();
    const one = await rig.add(campaign, [byEmail(first, { lastname: 'One' })]);
    const id = one.outcomes[0]?.personId ?? '';
    // Read until nothing is late any more (U22).
    expect((await truthOf(api, campaign)).people).toEqual([id]);
    await rig.remove(campaign, [byId(id)]);
    await api.patch(`leads(${id})`, { emailaddress1: later });
    const two = await rig.add(campaign, [byEmail(first, { lastname: 'Two' })]);
    expect(two.names).toEqual(['added']);
    const [second] = await leadsWith(api, first);
    expect(second?.leadid).not.toBe(id);
    expect((await truthOf(api, campaign)).people).toEqual([second?.leadid]);
  });

  it('makes way for the next one when its lead was deleted and its id is kept (U31)', async () => {
    const campaign = await make.campaign();
    const email = mail('deleted');
    const rig = rigWith();
    const one = await rig.add(campaign, [byEmail(email, { lastname: 'One' })]);
    await api.delete(`leads(${one.outcomes[0]?.personId})`);
    api.switch({ reusedId: 'refused' });
    const two = await rig.add(campaign, [byEmail(email, { lastname: 'One' })]);
    expect(two.names).toEqual(['added']);
    expect(await leadsWith(api, email)).toHaveLength(1);
    expect((await truthOf(api, campaign)).people).toHaveLength(1);
  });

  it('has no date in it: runs that began on different days make one record at the same moment', async () => {
    const campaign = await make.campaign();
    const email = mail('midnight');
    const rows = [byEmail(email, { lastname: 'One' })];
    const rules = { duplicateRules: 'ignore' as const };
    const today = rigWith();
    const tomorrow = rigWith(onceBefore(/^leads$/, () => today.add(campaign, rows, { rules })));
    tomorrow.clock.advance(24 * 60 * 60 * 1000);
    const second = await tomorrow.add(campaign, rows, { rules });
    expect(await leadsWith(api, email)).toHaveLength(1);
    expect(second.events.map(({ type }) => type)).not.toContain('dyncamp.person.created');
  });

  it('goes on to the next number where others have it, ten at most', async () => {
    const campaign = await make.campaign();
    const { organizationId } = api.emulator();
    const rig = rigWith();
    const rowWithTaken = async (email: string, count: number) => {
      for (let sequence = 1; sequence <= count; sequence += 1) await take(idOf(email, sequence));
      return byEmail(email, { lastname: 'Ten' });
    };
    const idOf = (email: string, sequence: number) =>
      createdPersonId({ organizationId, personType: 'lead', email, sequence });
    const take = (leadid: string) => api.post('leads', { leadid, lastname: 'Other', emailaddress1: mail('other') });
    const none = await rowWithTaken(mail('ten'), 10);
    expect((await rig.add(campaign, [none])).outcomes).toMatchObject([{ outcome: 'rejected', code: 'ID_TAKEN' }]);
    const email = mail('nine');
    const one = await rowWithTaken(email, 9);
    expect((await rig.add(campaign, [one], { rules: { isDryRun: true } })).names).toEqual(['added']);
    expect((await rig.add(campaign, [one])).outcomes).toMatchObject([
      { outcome: 'added', created: true, personId: idOf(email, 10) },
    ]);
  });

  it('that another run takes between read and write is that person', async () => {
    const campaign = await make.campaign();
    // Equal in upper case in every collation: no i.
    const email = mail('soon');
    const { organizationId } = api.emulator();
    const lead = createdPersonId({ organizationId, personType: 'lead', email, sequence: 1 });
    const meanwhile = { leadid: lead, lastname: 'Meanwhile', emailaddress1: email.toUpperCase() };
    const rig = rigWith(onceBefore(/^AddListMembersList$/, () => api.post('leads', meanwhile)));
    const result = await rig.add(campaign, [byEmail(email, { lastname: 'Meanwhile' })]);
    expect(result.outcomes).toMatchObject([{ outcome: 'added', personId: lead, created: false }]);
    expect(result.events.map((event) => event.type)).toEqual(['dyncamp.person.added']);
    expect(await leadsWith(api, email)).toHaveLength(1);
  });

  it.each([{}, { readAfterWrite: 'late-3' as const, addExistingLink: 'error-412' as const }])(
    'belongs to a list of ours that was deleted: another one is made, also where the id is kept (U31) %p',
    async (switches) => {
      const campaign = await make.campaign();
      const [lead, other] = [await make.lead(), await make.lead()];
      const [rig, beside] = [rigWith(), rigWith()];
      await rig.add(campaign, [byId(lead)]);
      const used = new Set<string | undefined>();
      for (let deleted = 1; deleted < LIST_IDS; deleted += 1) {
        const [list] = (await truthOf(api, campaign)).lists;
        used.add(list?.id);
        await api.delete(`lists(${list?.id})`);
        api.switch({ ...switches, reusedId: 'refused' });
        const both = await Promise.all([rig.add(campaign, [byId(lead)]), beside.add(campaign, [byId(other)])]);
        for (const { names, fatal } of both) expect({ names, fatal }).toEqual({ names: ['added'], fatal: undefined });
        const truth = await truthOf(api, campaign);
        expect(truth).toMatchObject({ people: [lead, other].sort(), lists: [{ name: `Mkto-leads-${campaign}` }] });
        expect(truth.lists).toHaveLength(1);
      }
      expect(used.size).toBe(LIST_IDS - 1);
      expect((await rig.add(campaign, [byId(lead)])).names).toEqual(['already-member']);
      expect((await rig.remove(campaign, [byId(lead)])).names).toEqual(['removed']);
    },
  );

  it('belongs to a deleted list, as all others of the campaign do: a list made by hand is used (U31)', async () => {
    const campaign = await make.campaign();
    const lead = await make.lead();
    const rig = rigWith();
    api.switch({ reusedId: 'refused' });
    for (let deleted = 0; deleted < LIST_IDS; deleted += 1) {
      const listid = ownListId(api.emulator().organizationId, campaign, 'lead', deleted);
      await make.leadList({ listid });
      await api.delete(`lists(${listid})`);
    }
    const none = await rig.add(campaign, [byId(lead)]);
    const name = `Mkto-leads-${campaign}`;
    expect(none.fatal).toMatchObject({ code: 'LIST_NOT_MADE', hint: expect.stringContaining(`"${name}"`) });
    const byHand = await make.leadList({ listname: name });
    expect(await rig.add(campaign, [byId(lead)])).toMatchObject({ names: ['added'], fatal: undefined });
    expect(await truthOf(api, campaign)).toMatchObject({ people: [lead], lists: [{ id: byHand, name }] });
  });
});

describe('settling what a dead run left', () => {
  /** A campaign whose list has one lead on it, and the machine that put it there. */
  async function started() {
    const [campaign, rig] = [await make.campaign(), rigWith()];
    await rig.add(campaign, [byId(await make.lead())]);
    return { campaign, rig };
  }

  const land = (list: { readonly id: string }, lead: string, headers?: Record<string, string>) =>
    api.post(`lists(${list.id})/Microsoft.Dynamics.CRM.AddMemberList`, { EntityId: lead }, headers);

  async function beginLike(
    rig: Rig,
    campaign: string,
    kind: 'add' | 'remove',
    id: string,
    meanwhile: (session: Session, intentId: number | undefined) => void = () => undefined,
  ) {
    const session = await rig.session(campaign);
    const [list] = (await truthOf(api, campaign)).lists;
    if (list === undefined) throw new Error('the campaign has a list');
    const [row] = await membersOf(api, list.id);
    const { listmemberid, createdon } = row ?? {};
    const member = { listMemberId: String(listmemberid), createdOn: String(createdon), createdBy: session.userId };
    const email = 'settled@x.example';
    const place = { source: 'old.csv', line: 7, ref: email };
    const before = kind === 'add' ? undefined : member;
    const [intentId] = session.runJournal.begin([intentFor(id, list, { kind, email, place, before })]);
    meanwhile(session, intentId);
    rig.reopen();
    return { list, runId: session.runJournal.id };
  }

  it('tells an addition that was done under the run and the input that asked for it', async () => {
    const { campaign, rig } = await started();
    const lead = await make.lead();
    const { list, runId } = await beginLike(rig, campaign, 'add', lead);
    await land(list, lead);
    const repeated = await rig.add(campaign, [byId(lead)]);
    expect(repeated.names).toEqual(['added']);
    expect(repeated.events).toHaveLength(1);
    expect(jsonOf(repeated.events[0])).toMatchObject({
      data: { run: runId, input: { source: 'old.csv', line: 7 }, person: { id: lead } },
    });
    expect(await rig.add(campaign, [byId(lead)])).toMatchObject({ names: ['already-member'], events: [] });
  });

  it('tells a removal that was done, once', async () => {
    const campaign = await make.campaign();
    const rig = rigWith();
    const lead = await make.lead();
    await rig.add(campaign, [byId(lead)]);
    const { list } = await beginLike(rig, campaign, 'remove', lead);
    await api.post('RemoveListMembersList', members(list.id, 'lead', [lead]));
    const repeated = await rig.remove(campaign, [byId(lead)]);
    expect(repeated.names).toEqual(['removed']);
    expect(repeated.events).toHaveLength(1);
    expect(await rig.remove(campaign, [byId(lead)])).toMatchObject({ names: ['not-member'], events: [] });
  });

  it('does what was not done, whoever asks again, and keeps young doubts open', async () => {
    const { campaign, rig } = await started();
    const [lead, bystander] = [await make.lead(), await make.lead()];
    await beginLike(rig, campaign, 'add', lead);
    await beginLike(rig, campaign, 'add', bystander);
    const repeated = await rig.add(campaign, [byId(lead)]);
    expect(repeated).toMatchObject({ names: ['added'], fatal: undefined });
    expect(repeated.events).toHaveLength(1);
    expect(rig.journal().openIntents(campaign)).toMatchObject([{ personId: bystander }]);
    rig.clock.advance(5 * 60_000);
    await rig.add(campaign, [byId(lead)]);
    expect(rig.journal().openIntents(campaign)).toEqual([]);
  });

  it.each([
    ['forward', 6 * 60_000],
    ['back', -365 * 24 * 3_600_000],
  ])(
    'keeps open what may still be on its way when the clock of the machine is set %s, and tells it',
    async (_to, ms) => {
      const { campaign, rig } = await started();
      const lead = await make.lead();
      const { list, runId } = await beginLike(rig, campaign, 'add', lead);
      rig.clock.set(ms);
      await rig.add(campaign, [byId(await make.lead())]);
      expect(rig.journal().openIntents(campaign)).toHaveLength(1);
      await land(list, lead);
      const repeated = await rig.add(campaign, [byId(lead)]);
      expect(repeated.names).toEqual(['added']);
      expect(repeated.events.map((event) => event.runId)).toEqual([runId]);
    },
  );

  it('tells what landed after it was closed as not done, when somebody meets it, once', async () => {
    const { campaign, rig } = await started();
    const lead = await make.lead();
    const { list, runId } = await beginLike(rig, campaign, 'add', lead);
    rig.clock.advance(6 * 60_000);
    await rig.add(campaign, [byId(await make.lead())]);
    expect(rig.journal().openIntents(campaign)).toEqual([]);
    rig.clock.advance(-6 * 60_000);
    await land(list, lead);
    expect((await rig.add(campaign, [byId(await make.lead())])).events).toHaveLength(1);
    const met = await rig.add(campaign, [byId(lead)]);
    expect(met.names).toEqual(['added']);
    expect(met.events.map((event) => event.runId)).toEqual([runId]);
    expect(jsonOf(met.events[0])).toMatchObject({ data: { run: runId, input: { source: 'old.csv', line: 7 } } });
    expect(await rig.add(campaign, [byId(lead)])).toMatchObject({ names: ['already-member'], events: [] });
  });

  itUnder({ memberCreator: 'caller' })(
    'takes nobody for a late landing who is in by somebody else, or was in before',
    async () => {
      const campaign = await make.campaign();
      const rig = rigWith();
      const before = await make.lead();
      await rig.add(campaign, [byId(before)]);
      const lead = await make.lead();
      const { list } = await beginLike(rig, campaign, 'add', lead);
      await beginLike(rig, campaign, 'add', before);
      rig.clock.advance(6 * 60_000);
      await rig.add(campaign, [byId(await make.lead())]);
      rig.clock.advance(-6 * 60_000);
      const stranger = { Authorization: 'Bearer app:3a4ce700-0000-4000-8000-0000000000aa' };
      await land(list, lead, stranger);
      expect(await rig.add(campaign, [byId(lead), byId(before)])).toMatchObject({
        names: ['already-member', 'already-member'],
        events: [],
      });
    },
  );

  it('gives up after five minutes on what a run from the future left, as its clock was wrong', async () => {
    const { campaign, rig } = await started();
    rig.clock.advance(365 * 24 * 3_600_000);
    const lead = await make.lead();
    await beginLike(rig, campaign, 'add', lead);
    rig.clock.advance(-365 * 24 * 3_600_000);
    await rig.add(campaign, [byId(await make.lead())]);
    expect(rig.journal().openIntents(campaign)).toHaveLength(1);
    rig.clock.advance(6 * 60_000);
    await rig.add(campaign, [byId(await make.lead())]);
    expect(rig.journal().openIntents(campaign)).toEqual([]);
  });

  it('tells what was sent after a long wait for the server and lands after the next run has looked', async () => {
    const { campaign, rig } = await started();
    const lead = await make.lead();
    const { list, runId } = await beginLike(rig, campaign, 'add', lead, ({ runJournal: run }) => {
      rig.clock.advance(20 * 60_000);
      run.beat();
    });
    await rig.add(campaign, [byId(await make.lead())]);
    await land(list, lead);
    const repeated = await rig.add(campaign, [byId(lead)]);
    expect(repeated.names).toEqual(['added']);
    expect(repeated.events.map((event) => event.runId)).toEqual([runId]);
  });

  it('tells what a dead run sent and lands after a repetition took it over and did not come to it', async () => {
    const { campaign, rig } = await started();
    const lead = await make.lead();
    await beginLike(rig, campaign, 'add', lead);
    const { list, runId } = await beginLike(rig, campaign, 'add', lead, ({ runJournal: run }, intentId) => {
      run.conclude([{ intentId: intentId ?? 0, state: 'not-done' }]);
    });
    await land(list, lead);
    const repeated = await rig.add(campaign, [byId(lead)]);
    expect(repeated.names).toEqual(['added']);
    expect(repeated.events.map((event) => event.runId)).toEqual([runId]);
  });

  it('tells the events of a run that died before it told them', async () => {
    const campaign = await make.campaign();
    const rig = rigWith();
    const [lead, email] = [await make.lead(), mail('untold')];
    const rows = () => [byId(lead), byEmail(email, { lastname: 'Untold' })];
    const died = await rig.add(campaign, rows(), { crashes: true });
    rig.reopen();
    const repeated = await rig.add(campaign, rows());
    expect(repeated.names).toEqual(['added', 'added']);
    expect(repeated.outcomes.map((outcome) => outcome.created === true)).toEqual([false, true]);
    expect(repeated.events.map(eventLine)).toEqual(died.events.map(eventLine));
    expect((await rig.add(campaign, rows())).events).toEqual([]);
  });
});
