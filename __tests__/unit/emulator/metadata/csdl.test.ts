import { readXml, type XmlElement } from '../../../../src/emulator/fetchxml/read-fetch.ts';
import { metadataXml } from '../../../../src/emulator/metadata/csdl.ts';
import { buildSchema } from '../../../../src/emulator/schema/schema.ts';

const schema = buildSchema([{ table: 'lead', name: 'new_marketoid', type: 'string', maxLength: 50 }]);

function schemaElement(xml: string): XmlElement {
  const found = readXml(xml).children[0]?.children[0];
  if (found === undefined) throw new Error('no Schema element');
  return found;
}

const document = schemaElement(metadataXml(schema));
const named = (element: XmlElement | undefined, kind: string): Map<string, XmlElement> =>
  new Map(
    (element?.children ?? [])
      .filter((child) => child.name === kind)
      .map((child) => [child.attributes.get('Name') ?? '', child]),
  );
const types = named(document, 'EntityType');

describe('metadataXml', () => {
  it('declares every table with its key, columns and navigation properties', () => {
    const lead = types.get('lead');
    expect(lead?.attributes.get('BaseType')).toBe('mscrm.crmbaseentity');
    const properties = named(lead, 'Property');
    expect(properties.get('emailaddress1')?.attributes.get('MaxLength')).toBe('100');
    expect(properties.get('new_marketoid')?.attributes.get('Type')).toBe('Edm.String');
    expect(properties.get('_campaignid_value')?.attributes.get('Type')).toBe('Edm.Guid');
    const navigations = named(lead, 'NavigationProperty');
    expect(navigations.get('campaignid')?.attributes.get('Type')).toBe('mscrm.campaign');
    expect(navigations.get('listlead_association')?.attributes.get('Type')).toBe('Collection(mscrm.list)');
    expect(navigations.has('Lead_Tasks')).toBe(false);
  });

  it('resolves every type that it mentions', () => {
    const known = new Set([
      ...types.keys(),
      ...named(document, 'ComplexType').keys(),
      ...named(document, 'EnumType').keys(),
    ]);
    const mentioned = [...metadataXml(schema).matchAll(/mscrm\.(\w+)/g)].map((match) => match[1] ?? '');
    const operations = new Set(schema.operations.map((operation) => operation.name));
    expect(mentioned.filter((name) => !known.has(name) && !operations.has(name))).toEqual([]);
    expect(mentioned.length).toBeGreaterThan(100);
  });

  it('has users and teams inherit their key', () => {
    const user = types.get('systemuser');
    expect([
      user?.attributes.get('BaseType'),
      named(user, 'Property').has('ownerid'),
      named(user, 'Property').has('systemuserid'),
    ]).toEqual(['mscrm.principal', false, true]);
  });

  it('declares operations and sets, and leaves out what is absent here', () => {
    const actions = named(document, 'Action');
    const parameters = named(actions.get('AddListMembersList'), 'Parameter');
    expect([...parameters].map(([name, element]) => [name, element.attributes.get('Type')])).toEqual([
      ['List', 'mscrm.list'],
      ['Members', 'Collection(mscrm.crmbaseentity)'],
    ]);
    const container = named(document, 'EntityContainer').get('System');
    expect(named(container, 'EntitySet').get('leads')?.attributes.get('EntityType')).toBe('mscrm.lead');
    expect(named(container, 'ActionImport').has('AddListMembersList')).toBe(true);
    const without = schemaElement(metadataXml(schema, new Set(['RemoveListMembersList'])));
    expect([actions.has('RemoveListMembersList'), named(without, 'Action').has('RemoveListMembersList')]).toEqual([
      true,
      false,
    ]);
  });
});
