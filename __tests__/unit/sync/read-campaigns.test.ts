import { countByCreator } from '../../../src/sync/read-campaigns.ts';
import { fakeDataverse, refused } from './fake-dataverse.ts';

const ME = '00000000-0000-4000-8000-000000000001';
const ERIKA = '00000000-0000-4000-8000-000000000002';
const LIST = '00000000-0000-4000-8000-00000000000a';
const OTHER_LIST = '00000000-0000-4000-8000-00000000000b';
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
