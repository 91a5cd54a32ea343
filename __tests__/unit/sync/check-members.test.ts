import { checkMembers } from '../../../src/sync/check-members.ts';
import { countByCreator } from '../../../src/sync/members-by-creator.ts';
import { fakeDataverse, refused } from './fake-dataverse.ts';

const ME = '00000000-0000-4000-8000-000000000001';
const ERIKA = '00000000-0000-4000-8000-000000000002';
const LIST = '00000000-0000-4000-8000-00000000000a';
const OTHER_LIST = '00000000-0000-4000-8000-00000000000b';
const options = {
  flowUsers: new Set([ME]),
  names: new Map([
    [ME, 'dyncamp'],
    [ERIKA, 'Erika'],
  ]),
};

describe('checkMembers', () => {
  it('is ok when flow actions put everybody in', () => {
    expect(checkMembers(new Map([[ME, 3]]), options)).toMatchObject({
      status: 'ok',
      found: '3 on the own lists, added: 3 by "dyncamp".',
    });
  });

  it('warns of people whom somebody else added, and counts them, the most first', () => {
    const check = checkMembers(
      new Map([
        [ME, 3],
        [ERIKA, 5],
        ['', 1],
      ]),
      options,
    );
    expect(check.status).toBe('warning');
    expect(check.found).toContain(
      '9 on the own lists, added: 5 by "Erika", 3 by "dyncamp", 1 by somebody whom the server',
    );
    expect(check.found).toContain('leave 6 of them in');
    expect(check.remedy).toContain(`and their ids: ${ERIKA}`);
  });

  it('shows the id of a user whose name is not known', () => {
    expect(checkMembers(new Map([[ERIKA, 1]]), { ...options, names: new Map() }).found).toContain(`1 by ${ERIKA}`);
  });

  it('is ok when nobody is in', () => {
    expect(checkMembers(new Map(), options)).toMatchObject({ status: 'ok', found: 'Nobody is on the own lists.' });
  });
});

describe('countByCreator', () => {
  it('lets the server count, all lists in one request', async () => {
    const dataverse = fakeDataverse([
      [`value='${LIST}'`, [{ creator: ME.toUpperCase(), members: 2 }, { members: 1 }]],
      [`value='${OTHER_LIST}'`, [{ creator: ME, members: 40 }]],
    ]);
    await expect(countByCreator(dataverse, [LIST, OTHER_LIST])).resolves.toEqual(
      new Map([
        [ME, 42],
        ['', 1],
      ]),
    );
    expect(dataverse.requests).toHaveLength(1);
  });

  it('counts page by page where a list is too long for the server to count', async () => {
    const dataverse = fakeDataverse([
      ['aggregate=', refused(400, '0x8004e023')],
      [`_listid_value eq ${LIST}`, [{ _createdby_value: ME }, { _createdby_value: ERIKA }, { _createdby_value: ME }]],
    ]);
    await expect(countByCreator(dataverse, [LIST])).resolves.toEqual(
      new Map([
        [ME, 2],
        [ERIKA, 1],
      ]),
    );
  });

  it('throws any other refusal', async () => {
    await expect(countByCreator(fakeDataverse([]), [LIST])).rejects.toMatchObject({ status: 404 });
  });

  it('asks nothing for no lists', async () => {
    const dataverse = fakeDataverse([]);
    await expect(countByCreator(dataverse, [])).resolves.toEqual(new Map());
    expect(dataverse.requests).toEqual([]);
  });
});
