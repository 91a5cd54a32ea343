import { type PeopleQuery, type QueryOptions, queriesForRows } from '../../../src/people/queries.ts';
import { ADD_RULES, byEmail, byId, createdId, row, withName } from '../change/people.ts';

const plain: QueryOptions = { matchBy: undefined, creation: undefined, leadsOfContacts: false };
const short = ({ type, attribute, values, ofParentContact }: PeopleQuery) =>
  `${type}.${ofParentContact === true ? 'parent.' : ''}${attribute}=${values.join('|')}`;
const ask = (rows: Parameters<typeof queriesForRows>[0], more: Partial<QueryOptions> = {}) =>
  queriesForRows(rows, { ...plain, ...more }).map(short);

describe('queriesForRows', () => {
  it('asks for each spelling of an e-mail once, in both tables', () => {
    expect(ask([byEmail('ann@x.de'), byEmail('ANN@x.de'), byEmail('bob@x.de')])).toEqual([
      'lead.emailaddress1=ann@x.de|ANN@x.de|bob@x.de',
      'contact.emailaddress1=ann@x.de|ANN@x.de|bob@x.de',
    ]);
  });

  it('asks for ids in their table, for bare ones in both, and not for their e-mail', () => {
    const rows = [byId('a', 'lead'), byId('b', 'contact'), byId('c'), { ...byId('d', 'lead'), email: 'ann@x.de' }];
    expect(ask(rows)).toEqual(['lead.leadid=a|c|d', 'contact.contactid=b|c']);
  });

  it('asks by the column of --match-by, and for the e-mail too: nobody is created whose e-mail is there', () => {
    expect(ask([row({ by: 'column', value: '7' }, { email: 'ann@x.de' })], { matchBy: 'new_id' })).toEqual([
      'lead.emailaddress1=ann@x.de',
      'lead.new_id=7',
      'contact.emailaddress1=ann@x.de',
      'contact.new_id=7',
    ]);
  });

  it('asks for the derived ids of those who may have to be created', () => {
    const over = { ...withName('over@x.de'), neverCreate: 'over-long' };
    const rows = [withName('ann@x.de'), byEmail('noname@x.de'), over, { ...byId('a', 'lead'), email: 'id@x.de' }];
    expect(ask(rows, { creation: ADD_RULES }).at(-1)).toBe(`lead.leadid=${createdId('ann@x.de', 1)}`);
  });

  it('asks a removal for the leads of contacts, however those are found', () => {
    const rows = [byEmail('ann@x.de'), byId('c', 'contact'), row({ by: 'column', value: '7' })];
    expect(ask(rows, { leadsOfContacts: true, matchBy: 'new_id' }).filter((each) => each.includes('parent'))).toEqual([
      'lead.parent.emailaddress1=ann@x.de',
      'lead.parentcontactid=c',
      'lead.parent.new_id=7',
    ]);
  });

  it('asks for nobody whom no query can name', () => {
    expect(
      ask([byEmail('a\u0000@x.de'), row({ by: 'column', value: 'x'.repeat(851) })], { matchBy: 'new_id' }),
    ).toEqual([]);
  });
});
