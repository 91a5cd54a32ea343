import type { OperationResult } from '../../../src/dataverse/operation.ts';
import { DataverseError } from '../../../src/errors.ts';
import { type Answer, beginAddition, type Progress, type Sent } from '../../../src/membership/addition-progress.ts';
import { judgeAdditions } from '../../../src/membership/judge-additions.ts';
import type { ListMember } from '../../../src/membership/wire.ts';
import { LEADS, member } from './people.ts';

const ok: OperationResult = { kind: 'ok', status: 204, headers: {} };
const lost: OperationResult = { kind: 'unknown', error: new Error('lost') };
const notRun: OperationResult = { kind: 'not-run' };
const refused = (dataverseCode: string, status = 400): OperationResult => ({
  kind: 'refused',
  error: new DataverseError('DATAVERSE_REFUSED', 'no', { dataverseCode, status }),
});
const TAKEN = refused('0x80040237', 412);

const person = (id: string, more: Partial<Progress> = {}): Progress => ({
  ...beginAddition({ person: { type: 'lead', id, email: `${id}@x.de`, creation: undefined }, list: { id: LEADS } }),
  ...more,
});
const newcomer = (id: string, more: Partial<Progress> = {}) => person(id, { mustCreate: true, ...more });
const part = (role: Sent['role'], people: readonly Progress[], result: OperationResult): Answer => ({
  part: { role, operation: { method: 'POST', path: role }, people },
  result,
});

type Seen = { readonly members?: readonly string[]; readonly emails?: Readonly<Record<string, string>> };

function judge(answers: readonly Answer[], seen: Seen = {}, others: readonly Progress[] = []) {
  const people = [...new Set([...answers.flatMap((each) => each.part.people), ...others])];
  const onList = new Map<string, ListMember>((seen.members ?? []).map((id) => [id, member(LEADS, id)]));
  const members = new Map([[LEADS, onList]]);
  const emails = new Map(Object.entries(seen.emails ?? {}));
  return judgeAdditions({ sent: answers.map((each) => each.part), people }, answers, { members, emails });
}

describe('judgeAdditions', () => {
  const [ann, bob, cleo] = [person('ann'), person('bob'), person('cleo')];

  it.each([ok, lost, notRun, refused('0x80040265')])(
    'calls whoever is on the list a member, whatever was answered',
    (result) => {
      expect(judge([part('bulk', [ann], result)], { members: ['ann'] }).people).toMatchObject([
        { result: { kind: 'member' } },
      ]);
    },
  );

  it('counts the tries of those who are open still', () => {
    expect(judge([part('bulk', [person('ann', { tries: 2 })], lost)]).people).toMatchObject([{ tries: 3 }]);
  });

  it('reads again for somebody who was added and is not seen, and tries them alone after some reads', () => {
    const [waiting] = judge([part('bulk', [ann], ok)]).people;
    expect(waiting).toMatchObject({ awaitsRead: true, mayBeDone: true, single: false, result: undefined });
    const late = person('ann', { awaitsRead: true, tries: 4 });
    expect(judge([], {}, [late]).people).toMatchObject([{ awaitsRead: false, single: true }]);
  });

  it('sends again what was lost or not run, and remembers what may be done', () => {
    expect(judge([part('bulk', [ann], lost)]).people).toMatchObject([
      { mayBeDone: true, awaitsRead: false, result: undefined },
    ]);
    expect(judge([part('bulk', [ann], notRun)]).people).toMatchObject([{ mayBeDone: false, awaitsRead: false }]);
  });

  it('sends everybody of a refused call alone, and believes the refusal of one', () => {
    const spoilt = judge([part('bulk', [ann, bob], refused('0x80040265'))], { members: ['bob'] });
    expect(spoilt.people).toMatchObject([{ single: true, result: undefined }, { result: { kind: 'member' } }]);
    expect(judge([part('single', [ann], refused('0x80040265'))]).people).toMatchObject([
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
    expect(judge(answers, { emails: { eve: 'eve@x.de' } }).people).toMatchObject([
      { result: { kind: 'refused' } },
      { created: true, mustCreate: false, single: false, result: undefined },
    ]);
  });

  it.each(['0x80040302', '0x8004033a', '0x8004f701'])('ends the run when the list is refused (%s)', (code) => {
    const { fatal, people } = judge([part('bulk', [ann, bob, cleo], refused(code))]);
    expect(fatal).toMatchObject({ category: 'campaign', dataverseCode: code });
    expect(people).toMatchObject(Array(3).fill({ result: undefined, mayBeDone: false }));
  });

  it('halves a large call that is too large (U16), and not a small one', () => {
    const many = Array.from({ length: 300 }, (_, place) => person(`p${place}`));
    expect(judge([part('bulk', many, refused('0x80040203'))])).toMatchObject({ maxMembers: 150 });
    expect(judge([part('bulk', [ann], refused('0x80040203'))])).toMatchObject({
      maxMembers: undefined,
      people: [{ single: true }],
    });
  });
});

describe('a creation', () => {
  it.each([
    ['was lost', lost, true],
    ['was refused because somebody else was faster', TAKEN, false],
  ] as const)('that %s is done when the person is on the list and no read shows the record', (_, result, created) => {
    const eve = newcomer('eve');
    const answers = [part('create', [eve], result), part('bulk', [eve], lost)];
    expect(judge(answers, { members: ['eve'] }).people).toMatchObject([
      { created, mustCreate: false, result: { kind: 'member' } },
    ]);
  });

  const dan = newcomer('dan');
  const create = (who: Progress, result: OperationResult, emails: Readonly<Record<string, string>> = {}) =>
    judge([part('create', [who], result)], { emails }).people[0];

  it.each<[string, OperationResult, Readonly<Record<string, string>>, Partial<Progress>]>([
    ['was done', ok, { dan: 'dan@x.de' }, { created: true, mustCreate: false }],
    ['was done, and is not seen yet', ok, {}, { created: true, mustCreate: false }],
    [
      'was done, and a plug-in changed the address',
      ok,
      { dan: 'd.an@x.de' },
      { created: true, mustCreate: false, result: undefined },
    ],
    ['was lost, and is there', lost, { dan: 'dan@x.de' }, { created: true, mustCreate: false }],
    [
      'was lost, and is not seen',
      lost,
      {},
      { created: false, mustCreate: true, creationUncertain: true, mayBeDone: true },
    ],
    ['was not run', notRun, {}, { created: false, mustCreate: true, creationUncertain: false, mayBeDone: false }],
    ['was made by another run', TAKEN, { dan: 'dan@x.de' }, { created: false, mustCreate: false, result: undefined }],
    [
      'would have taken somebody else’s id',
      TAKEN,
      { dan: 'other@x.de' },
      { created: false, result: { kind: 'id-taken' } },
    ],
    [
      'was lost, and the id is somebody else’s',
      lost,
      { dan: 'other@x.de' },
      { created: false, result: { kind: 'id-taken' } },
    ],
    ['is refused as taken by nobody who is seen', TAKEN, {}, { mustCreate: true, idInDoubt: true, result: undefined }],
  ])('that %s', (_, result, emails, expected) => {
    expect(create(dan, result, emails)).toMatchObject(expected);
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

  it.each([412, 500])('that a duplicate rule refuses with %d is refused, and no other id is tried (U20)', (status) => {
    expect(create(dan, refused('0x80040333', status))).toMatchObject({ result: { kind: 'refused' } });
  });
});
