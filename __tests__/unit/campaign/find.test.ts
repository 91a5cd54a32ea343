import { campaignSearch, campaignsRead, chooseCampaign, parseCampaignRef } from '../../../src/campaign/find.ts';
import type { JsonObject } from '../../../src/json.ts';
import { fakeDataverse } from '../../support/fake-dataverse.ts';

const id = '11111111-2222-4333-8444-555555555555';

describe('parseCampaignRef', () => {
  it.each([
    ['Spring 2026', { text: 'Spring 2026', by: 'any' }],
    [' Spring ', { text: 'Spring', by: 'any' }],
    [`id:${id}`, { text: id, by: 'id' }],
    ['CODE: SP26', { text: 'SP26', by: 'code' }],
    ['name:code:1', { text: 'code:1', by: 'name' }],
    ['Sale: 50 %', { text: 'Sale: 50 %', by: 'any' }],
    ['name:two\nlines', { text: 'two\nlines', by: 'name' }],
  ])('reads %j', (text, expected) => {
    expect(parseCampaignRef(text)).toEqual(expected);
  });
});

describe('campaignSearch', () => {
  const filterOf = (text: string) => decodeURIComponent(campaignSearch(parseCampaignRef(text)).path);

  it('asks for code and name, for the id only when it may be one, and quotes what it is given', () => {
    expect(filterOf("O'Hara")).toContain("$filter=codename eq 'O''Hara' or name eq 'O''Hara'&");
    // In Turkish, i and I are two letters (U39).
    expect(filterOf('name:Kim')).toContain("$filter=name eq 'Kim' or name eq 'kim' or name eq 'KIM'&");
    expect(filterOf(id.toUpperCase())).toContain(`campaignid eq ${id} or codename eq`);
    expect(filterOf(`id:{${id}}`)).toContain(`$filter=campaignid eq ${id}&`);
    expect(filterOf('name:x')).toContain("$filter=name eq 'x'&");
  });

  it('refuses an id that is none', () => {
    expect(() => campaignSearch({ text: 'x', by: 'id' })).toThrow(
      expect.objectContaining({ code: 'CAMPAIGN_NOT_FOUND' }),
    );
  });
});

describe('a text that is longer than any name', () => {
  it.each([
    ['of a campaign', () => campaignSearch(parseCampaignRef('x'.repeat(40_000)))],
    ['of a code', () => campaignSearch(parseCampaignRef(`code:${'x'.repeat(40_000)}`))],
    ['to search for', () => campaignsRead('x'.repeat(40_000))],
  ])('is refused before anything is asked, and not repeated: %s', (_what, ask) => {
    expect(ask).toThrow(
      expect.objectContaining({
        code: 'CAMPAIGN_NOT_FOUND',
        message: expect.stringMatching(/^"x{80}…" names no campaign: it has 40000 characters/),
      }),
    );
  });

  it('is none of 1,000 characters of any script: they fit into a query', () => {
    expect(campaignSearch(parseCampaignRef('字'.repeat(1000))).path.length).toBeLessThan(65_536);
  });
});

describe('chooseCampaign', () => {
  const campaign = (more: JsonObject = {}): JsonObject => ({
    campaignid: id,
    name: 'Spring',
    codename: 'SP',
    statecode: 0,
    statuscode: 2,
    istemplate: false,
    ...more,
  });
  const choose = (rows: readonly JsonObject[], near: readonly JsonObject[] = [], text = 'Spring') =>
    chooseCampaign(fakeDataverse([['', near]]), parseCampaignRef(text), rows);
  const inactive = campaign({ campaignid: 'b', statecode: 1 });
  const template = campaign({ campaignid: 'c', istemplate: true });

  it('takes the active one before inactive ones and templates, which count when nothing else does', async () => {
    expect(await choose([inactive, campaign(), template])).toMatchObject({ id });
    expect(await choose([inactive])).toMatchObject({ id: 'b', isActive: false });
    expect(await choose([template])).toMatchObject({ id: 'c', isTemplate: true });
  });

  it('shows all of several', async () => {
    await expect(choose([campaign(), campaign({ campaignid: 'd', codename: 'SQ' })])).rejects.toMatchObject({
      code: 'CAMPAIGN_AMBIGUOUS',
      message: expect.stringMatching(/code SP[\s\S]*code SQ/),
      hint: 'Name one by its code, for example code:SP.',
    });
    await expect(choose([inactive, template])).rejects.toMatchObject({
      code: 'CAMPAIGN_AMBIGUOUS',
      hint: expect.stringMatching(/^Name one by its id, for example id:/),
    });
  });

  const named = (...names: readonly string[]) => names.map((name, place) => campaign({ campaignid: `${place}`, name }));

  it.each([
    ['the exact text', ['Café', 'CAFÉ', 'Cafe'], 'Café', '0'],
    ['the exact text, wherever it stands', ['cafe', 'Cafe'], 'Cafe', '1'],
    ['what is equal without regard to case', ['Café', 'CAFE'], 'Cafe', '1'],
    ['a code', ['Other'], 'sp', '0'],
    ['an id, in braces too', ['Other'], `{${id.toUpperCase()}}`, id],
  ])('takes %s (U39)', async (_, names, text, expected) => {
    const rows = expected === id ? [campaign()] : named(...names);
    expect(await choose(rows, [], text)).toMatchObject({ id: expected });
  });

  it('never takes what only Dynamics takes for equal, and says what there is (U39)', async () => {
    await expect(choose(named('Café'), [], 'Cafe')).rejects.toMatchObject({
      code: 'CAMPAIGN_NOT_FOUND',
      hint: expect.stringContaining('"Café"'),
    });
    await expect(choose(named('CAFE', 'CAFe'), [], 'Cafe')).rejects.toMatchObject({ code: 'CAMPAIGN_AMBIGUOUS' });
  });

  it('stops at an inactive campaign of exactly this name, though an active one has it in other letters', async () => {
    expect(await choose([inactive, campaign({ campaignid: 'd', name: 'SPRING' })])).toMatchObject({ id: 'b' });
  });

  it('says what may have been meant when there is none', async () => {
    await expect(choose([], [campaign()], 'Sprnig')).rejects.toMatchObject({
      code: 'CAMPAIGN_NOT_FOUND',
      hint: expect.stringContaining('"Spring"'),
    });
    await expect(choose([])).rejects.toMatchObject({ hint: expect.stringContaining('campaigns list --all') });
  });
});
