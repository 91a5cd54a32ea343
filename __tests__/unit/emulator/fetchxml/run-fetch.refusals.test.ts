import { openWorld } from '../odata/support.ts';

const world = openWorld();
afterAll(() => world.context.store.close());

const fetch = (entity: string, attributes = ''): string =>
  `<fetch${attributes}><entity name="lead">${entity}</entity></fetch>`;

describe('refusals of FetchXML', () => {
  it.each([
    ['<fetch>', 400, '0x80040303', 'Malformed FetchXml.'],
    ['<fetch></fetch>', 400, '0x80040303', 'Malformed FetchXml.'],
    ['<fetch><entity name="lead"><nosuch/></entity></fetch>', 400, '0x80040303', 'Malformed FetchXml.'],
    ['<fetch page="x"><entity name="lead"/></fetch>', 400, '0x80040303', 'Malformed FetchXml.'],
    [
      fetch('<link-entity name="nosuch" from="a" to="leadid"/>'),
      400,
      '0x80041102',
      "The entity with a name = 'nosuch' with namemapping = 'Logical' was not found in the MetadataCache.",
    ],
    [
      fetch('<attribute name="nosuch"/>'),
      400,
      '0x80041103',
      "'lead' entity doesn't contain attribute with Name = 'nosuch' and NameMapping = 'Logical'.",
    ],
    [
      fetch('<filter><condition attribute="leadid" operator="eq" value="x"/></filter>'),
      400,
      '0x80040203',
      'Invalid argument.',
    ],
    [
      fetch('', ' top="1" page="1"'),
      400,
      '0x80060888',
      "The top attribute can't be specified with paging attribute page",
    ],
    [
      '<fetch><entity name="contact"/></fetch>',
      400,
      '0x80060888',
      "The entity name 'contact' in FetchXml does not match the entity set of the request.",
    ],
    [
      fetch('<filter><condition attribute="createdon" operator="today"/></filter>'),
      501,
      '0x80040315',
      "This emulator does not implement the FetchXML operator 'today'. Dataverse itself may.",
    ],
    [
      fetch('<link-entity name="listmember" from="entityid" to="leadid" link-type="exists"/>'),
      501,
      '0x80040315',
      "link-type 'exists' of FetchXML",
    ],
    [
      '<fetch aggregate="true"><entity name="lead"><attribute name="revenue" alias="s" aggregate="sum"/></entity></fetch>',
      501,
      '0x80040315',
      "the aggregate 'sum' of FetchXML",
    ],
  ])('%s', (xml, status, code, message) => {
    expect(() => world.fetch('lead', xml)).toThrow(
      expect.objectContaining({ status, code, message: expect.stringContaining(message) }),
    );
  });

  it('U29: counts the values of in', () => {
    const limited = openWorld({ switches: { inValues: 'limit-300' } });
    const xml = (count: number): string =>
      fetch(
        `<filter><condition attribute="subject" operator="in">${Array.from({ length: count }, (_, n) => `<value>${n}</value>`).join('')}</condition></filter>`,
      );
    expect(limited.fetch('lead', xml(300)).value).toEqual([]);
    expect(() => limited.fetch('lead', xml(301))).toThrow(expect.objectContaining({ status: 400, code: '0x8004430e' }));
    limited.context.store.close();
  });
});
