import { type OverviewOfCampaign, readOverview } from '../../../src/campaign/overview.ts';
import { campaignFromRow } from '../../../src/dataverse/wire.ts';
import { type Answers, fakeDataverse, refused } from '../../support/fake-dataverse.ts';
import { manualClock } from '../transport/manual-clock.ts';

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const ORGANIZATION = id(9);
const ME = id(8);
const ERIKA = id(7);
const CAMPAIGN = campaignFromRow({ campaignid: id(1), name: 'Spring', statecode: 0 });
const list = (number: number) => ({ listid: id(number), listname: `Mkto-leads-${number}`, createdfromcode: 4 });
const TOO_MANY = refused(400, '0x8004e023', 'too many');

/** The campaign has the lists 100, 101 and 102; the answers are to what counts their members. */
async function membersWith(...counts: Answers) {
  const numbers = [100, 101, 102];
  const dataverse = fakeDataverse([
    ["name='campaignitem'", numbers.map((number) => ({ ...list(number), c_id: CAMPAIGN.id, c_name: 'Spring' }))],
    ["attribute='listname'", []],
    ...counts,
  ]);
  const [read] = await readOverview({
    dataverse,
    clock: manualClock(),
    organizationId: ORGANIZATION,
    campaigns: [CAMPAIGN],
  });
  const members: OverviewOfCampaign['members'] = read?.members ?? new Map();
  return { counts: numbers.map((number) => members.get(id(number))), requests: dataverse.requests };
}

describe('readOverview', () => {
  it('lets the server count, all lists in one operation', async () => {
    const { counts, requests } = await membersWith([
      'aggregate=',
      [
        { list: id(100).toUpperCase(), creator: ME.toUpperCase(), members: 2 },
        { list: id(100), members: 1 },
        { list: id(102), creator: ERIKA, members: 40 },
      ],
    ]);
    expect(counts).toEqual([
      new Map([
        [ME, 2],
        ['', 1],
      ]),
      new Map(),
      new Map([[ERIKA, 40]]),
    ]);
    expect(requests.flat().filter((path) => path.includes('aggregate='))).toHaveLength(1);
  });

  it('counts page by page only the list that is too long for the server to count', async () => {
    const { counts, requests } = await membersWith(
      [
        `_listid_value eq ${id(101)}`,
        [{ _createdby_value: ME }, { _createdby_value: ERIKA }, { _createdby_value: ME }],
      ],
      [`<value>${id(101)}</value>`, TOO_MANY],
      ['aggregate=', [100, 102].map((number) => ({ list: id(number), creator: ME, members: number }))],
    );
    expect(counts).toEqual([
      new Map([[ME, 100]]),
      new Map([
        [ME, 2],
        [ERIKA, 1],
      ]),
      new Map([[ME, 102]]),
    ]);
    expect(requests.flat().filter((path) => path.includes('_listid_value'))).toHaveLength(1);
  });

  it('does not take an answer of the most groups for the whole', async () => {
    const groups = Array.from({ length: 5000 }, (_, number) => ({ list: id(100), creator: id(number), members: 1 }));
    const { counts } = await membersWith(
      [`<value>${id(100)}</value>`, groups],
      [`_listid_value eq ${id(100)}`, [{ _createdby_value: ME }]],
      ['aggregate=', [101, 102].map((number) => ({ list: id(number), creator: ME, members: number }))],
    );
    expect(counts).toEqual([new Map([[ME, 1]]), new Map([[ME, 101]]), new Map([[ME, 102]])]);
  });

  it('keeps any other refusal beside the lists that it is about', async () => {
    const refusal = refused(403, '0x80040220', 'not yours');
    const { counts } = await membersWith(['aggregate=', refusal]);
    expect(counts.map((each) => each instanceof Error && each.message)).toEqual(Array(3).fill('not yours'));
  });

  it('asks nothing for no campaigns', async () => {
    const dataverse = fakeDataverse([]);
    await expect(
      readOverview({ dataverse, clock: manualClock(), organizationId: ORGANIZATION, campaigns: [] }),
    ).resolves.toEqual([]);
    expect(dataverse.requests).toEqual([]);
  });
});
