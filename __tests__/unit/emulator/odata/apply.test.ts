import { guid, openWorld } from './support.ts';

describe('$apply', () => {
  const world = openWorld();
  for (const [index, leadsourcecode] of [1, 1, 2, null].entries()) {
    world.insert('lead', {
      leadid: guid(index),
      lastname: `p${index % 2}`,
      leadsourcecode,
      revenue: index,
      donotemail: index === 0,
    });
  }
  afterAll(() => world.context.store.close());
  const apply = (text: string, more = ''): unknown => world.rows('lead', `$apply=${encodeURIComponent(text)}${more}`);

  it.each([
    ['aggregate($count as n)', [{ n: 4 }]],
    ['aggregate(revenue with sum as total,revenue with max as most,$count as n)', [{ total: 6, most: 3, n: 4 }]],
    ['aggregate(leadsourcecode with countdistinct as n)', [{ n: 2 }]],
    [
      'groupby((leadsourcecode),aggregate($count as n))',
      [
        { leadsourcecode: null, n: 1 },
        { leadsourcecode: 1, n: 2 },
        { leadsourcecode: 2, n: 1 },
      ],
    ],
    ['groupby((lastname))', [{ lastname: 'p0' }, { lastname: 'p1' }]],
    [
      'groupby((donotemail),aggregate(revenue with average as mean))',
      [
        { donotemail: false, mean: 2 },
        { donotemail: true, mean: 0 },
      ],
    ],
    ['filter(leadsourcecode eq 1)/aggregate($count as n)', [{ n: 2 }]],
  ])('%s', (text, expected) => {
    expect(apply(text)).toEqual(expected);
  });

  it('counts what $filter leaves', () => {
    expect(apply('aggregate($count as n)', '&$filter=leadsourcecode eq 2')).toEqual([{ n: 1 }]);
  });

  it.each(['aggregate(revenue with median as m)', 'concat(x)', 'aggregate()', 'filter(leadsourcecode eq 1)'])(
    'refuses %s',
    (text) => {
      expect(() => apply(text)).toThrow(expect.objectContaining({ status: 400 }));
    },
  );

  it('says that it has no groups over navigation properties, which are documented', () => {
    expect(() => apply('groupby((owninguser/fullname))')).toThrow(expect.objectContaining({ status: 501 }));
  });

  it('refuses more than 50,000 rows', () => {
    world.context.store.transaction(() => {
      for (let n = 0; n < 50_001; n += 1) world.insert('campaignitem', { campaignitemid: guid(n) });
    });
    expect(() => world.rows('campaignitem', '$apply=aggregate($count as n)')).toThrow(
      expect.objectContaining({
        status: 400,
        code: '0x8004e023',
        message: 'The maximum record limit is exceeded. Reduce the number of records.',
      }),
    );
  });
});
