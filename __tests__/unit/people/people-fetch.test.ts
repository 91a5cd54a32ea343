import fc from 'fast-check';
import { isXmlText } from '../../../src/dataverse/fetchxml.ts';
import { encodedLength, MAX_BATCHED_URL } from '../../../src/dataverse/limits.ts';
import { startPaging } from '../../../src/dataverse/pages.ts';
import { type FetchOptions, readsForQuery } from '../../../src/people/fetch.ts';
import type { PeopleQuery } from '../../../src/people/queries.ts';

const options: FetchOptions = {
  joinLists: ['list-1', 'list-2'],
  extraAttribute: undefined,
  maxValues: Number.POSITIVE_INFINITY,
};
const query = (values: readonly string[], more: Partial<PeopleQuery> = {}): PeopleQuery => ({
  type: 'lead',
  attribute: 'emailaddress1',
  values,
  ...more,
});
const withoutEntities = (text: string) =>
  text.replace(/&(lt|gt|amp|quot|apos|#9|#10|#13);/g, (_, name: string) => ENTITIES[name] ?? '');
const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  '#9': '\t',
  '#10': '\n',
  '#13': '\r',
};
const valuesIn = (path: string) =>
  [...decodeURIComponent(path).matchAll(/<value>([^<]*)<\/value>/g)]
    .map((match) => withoutEntities(match[1] ?? ''))
    .filter((value) => !value.startsWith('list-'));

describe('readsForQuery', () => {
  it('fits into a batched GET whatever the values are, and asks for each of them once', () => {
    const value = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 200 })
      .filter((text) => isXmlText(text) && !text.startsWith('list-'));
    fc.assert(
      fc.property(fc.uniqueArray(value, { minLength: 1, maxLength: 300 }), fc.boolean(), (values, isJoined) => {
        const plans = readsForQuery(query(values), { ...options, joinLists: isJoined ? options.joinLists : undefined });
        for (const { read } of plans) expect(encodedLength(read.path)).toBeLessThanOrEqual(MAX_BATCHED_URL);
        expect(plans.flatMap((plan) => plan.query.values)).toEqual(values);
        expect(plans.flatMap((plan) => valuesIn(plan.read.path))).toEqual(values);
      }),
      { numRuns: 40 },
    );
  });

  it('cuts a thousand ordinary addresses into two paths at the most', () => {
    const values = Array.from({ length: 1000 }, (_, place) => `firstname.lastname${place}@example.com`);
    expect(readsForQuery(query(values), options).length).toBeLessThanOrEqual(2);
  });

  it('keeps what the organization takes in one question', () => {
    const values = Array.from({ length: 701 }, (_, place) => `v${place}`);
    const plans = readsForQuery(query(values), { ...options, maxValues: 300 });
    expect(plans.map((plan) => plan.query.values.length)).toEqual([300, 300, 101]);
  });

  it('leaves room for the cookie of the next page', () => {
    const values = Array.from({ length: 3000 }, (_, place) => `firstname.lastname${place}@example.com`);
    const [plan] = readsForQuery(query(values), options);
    if (plan === undefined) throw new Error('no plan');
    const id = '%257bAAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE%257d';
    const cookie = `%253ccookie%2520page%253d%25221%2522%253e%253cleadid%2520last%253d%2522${id}%2522%2520first%253d%2522${id}%2522%2520%252f%253e%253c%252fcookie%253e`;
    const next = startPaging('https://contoso')(plan.read, {
      '@Microsoft.Dynamics.CRM.morerecords': true,
      '@Microsoft.Dynamics.CRM.fetchxmlpagingcookie': `<cookie pagenumber="2" pagingcookie="${cookie}" istracking="False" />`,
    });
    expect(next?.path).toContain('paging-cookie');
    expect(encodedLength(next?.path ?? '')).toBeLessThanOrEqual(MAX_BATCHED_URL);
  });

  it('joins the lists that matter, the parent contact and the column of --match-by', () => {
    const xmlOf = (more: Partial<PeopleQuery>, others: Partial<FetchOptions> = {}) =>
      decodeURIComponent(readsForQuery(query(['a'], more), { ...options, ...others })[0]?.read.path ?? '');
    expect(xmlOf({})).toContain(
      "<link-entity name='listmember' from='entityid' to='leadid' link-type='outer' alias='m'>",
    );
    expect(xmlOf({}, { joinLists: [] })).not.toContain('listmember');
    expect(xmlOf({}, { joinLists: undefined })).not.toContain('listmember');
    expect(xmlOf({ attribute: 'new_id' }, { extraAttribute: 'new_id' })).toContain("<attribute name='new_id'/>");
    const ofParents = xmlOf({ ofParentContact: true });
    expect(ofParents).toContain("from='contactid' to='parentcontactid' link-type='inner'");
    expect(ofParents.indexOf('<filter>')).toBeGreaterThan(ofParents.indexOf("name='contact'"));
  });

  it('asks nothing when there is no terminal to ask on for', () => {
    expect(readsForQuery(query([]), options)).toEqual([]);
  });
});
