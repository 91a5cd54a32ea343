import { guid, openWorld } from './support.ts';

describe('$apply', () => {
  const world = openWorld();
  for (const [index, leadsourcecode] of [1, 1, 2, null].entries())
    world.insert('lead', { leadid: guid(index), leadsourcecode });
  afterAll(() => world.context.store.close());
  const apply = (text: string, more = ''): unknown => world.rows('lead', `$apply=${encodeURIComponent(text)}${more}`);

  it.each([
    ['aggregate($count as n)', '', [{ n: 4 }]],
    ['filter(leadsourcecode eq 1)/aggregate($count as n)', '', [{ n: 2 }]],
    ['aggregate($count as n)', '&$filter=leadsourcecode eq 2', [{ n: 1 }]],
  ])('%s%s', (text, more, expected) => {
    expect(apply(text, more)).toEqual(expected);
  });

  it.each(['groupby((leadsourcecode))', 'aggregate(revenue with sum as total)', 'filter(leadsourcecode eq 1)'])(
    'says that it does not serve %s',
    (text) => {
      expect(() => apply(text)).toThrow(expect.objectContaining({ status: 501 }));
    },
  );

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
