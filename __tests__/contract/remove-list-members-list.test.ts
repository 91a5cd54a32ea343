import { randomUUID } from 'node:crypto';
import {
  INVALID_ARGUMENT,
  makers,
  members,
  NOT_A_MEMBER,
  noSegment,
  notThere,
  peopleOn,
  useEmulator,
} from '../support/emulator.ts';

const api = useEmulator({ seed: 'none' });
const make = makers(api);
const remove = (list: string, people: readonly string[]) =>
  api.post('RemoveListMembersList', members(list, 'lead', people));

describe('RemoveListMembersList', () => {
  it('takes the named people out and answers 204 [name documented, shape field]', async () => {
    const { list, people } = await make.filledList(3);
    expect(await remove(list, people.slice(0, 2))).toMatchObject({ status: 204, text: '' });
    expect(await peopleOn(api, list)).toEqual(people.slice(2));
  });

  it('refuses a list that is not there [inferred]', async () => {
    const list = randomUUID();
    expect(await remove(list, [await make.lead()])).toMatchObject(notThere('list', list));
  });

  it('refuses an empty array [inferred]', async () => {
    expect(await remove(await make.leadList(), [])).toMatchObject(INVALID_ARGUMENT);
  });

  it('removes every row of a person who has several', async () => {
    const { list, people } = await make.filledList(1);
    api.switch({ addExistingMember: 'second-row' });
    await api.post('AddListMembersList', members(list, 'lead', people));
    await remove(list, people);
    expect(await peopleOn(api, list)).toEqual([]);
  });
});

describe('RemoveListMembersList where nobody has settled the answer', () => {
  it.each([
    ['ignored', 204, 0],
    ['error', 400, 1],
    ['partial', 400, 0],
  ] as const)('U8 removeListNonMembers %s: %d and %d members left', async (value, status, left) => {
    api.switch({ removeListNonMembers: value });
    const { list, people } = await make.filledList(1);
    const answer = await remove(list, [...people, await make.lead()]);
    expect(answer.status).toBe(status);
    if (status === 400) {
      expect(answer).toMatchObject(NOT_A_MEMBER);
    }
    expect(await peopleOn(api, list)).toHaveLength(left);
  });

  it('U9 removeListMembersList absent: 404', async () => {
    api.switch({ removeListMembersList: 'absent' });
    const { list, people } = await make.filledList(1);
    expect(await remove(list, people)).toMatchObject(noSegment('RemoveListMembersList'));
  });

  it.each([
    ['refused', { lockstatus: true }, 400, '0x80040302'],
    ['refused', { statecode: 1, statuscode: 1 }, 400, '0x8004033a'],
    ['allowed', { lockstatus: true }, 204, undefined],
    ['allowed', { statecode: 1, statuscode: 1 }, 204, undefined],
  ] as const)('U14 removeFromLockedList %s of a list with %j: %d', async (value, state, status, code) => {
    api.switch({ removeFromLockedList: value });
    const { list, people } = await make.filledList(1);
    await api.patch(`lists(${list})`, state);
    const answer = await remove(list, people);
    expect(answer.status).toBe(status);
    if (code !== undefined) expect(answer.json).toMatchObject({ error: { code } });
  });
});
