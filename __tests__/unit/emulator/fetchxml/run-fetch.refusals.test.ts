import { openWorld } from '../odata/support.ts';

const world = openWorld();
afterAll(() => world.context.store.close());

const fetch = (entity: string, attributes = ''): string =>
  `<fetch${attributes}><entity name="lead">${entity}</entity></fetch>`;

const condition = (text: string): string => fetch(`<filter><condition ${text}/></filter>`);

describe('refusals of FetchXML', () => {
  it.each([
    '<fetch>',
    '<fetch></fetch>',
    '<fetch><entity name="lead"><nosuch/></entity></fetch>',
    '<fetch page="x"><entity name="lead"/></fetch>',
  ])('%s is malformed', (xml) => {
    expect(() => world.fetch('lead', xml)).toThrow(
      expect.objectContaining({ status: 400, code: '0x80040303', message: 'Malformed FetchXml.' }),
    );
  });

  it.each([
    [fetch('<link-entity name="nosuch" from="a" to="leadid"/>'), '0x80041102', "name = 'nosuch' with namemapping"],
    [fetch('<attribute name="nosuch"/>'), '0x80041103', "doesn't contain attribute with Name = 'nosuch'"],
    [condition('attribute="leadid" operator="eq" value="x"'), '0x80040203', 'Invalid argument.'],
    [fetch('', ' top="1" page="1"'), '0x80060888', "The top attribute can't be specified with paging attribute page"],
    ['<fetch><entity name="contact"/></fetch>', '0x80060888', "The entity name 'contact' in FetchXml does not match"],
  ])('%s', (xml, code, message) => {
    expect(() => world.fetch('lead', xml)).toThrow(
      expect.objectContaining({ status: 400, code, message: expect.stringContaining(message) }),
    );
  });

  it.each([
    [condition('attribute="createdon" operator="today"'), "the FetchXML operator 'today'"],
    [fetch('<link-entity name="listmember" from="entityid" to="leadid" link-type="exists"/>'), "link-type 'exists'"],
    [fetch('<attribute name="revenue" alias="s" aggregate="sum"/>', ' aggregate="true"'), "the aggregate 'sum'"],
  ])('%s is not served', (xml, what) => {
    expect(() => world.fetch('lead', xml)).toThrow(
      expect.objectContaining({ status: 501, message: expect.stringContaining(what) }),
    );
  });
});
