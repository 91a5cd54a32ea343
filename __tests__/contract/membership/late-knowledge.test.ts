/** What a dead run began and what lands later than anybody looked: it is told all the same, and before what follows from it. */

import { randomUUID } from 'node:crypto';
import { createdPersonId } from '../../../src/campaign/ids.ts';
import { addBatch } from '../../../src/change/add-batch.ts';
import { trackClaims } from '../../../src/change/claims.ts';
import { removeBatch } from '../../../src/change/remove-batch.ts';
import type { Session } from '../../../src/change/session.ts';
import { UsageError } from '../../../src/errors.ts';
import { creationPlanner } from '../../../src/people/creation-planner.ts';
import { gather } from '../../../src/run/pipeline.ts';
import { itUnder } from '../../support/emulator.ts';
import { heldTime } from '../../support/held-time.ts';
import { beginAndDie, campaignWithList, intentFor, told } from './dead-runs.ts';
import { addRules, byEmail, byId, jsonOf, onceBefore } from './harness.ts';
import { membersOf, truthOf } from './truth.ts';
import { useRigs } from './use-rigs.ts';

const { sleep, untilAsleep, wakeAll } = heldTime();
const { api, make, order, rigWith } = useRigs({ seed: 'none', sleep });

/** Of somebody who is created and put on a list. */
const createAndAdd = (lead: string, email: string, list: { readonly id: string; readonly name: string }) =>
  (['create', 'add'] as const).map((kind) => intentFor(lead, list, { kind, email, created: true }));

/** When the people of a chunk are about to be read: later than what dead runs left was settled. */
const PEOPLE = /^leads\?fetchXml/;

describe('an addition of a dead run that lands after the start of the next one', () => {
  const land = (list: string, lead: string) =>
    api.post(`lists(${list})/Microsoft.Dynamics.CRM.AddMemberList`, { EntityId: lead });

  itUnder({ memberCreator: 'caller' }).each(['remove', 'add'] as const)(
    'is told by the %s that meets it',
    async (command) => {
      const lead = await make.lead({ emailaddress1: `${randomUUID()}@x.example` });
      const { campaign, list } = await campaignWithList({ api, make }, rigWith());
      const rig = rigWith(onceBefore(PEOPLE, () => land(list.id, lead)));
      await beginAndDie(rig, campaign, [intentFor(lead, list, { kind: 'add' })]);
      const result = await rig[command](campaign, [byId(lead, 'lead')]);
      expect(result.fatal).toBeUndefined();
      expect(result.names).toEqual([command === 'add' ? 'added' : 'removed']);
      expect(told(result)).toEqual(command === 'add' ? [`added ${lead}`] : [`added ${lead}`, `removed ${lead}`]);
      expect(rig.journal().openIntents(campaign)).toEqual([]);
    },
  );
});

describe('a creation of a dead run', () => {
  it('that lands after the start is told before the addition that finds the person', async () => {
    const [lead, email] = [randomUUID(), `${randomUUID()}@x.example`];
    const { campaign, list } = await campaignWithList({ api, make }, rigWith());
    const rig = rigWith(
      onceBefore(PEOPLE, () => api.post('leads', { leadid: lead, lastname: 'Late', emailaddress1: email })),
    );
    await beginAndDie(rig, campaign, createAndAdd(lead, email, list));
    const result = await rig.add(campaign, [byEmail(email, { lastname: 'Late' })]);
    expect(result.names).toEqual(['added']);
    expect(told(result)).toEqual([`created ${lead}`, `added ${lead}`]);
  });

  it('whose row no read shows yet is told before the membership that shows', async () => {
    const email = `${randomUUID()}@x.example`;
    const { organizationId } = api.emulator();
    const lead = createdPersonId({ organizationId, personType: 'lead', email, sequence: 1 });
    const rig = rigWith();
    const { campaign, list } = await campaignWithList({ api, make }, rig);
    await beginAndDie(rig, campaign, createAndAdd(lead, email, list));
    // From now on the table of leads answers from the past, that of members does not.
    order({ match: { operation: 'Create' }, times: 1, effect: { kind: 'late-reads', reads: 2 } });
    await api.post('leads', { leadid: lead, lastname: 'Late', emailaddress1: email });
    await api.post(`lists(${list.id})/Microsoft.Dynamics.CRM.AddMemberList`, { EntityId: lead });
    const result = await rig.add(campaign, [byEmail(email, { lastname: 'Late' })]);
    expect(told(result)).toEqual([`created ${lead}`, `added ${lead}`]);
  });
});

describe('a creation of a dead run and one of this run, of the same person', () => {
  it.each([
    ['is told under the dead run when it landed first', true, 'dead.csv'],
    ['is told under this run when the other never landed', false, 'test'],
  ])('%s', async (_name, lands, source) => {
    const email = `${randomUUID()}@x.example`;
    const { organizationId } = api.emulator();
    const lead = createdPersonId({ organizationId, personType: 'lead', email, sequence: 1 });
    const { campaign, list } = await campaignWithList({ api, make }, rigWith());
    const rig = rigWith(
      lands
        ? onceBefore(/^leads$/, () => api.post('leads', { leadid: lead, lastname: 'Late', emailaddress1: email }))
        : {},
    );
    await beginAndDie(rig, campaign, createAndAdd(lead, email, list));
    const result = await rig.add(campaign, [byEmail(email, { lastname: 'Late' })]);
    expect(result.names).toEqual(['added']);
    expect(told(result)).toEqual([`created ${lead}`, `added ${lead}`]);
    expect(jsonOf(result.events[0])).toMatchObject({ data: { input: { source } } });
    expect(rig.journal().openIntents(campaign)).toEqual([]);
    expect((await rig.add(campaign, [byEmail(email)])).events).toEqual([]);
  });
});

describe('a creation of a live run', () => {
  it('is told by whoever adds the person before it is told by its own run, and once', async () => {
    const [lead, email] = [randomUUID(), `${randomUUID()}@x.example`];
    const rig = rigWith();
    const { campaign, list } = await campaignWithList({ api, make }, rig);
    const { runJournal: run } = await rig.session(campaign);
    const place = { source: 'live.csv', line: 9, ref: email };
    const [creation = 0] = run.begin([intentFor(lead, list, { kind: 'create', email, created: true, place })]);
    await api.post('leads', { leadid: lead, lastname: 'Live', emailaddress1: email });
    const result = await rig.add(campaign, [byEmail(email, { lastname: 'Live' })]);
    expect(told(result)).toEqual([`created ${lead}`, `added ${lead}`]);
    const event = result.events[0];
    expect(jsonOf(event)).toMatchObject({
      data: { run: run.id, input: { source: 'live.csv', line: 9 } },
    });
    expect(run.conclude([{ intentId: creation, state: 'done', event }])).toEqual([]);
  });
});

describe('somebody with two rows on a list (U1)', () => {
  it('is not told as removed by a dead run while the row that it meant is there', async () => {
    const rig = rigWith();
    const { campaign, list, first } = await campaignWithList({ api, make }, rig);
    const [row] = await membersOf(api, list.id);
    api.switch({ addExistingMember: 'second-row' });
    await api.post(`lists(${list.id})/Microsoft.Dynamics.CRM.AddMemberList`, { EntityId: first });
    const before = { listMemberId: String(row?.listmemberid), createdOn: String(row?.createdon), createdBy: undefined };
    await beginAndDie(rig, campaign, [intentFor(first, list, { kind: 'remove', before })]);
    const other = await rig.add(campaign, [byId(await make.lead(), 'lead')]);
    expect(told(other).filter((event) => event.startsWith('removed'))).toEqual([]);
  });
});

describe('somebody who was refused after a request whose answer was lost', () => {
  it('is told as added when that request lands after all', async () => {
    const rig = rigWith();
    const { campaign } = await campaignWithList({ api, make }, rig);
    const lead = await make.lead({ emailaddress1: `${randomUUID()}@x.example` });
    const refusal = { kind: 'fail-part', status: 400, code: '0x80040265', message: 'A plug-in said no.' } as const;
    const match = { operation: 'AddListMembersList', inBatch: true };
    const { admin } = api.emulator();
    admin.addFaults([
      { match, times: 1, effect: { kind: 'delay-commit', ms: 400 } },
      { match, effect: refusal },
      { match: { operation: 'AddMemberList', inBatch: true }, effect: refusal },
    ]);
    const refused = await rig.add(campaign, [byId(lead, 'lead')]);
    expect(refused.outcomes).toMatchObject([{ outcome: 'rejected', code: '0x80040265' }]);
    admin.clearFaults();
    await untilAsleep(1);
    wakeAll();
    expect((await truthOf(api, campaign)).people).toContain(lead);
    const next = await rig.add(campaign, [byId(lead, 'lead')]);
    expect(told(refused, next)).toEqual([`added ${lead}`]);
  });
});

describe('a disk that fills up between the write and the note of what it did', () => {
  /** Intents are committed, and nothing after them. */
  const full = (session: Session): Session => ({
    ...session,
    runJournal: {
      ...session.runJournal,
      conclude: () => {
        throw new UsageError('JOURNAL_UNWRITABLE', 'The disk is full.');
      },
    },
  });

  it('leaves people unconfirmed, not "not reached"; with room again the next run tells them', async () => {
    const rig = rigWith();
    const { campaign } = await campaignWithList({ api, make }, rig);
    const lead = await make.lead({ emailaddress1: `${randomUUID()}@x.example` });
    const writing = await rig.session(campaign);
    const rules = addRules(writing);
    const adding = { session: full(writing), rules, creations: creationPlanner(writing, rules) };
    const rows = [byId(lead, 'lead')];
    expect(await gather(rows, addBatch(adding, rows, trackClaims().begin()))).toMatchObject({
      outcomes: [{ outcome: 'unconfirmed' }],
      fatal: { code: 'JOURNAL_UNWRITABLE' },
    });
    rig.reopen();
    const after = await rig.add(campaign, [byId(lead, 'lead')]);
    expect(told(after)).toEqual([`added ${lead}`]);

    const session = await rig.session(campaign);
    const removing = {
      session: full(session),
      rules: {
        matchBy: undefined,
        addedBy: { kind: 'users', userIds: new Set([session.userId]) },
        allowInactive: false,
        allowSharedList: false,
        isDryRun: false,
      },
    } as const;
    expect(await gather(rows, removeBatch(removing, rows, trackClaims().begin()))).toMatchObject({
      outcomes: [{ outcome: 'unconfirmed' }],
      fatal: { code: 'JOURNAL_UNWRITABLE' },
    });
    rig.reopen();
    expect(told(await rig.remove(campaign, [byId(lead, 'lead')]))).toEqual([`removed ${lead}`]);
  });
});
