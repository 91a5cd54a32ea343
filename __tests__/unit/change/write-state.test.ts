import { memberKey } from '../../../src/campaign/read-memberships.ts';
import {
  type Addition,
  type Answer,
  afterRequest,
  isTooMany,
  type Part,
  type Removal,
  stateBeforeWrite,
  type WriteState,
} from '../../../src/change/write-state.ts';
import { trackCapabilities } from '../../../src/dataverse/capabilities.ts';
import type { OperationResult } from '../../../src/dataverse/operation.ts';
import type { ListMember } from '../../../src/dataverse/wire.ts';
import { DataverseError } from '../../../src/errors.ts';
import { LEADS, member } from './people.ts';

const ok: OperationResult = { kind: 'ok', status: 204, headers: {} };
const lost: OperationResult = { kind: 'unknown', error: new Error('lost') };
const notRun: OperationResult = { kind: 'not-run' };
const refused = (dataverseCode: string, status = 400): OperationResult => ({
  kind: 'refused',
  error: new DataverseError('DATAVERSE_REFUSED', 'no', { dataverseCode, status }),
});
const TAKEN = refused('0x80040237', 412);

const addition = (id: string, creation?: Addition['creation']): Addition => ({
  kind: 'add',
  person: { type: 'lead', id, email: `${id}@x.de` },
  list: { id: LEADS, name: 'Mkto-leads-c1' },
  creation,
});
const removal = (id: string): Removal => ({
  kind: 'remove',
  person: { type: 'lead', id, email: '' },
  list: { id: LEADS, name: 'Mkto-leads-c1' },
  member: member(LEADS, id),
});
const person = (id: string, more: Partial<WriteState> = {}): WriteState => ({
  ...stateBeforeWrite(addition(id)),
  ...more,
});
const newcomer = (id: string, more: Partial<WriteState> = {}): WriteState => ({
  ...stateBeforeWrite(addition(id, { values: {}, duplicateRules: 'honour' })),
  ...more,
});
const leaver = (id: string, more: Partial<WriteState> = {}): WriteState => ({
  ...stateBeforeWrite(removal(id)),
  ...more,
});
const part = (role: Part['role'], states: readonly WriteState[], result: OperationResult): Answer => ({
  part: { role, operation: { method: 'POST', path: role === 'bulk' ? 'RemoveListMembersList' : role }, states },
  result,
});

type Seen = {
  /** Ids of those who have a row on the list. */
  readonly members?: readonly string[];
  readonly rows?: readonly ListMember[];
  readonly emails?: Readonly<Record<string, string>>;
};

function classified(answers: readonly Answer[], seen: Seen = {}, others: readonly WriteState[] = []) {
  const states = [...new Set([...answers.flatMap((each) => each.part.states), ...others])];
  const rows = seen.rows ?? (seen.members ?? []).map((id) => member(LEADS, id));
  const confirmed = {
    rows: new Map(rows.map((row) => [memberKey(row), [row]])),
    emails: new Map(Object.entries(seen.emails ?? {})),
  };
  return afterRequest(states, answers, confirmed, {
    capabilities: { ...trackCapabilities().current(), ...capabilities },
    campaignId: 'c1',
  });
}
let capabilities = {};
afterEach(() => {
  capabilities = {};
});

describe('an addition', () => {
  const [ann, bob, cleo] = [person('ann'), person('bob'), person('cleo')];

  it.each([ok, lost, notRun, refused('0x80040265')])(
    'calls whoever is on the list a member, whatever was answered',
    (result) => {
      expect(classified([part('bulk', [ann], result)], { members: ['ann'] }).states).toMatchObject([
        { result: { kind: 'done' } },
      ]);
    },
  );

  it('counts the tries of those who are open still', () => {
    expect(classified([part('bulk', [person('ann', { tries: 2 })], lost)]).states).toMatchObject([{ tries: 3 }]);
  });

  it('counts no try of somebody who was only held up (429 of a part) while others got an answer', () => {
    const [held, made] = [newcomer('ann', { tries: 2 }), newcomer('bob', { tries: 2 })];
    const answers = [part('create', [held], notRun), part('create', [made], ok)];
    expect(classified([...answers, part('bulk', [held, made], TAKEN)]).states).toMatchObject([
      { tries: 2, mustCreate: true, single: false },
      { tries: 3 },
    ]);
    expect(classified([part('create', [held], notRun), part('bulk', [held], TAKEN)]).states).toMatchObject([
      { tries: 3 },
    ]);
    const throttled = {
      kind: 'not-run',
      error: new DataverseError('X', 'Too many requests', { status: 429 }),
    } as const;
    expect(classified([part('create', [held], throttled), part('bulk', [held], TAKEN)]).states).toMatchObject([
      { tries: 2, mustCreate: true },
    ]);
  });

  it('reads again for somebody who was added and is not seen, and tries them alone after some reads', () => {
    const [waiting] = classified([part('bulk', [ann], ok)]).states;
    expect(waiting).toMatchObject({ awaitsRead: true, mayBeDone: true, single: false, result: undefined });
    const late = person('ann', { awaitsRead: true, tries: 4 });
    expect(classified([], {}, [late]).states).toMatchObject([{ awaitsRead: false, single: true }]);
  });

  it('sends again what was lost or not run, and remembers what may be done', () => {
    expect(classified([part('bulk', [ann], lost)]).states).toMatchObject([
      { mayBeDone: true, awaitsRead: false, result: undefined },
    ]);
    expect(classified([part('bulk', [ann], notRun)]).states).toMatchObject([{ mayBeDone: false, awaitsRead: false }]);
  });

  it('sends people one by one when the answer to the bulk call is lost a second time', () => {
    expect(classified([part('bulk', [person('ann', { tries: 1 })], lost)]).states).toMatchObject([{ single: true }]);
    expect(classified([part('bulk', [ann], lost)]).states).toMatchObject([{ single: false }]);
    expect(classified([part('bulk', [person('ann', { tries: 1 })], notRun)]).states).toMatchObject([{ single: false }]);
  });

  it('sends everybody of a refused call alone, and believes the refusal of one', () => {
    const spoilt = classified([part('bulk', [ann, bob], refused('0x80040265'))], { members: ['bob'] });
    expect(spoilt.states).toMatchObject([{ single: true, result: undefined }, { result: { kind: 'done' } }]);
    expect(classified([part('single', [ann], refused('0x80040265'))]).states).toMatchObject([
      { result: { kind: 'refused' } },
    ]);
  });

  it('repeats a call that was refused for somebody whose creation failed, without them', () => {
    const [dan, eve] = [newcomer('dan'), newcomer('eve')];
    const answers = [
      part('create', [dan], refused('0x80040333', 412)),
      part('create', [eve], ok),
      part('bulk', [dan, eve], refused('0x80040217', 404)),
    ];
    expect(classified(answers, { emails: { eve: 'eve@x.de' } }).states).toMatchObject([
      { result: { kind: 'refused' } },
      { created: true, mustCreate: false, single: false, result: undefined },
    ]);
  });

  it.each(['0x80040302', '0x8004033a', '0x8004f701'])('ends the run when the list is refused (%s)', (code) => {
    const { fatal, states } = classified([part('bulk', [ann, bob, cleo], refused(code))]);
    expect(fatal).toMatchObject({ category: 'campaign', dataverseCode: code });
    expect(states).toMatchObject(Array(3).fill({ result: undefined, mayBeDone: false }));
  });

  it('does not send the people of a large call alone that is too large (U16): it is halved', () => {
    const many = Array.from({ length: 300 }, (_, place) => person(`p${place}`));
    const large = part('bulk', many, refused('0x80040203'));
    expect(isTooMany(large)).toBe(true);
    expect(classified([large]).states).toMatchObject(Array(300).fill({ single: false, result: undefined }));
    expect(classified([part('bulk', [ann], refused('0x80040203'))])).toMatchObject({ states: [{ single: true }] });
  });

  it('does not send people alone whose call took too long: it is halved', () => {
    const late = new DataverseError('DATAVERSE_REFUSED', 'SQL timeout expired.', { dataverseCode: '0x80044151' });
    const answers = [part('bulk', [person('ann', { tries: 1 })], { kind: 'unknown', error: late })];
    expect(classified(answers).states).toMatchObject([{ single: false, mayBeDone: true }]);
  });
});

describe('a creation', () => {
  it.each([
    ['was lost', lost, true],
    ['was refused because somebody else was faster', TAKEN, false],
  ] as const)('that %s is done when the person is on the list and no read shows the record', (_, result, created) => {
    const eve = newcomer('eve');
    const answers = [part('create', [eve], result), part('bulk', [eve], lost)];
    expect(classified(answers, { members: ['eve'] }).states).toMatchObject([
      { created, mustCreate: false, result: { kind: 'done' } },
    ]);
  });

  const dan = newcomer('dan');
  const create = (who: WriteState, result: OperationResult, emails: Readonly<Record<string, string>> = {}) =>
    classified([part('create', [who], result)], { emails }).states[0];

  it.each<[string, OperationResult, Readonly<Record<string, string>>, Partial<WriteState>]>([
    ['was done', ok, { dan: 'dan@x.de' }, { created: true, mustCreate: false }],
    ['was done, and is not seen yet', ok, {}, { created: true, mustCreate: false }],
    ['was done, and is altered', ok, { dan: 'd.an@x.de' }, { created: true, mustCreate: false, result: undefined }],
    ['was lost, and is there', lost, { dan: 'dan@x.de' }, { created: true, mustCreate: false }],
    ['was lost, not seen', lost, {}, { created: false, mustCreate: true, creationUncertain: true, mayBeDone: true }],
    ['was not run', notRun, {}, { created: false, mustCreate: true, creationUncertain: false, mayBeDone: false }],
    ['was made by another run', TAKEN, { dan: 'dan@x.de' }, { created: false, mustCreate: false, result: undefined }],
    ['has somebody else’s id', TAKEN, { dan: 'other@x.de' }, { created: false, result: { kind: 'id-taken' } }],
    ['was lost, with another’s id', lost, { dan: 'other@x.de' }, { created: false, result: { kind: 'id-taken' } }],
    ['is refused as taken by nobody who is seen', TAKEN, {}, { mustCreate: true, idInDoubt: true, result: undefined }],
  ])('that %s', (_, result, emails, expected) => {
    expect(create(dan, result, emails)).toMatchObject(expected);
  });

  it('that was put off before and is done now is put off no more', () => {
    const before = newcomer('dan', { lastError: new DataverseError('DATAVERSE_REFUSED', 'busy', { status: 503 }) });
    const { states } = classified([part('create', [before], ok)], { emails: { dan: 'dan@x.de' } });
    expect(states).toMatchObject([{ created: true, result: undefined, lastError: undefined }]);
  });

  it('that was lost before and is now refused as taken is ours: no other id is tried', () => {
    const uncertain = newcomer('dan', { creationUncertain: true, tries: 6 });
    expect(create(uncertain, TAKEN)).toMatchObject({ idInDoubt: true, result: undefined });
    expect(create(uncertain, TAKEN, { dan: 'dan@x.de' })).toMatchObject({
      created: true,
      mustCreate: false,
      idInDoubt: false,
    });
  });

  it('whose id stays taken by nobody gets another one after some reads (U31)', () => {
    expect(create(newcomer('dan', { tries: 4 }), TAKEN)).toMatchObject({ result: { kind: 'id-taken' } });
  });

  it.each(['0x80060892', ''])('that is refused with 412 and code "%s" would have taken an id (U34)', (code) => {
    expect(create(dan, refused(code, 412), { dan: 'other@x.de' })).toMatchObject({ result: { kind: 'id-taken' } });
    expect(create(dan, refused(code, 412))).toMatchObject({ idInDoubt: true, result: undefined });
  });

  it.each([412, 500])('that a duplicate rule refuses with %d is refused, and no other id is tried (U20)', (status) => {
    expect(create(dan, refused('0x80040333', status))).toMatchObject({ result: { kind: 'refused' } });
  });
});

describe('a removal', () => {
  const [ann, bob] = [leaver('ann'), leaver('bob')];

  it.each([ok, lost, notRun, refused('0x80040265')])(
    'is done when the row that was read before is gone, whatever was answered',
    (result) => {
      expect(classified([part('bulk', [ann], result)]).states).toMatchObject([{ result: { kind: 'done' } }]);
    },
  );

  it('is done when the row is another one: somebody added the person again', () => {
    const rows = [member(LEADS, 'ann', { createdOn: '2026-05-05T05:05:05Z' })];
    expect(classified([part('bulk', [ann], ok)], { rows }).states).toMatchObject([{ result: { kind: 'done' } }]);
  });

  it('is not done while the row still shows, also where its time cannot be read', () => {
    const row = member(LEADS, 'ann', { createdOn: 'some day' });
    const state: WriteState = stateBeforeWrite({ ...removal('ann'), member: row });
    expect(classified([part('bulk', [state], ok)], { rows: [row] }).states).toMatchObject([{ result: undefined }]);
  });

  it('that was answered and still shows is read again, and sent alone after some reads', () => {
    const members = ['ann'];
    expect(classified([part('bulk', [ann], ok)], { members }).states).toMatchObject([
      { awaitsRead: true, mayBeDone: true, single: false, result: undefined },
    ]);
    const late = leaver('ann', { awaitsRead: true, tries: 4 });
    expect(classified([], { members }, [late]).states).toMatchObject([{ awaitsRead: false, single: true }]);
  });

  it('is sent alone when the bulk call is refused, and a refusal of one is believed', () => {
    const members = ['ann', 'bob'];
    expect(classified([part('bulk', [ann, bob], refused('0x80040265'))], { members }).states).toMatchObject([
      { single: true, result: undefined },
      { single: true, result: undefined },
    ]);
    expect(classified([part('single', [ann], refused('0x80040265'))], { members }).states).toMatchObject([
      { result: { kind: 'refused' } },
    ]);
  });

  it('is tried again when the server says "not a member" of somebody whom the read shows (U7)', () => {
    const answers = [part('single', [ann], refused('0x80048458'))];
    expect(classified(answers, { members: ['ann'] }).states).toMatchObject([{ single: true, result: undefined }]);
  });

  it.each([refused('', 404), refused('0x80060888', 404)])(
    'learns that the bulk action is not offered (U9)',
    (result) => {
      expect(classified([part('bulk', [ann], result)], { members: ['ann'] })).toMatchObject({
        learned: { removeListMembers: false },
        fatal: undefined,
        states: [{ result: undefined }],
      });
    },
  );

  it('takes people off one by one with the bulk action where only that is offered (U10)', () => {
    const answers = [part('single', [ann], refused('', 404))];
    expect(classified(answers, { members: ['ann'] })).toMatchObject({
      learned: { removeMember: false },
      fatal: undefined,
      states: [{ result: undefined }],
    });
  });

  it('ends the run where neither action is offered', () => {
    capabilities = { removeListMembers: false };
    const { fatal } = classified([part('single', [ann], refused('', 404))], { members: ['ann'] });
    expect(fatal).toMatchObject({ code: 'REMOVE_NOT_OFFERED' });
  });

  it('ends the run when the list is refused, unless everybody is gone', () => {
    const answers = [part('bulk', [ann], refused('0x80040302'))];
    expect(classified(answers, { members: ['ann'] }).fatal).toMatchObject({
      code: 'LIST_LOCKED',
      message: `Own list "Mkto-leads-c1" (${LEADS}) is locked: no`,
      hint: expect.stringContaining('`dyncamp sync repair id:c1 --unlock`'),
    });
    expect(classified(answers).fatal).toBeUndefined();
  });
});
