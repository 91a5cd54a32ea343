/** Answers that say nothing, or less than was asked: never "nothing is there". They are read again; in the end nobody knows, and it is said so. */
import { randomUUID } from 'node:crypto';
import type { DistortionKind, Fault } from '../../../src/emulator/faults/fault.ts';
import { TemporaryError } from '../../../src/errors.ts';
import { itUnder } from '../../support/emulator.ts';
import { beginAndDie, intentFor, told } from './dead-runs.ts';
import { byEmail, byId, leadRows, type Rig } from './harness.ts';
import { leadsWith, membersOf, truthOf } from './truth.ts';
import { useRigs } from './use-rigs.ts';

const { api, make, order, rigWith } = useRigs();
let rig: Rig;
beforeEach(() => {
  rig = rigWith();
});

const KINDS: readonly DistortionKind[] = ['empty-answer', 'no-content', 'no-value', 'error-in-ok', 'no-key'];
/** Without its key a row can only be where there are rows. */
const KINDS_WITHOUT_ROWS = KINDS.filter((kind) => kind !== 'no-key');

/** Faults of the reads of memberships meet those after a write only: those before it are joined with the people. */
const whereJoined = itUnder({ outerJoin: 'works' });

const PEOPLE = '/\\/leads\\?fetchXml/';
const MEMBERS = '/\\/listmembers\\?/';
const REMOVAL_NOT_DONE: Fault = {
  match: { operation: 'RemoveListMembersList', inBatch: true },
  effect: { kind: 'status', status: 503, html: true },
};

async function twoLeads() {
  const emails = [`a-${randomUUID()}@x.example`, `b-${randomUUID()}@x.example`];
  const leads = await Promise.all(emails.map((emailaddress1) => make.lead({ emailaddress1 })));
  return { emails, leads, campaign: await make.campaign() };
}

const known = (emails: readonly string[]) => emails.map((email) => byEmail(email, { lastname: 'Known' }));

async function twoMembers() {
  const { leads, campaign } = await twoLeads();
  const rows = leadRows(leads);
  await rig.add(campaign, rows);
  const [list] = (await truthOf(api, campaign)).lists;
  if (list === undefined) throw new Error('the list is made by the first addition');
  return { leads, campaign, rows, list };
}

describe('the read of the people', () => {
  it.each(KINDS)('that is throttled and then answered by %s makes nobody twice', async (kind) => {
    api.switch({ batchThrottling: 'part' });
    const { emails, leads, campaign } = await twoLeads();
    order(
      { match: { path: PEOPLE, inBatch: true }, times: 1, effect: { kind: 'throttle-requests', retryAfterSeconds: 1 } },
      { match: { path: PEOPLE, inBatch: false }, times: 1, effect: { kind } },
    );
    // Or the emulator's duplicate rules would refuse what must not be tried.
    const result = await rig.add(campaign, known(emails), { rules: { duplicateRules: 'ignore' } });
    expect(result.names).toEqual(['added', 'added']);
    expect(told(result).toSorted()).toEqual(leads.map((lead) => `added ${lead}`).toSorted());
    expect(await Promise.all(emails.map(async (email) => (await leadsWith(api, email)).length))).toEqual([1, 1]);
  });

  it.each(KINDS_WITHOUT_ROWS)(
    'that is always answered by %s ends as a temporary failure, and nobody is made',
    async (kind) => {
      const { emails, campaign } = await twoLeads();
      order({ match: { path: PEOPLE }, effect: { kind } });
      const result = await rig.add(campaign, known(emails));
      expect(result.fatal).toBeInstanceOf(TemporaryError);
      expect(result.fatal).toMatchObject({ code: 'ANSWER_UNUSABLE' });
      expect(result.events).toEqual([]);
      expect(await Promise.all(emails.map(async (email) => (await leadsWith(api, email)).length))).toEqual([1, 1]);
    },
  );
});

describe('the read that confirms a removal', () => {
  whereJoined.each(KINDS)('answered by %s leaves it unconfirmed; the next run ends it', async (kind) => {
    const { leads, campaign, rows, list } = await twoMembers();
    order(REMOVAL_NOT_DONE, { match: { path: MEMBERS }, effect: { kind } });
    const result = await rig.remove(campaign, rows);
    expect(result.names).toEqual(['unconfirmed', 'unconfirmed']);
    expect(result.fatal).toBeInstanceOf(TemporaryError);
    expect(result.events).toEqual([]);
    expect(rig.journal().openIntents(campaign)).toHaveLength(2);
    api.emulator().admin.clearFaults();
    expect(await membersOf(api, list.id)).toHaveLength(2);
    rig.reopen();
    const next = await rig.remove(campaign, rows);
    expect(next.names).toEqual(['removed', 'removed']);
    expect(told(next).toSorted()).toEqual(leads.map((lead) => `removed ${lead}`).toSorted());
    expect(await membersOf(api, list.id)).toEqual([]);
  });
});

describe('the read that confirms an addition', () => {
  whereJoined.each(KINDS)('answered by %s leaves it unconfirmed; the next run says what was done', async (kind) => {
    const { leads, campaign } = await twoLeads();
    await rig.add(campaign, [byId(await make.lead(), 'lead')]);
    const rows = leadRows(leads);
    order({ match: { path: MEMBERS }, effect: { kind } });
    const result = await rig.add(campaign, rows);
    expect(result.names).toEqual(['unconfirmed', 'unconfirmed']);
    expect(result.events).toEqual([]);
    api.emulator().admin.clearFaults();
    rig.reopen();
    const next = await rig.add(campaign, rows);
    expect(told(next).toSorted()).toEqual(leads.map((lead) => `added ${lead}`).toSorted());
  });
});

describe('the recovery of an interrupted removal', () => {
  it.each(KINDS)('is not answered by %s: nobody who is in is told as removed', async (kind) => {
    const { leads, campaign, list } = await twoMembers();
    const [row] = await membersOf(api, list.id);
    const before = { listMemberId: String(row?.listmemberid), createdOn: String(row?.createdon), createdBy: undefined };
    const personId = String(row?._entityid_value);
    await beginAndDie(rig, campaign, [intentFor(personId, list, { kind: 'remove', before })]);
    order({ match: { path: MEMBERS }, effect: { kind } });
    await expect(rig.add(campaign, [])).rejects.toMatchObject({ name: 'TemporaryError', code: 'ANSWER_UNUSABLE' });
    expect(rig.journal().openIntents(campaign)).toHaveLength(1);
    api.emulator().admin.clearFaults();
    order({ match: { path: MEMBERS }, times: 1, effect: { kind } });
    const result = await rig.add(campaign, []);
    expect(result.events).toEqual([]);
    expect(rig.journal().openIntents(campaign)).toHaveLength(1);
    expect((await truthOf(api, campaign)).people).toEqual([...leads].sort());
  });
});

describe('a creation whose confirming reads are answered by nothing', () => {
  whereJoined.each(KINDS_WITHOUT_ROWS)('%s: unconfirmed, and one lead in the end', async (kind) => {
    const { campaign } = await twoMembers();
    const email = `n-${randomUUID()}@x.example`;
    for (const path of ['/\\/leads\\?\\$select/', MEMBERS]) order({ match: { path }, effect: { kind } });
    const rows = [byEmail(email, { lastname: 'New' })];
    const result = await rig.add(campaign, rows);
    expect(result.names).toEqual(['unconfirmed']);
    expect(result.events).toEqual([]);
    api.emulator().admin.clearFaults();
    rig.reopen();
    const next = await rig.add(campaign, rows);
    const [lead, ...others] = await leadsWith(api, email);
    expect(others).toEqual([]);
    expect(told(next)).toEqual([`created ${String(lead?.leadid)}`, `added ${String(lead?.leadid)}`]);
  });
});

describe('any read of a run', () => {
  // Who and where, facts, the people, the leads' table, the list, its facts, the writes and their confirmation: one part of each batch.
  it.each(KINDS.flatMap((kind) => [3, 4, 5].map((every) => [kind, every] as const)))(
    'may be answered by %s, each %d. read: the same people are in, each event comes once',
    async (kind, every) => {
      const { emails, leads, campaign } = await twoLeads();
      const newcomer = `n-${randomUUID()}@x.example`;
      for (const inBatch of [true, false]) order({ match: { method: 'GET', inBatch, every }, effect: { kind } });
      const rows = [...emails.map((email) => byEmail(email)), byEmail(newcomer, { lastname: 'New' })];
      const results = [await rig.add(campaign, rows)];
      api.emulator().admin.clearFaults();
      rig.reopen();
      rig.clock.advance(6 * 60_000);
      results.push(await rig.add(campaign, rows));
      const created = await leadsWith(api, newcomer);
      expect(created).toHaveLength(1);
      const id = String(created[0]?.leadid);
      expect((await truthOf(api, campaign)).people).toEqual([...leads, id].sort());
      expect(told(...results).toSorted()).toEqual(
        [...[...leads, id].map((each) => `added ${each}`), `created ${id}`].toSorted(),
      );
    },
  );
});
