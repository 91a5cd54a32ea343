import { readFileSync } from 'node:fs';
import { runMetadataQuery } from '../../../../src/emulator/metadata/metadata-query.ts';
import { buildSchema } from '../../../../src/emulator/schema/schema.ts';
import { DEFAULT_SWITCHES } from '../../../../src/emulator/switches.ts';

const apiRoot = 'http://127.0.0.1:8080/api/data/v9.2/';
const schema = buildSchema(
  [
    { table: 'lead', name: 'new_synctomkto', type: 'boolean', label: 'Sync to Marketo', default: false },
    { table: 'lead', name: 'mkt_leadscore', type: 'integer', min: 0, max: 1000, requiredLevel: 'ApplicationRequired' },
  ],
  [{ table: 'lead', column: 'companyname', requiredLevel: 'ApplicationRequired', maxLength: 40 }],
);

type Json = Record<string, unknown>;
const read = (path: string, query = ''): Json =>
  Object(runMetadataQuery({ schema, apiRoot, switches: DEFAULT_SWITCHES }, path, query));
const value = (path: string, query = ''): Json[] => {
  const rows = read(path, query).value;
  return Array.isArray(rows) ? rows : [];
};
const recorded = (file: string): Json => Object(JSON.parse(readFileSync(`${__dirname}/fixtures/${file}.json`, 'utf8')));
const LEAD = "EntityDefinitions(LogicalName='lead')";
const CONTACT = "EntityDefinitions(LogicalName='contact')";

/** Every member's path and type; what a value says does not count. */
function shape(json: unknown, path = ''): string[] {
  if (Array.isArray(json)) return [...new Set(json.flatMap((item) => shape(item, `${path}[]`)))];
  if (json === null || typeof json !== 'object') return [path];
  return Object.entries(json).flatMap(([name, member]) => shape(member, `${path}.${name}`));
}

describe('EntityDefinitions', () => {
  it('answers what dataverse-ify asks', () => {
    expect(read(LEAD, '$select=EntitySetName')).toEqual({
      '@odata.context': `${apiRoot}$metadata#EntityDefinitions(EntitySetName)/$entity`,
      EntitySetName: 'leads',
      MetadataId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('has labels in the recorded shape', () => {
    const answer = read(CONTACT, '$select=DisplayCollectionName');
    expect(shape(answer).toSorted()).toEqual(shape(recorded('entity-definition')).toSorted());
    expect(answer.DisplayCollectionName).toMatchObject({
      UserLocalizedLabel: { Label: 'Contacts', LanguageCode: 1033 },
    });
  });

  it('lists tables, with a filter', () => {
    expect(value('EntityDefinitions', '$select=LogicalName,ObjectTypeCode')).toContainEqual(
      expect.objectContaining({ LogicalName: 'list', ObjectTypeCode: 4300 }),
    );
    const filter = "$select=EntitySetName&$filter=LogicalName eq 'lead' or EntitySetName eq 'campaigns'";
    expect(value('EntityDefinitions', filter).map((each) => each.EntitySetName)).toEqual(['campaigns', 'leads']);
  });

  it('finds a table by its MetadataId', () => {
    const id = read(LEAD, '$select=MetadataId').MetadataId;
    expect(read(`EntityDefinitions(${id})`, '$select=LogicalName').LogicalName).toBe('lead');
  });

  it('knows no alternate keys', () => {
    expect(value(`${LEAD}/Keys`)).toEqual([]);
  });
});

describe('Attributes', () => {
  it('name their type and the common properties', () => {
    const email = value(`${CONTACT}/Attributes`).find((each) => each.LogicalName === 'emailaddress1');
    expect(email).toMatchObject({
      '@odata.type': '#Microsoft.Dynamics.CRM.StringAttributeMetadata',
      LogicalName: 'emailaddress1',
      SchemaName: 'EMailAddress1',
      AttributeType: 'String',
      AttributeTypeName: { Value: 'StringType' },
      MaxLength: 100,
      IsValidForCreate: true,
      IsCustomAttribute: false,
      RequiredLevel: {
        Value: 'None',
        CanBeChanged: true,
        ManagedPropertyLogicalName: 'canmodifyrequirementlevelsettings',
      },
    });
  });

  const recordedAttributes = recorded('attributes').value;
  const ours = value(`${CONTACT}/Attributes`);
  const comparable = (Array.isArray(recordedAttributes) ? recordedAttributes : []).filter((each) =>
    ours.some((own) => own.LogicalName === each.LogicalName),
  );
  it.each(comparable)('agree with the recorded $LogicalName', (each) => {
    const own = ours.find((attribute) => attribute.LogicalName === each.LogicalName);
    const names = ['@odata.type', 'LogicalName', 'SchemaName', 'IsValidForCreate', 'AttributeTypeName'];
    expect(names.map((name) => own?.[name])).toEqual(names.map((name) => each[name]));
  });

  it('are selected and filtered', () => {
    const filter =
      "$select=LogicalName,RequiredLevel&$filter=AttributeType eq Microsoft.Dynamics.CRM.AttributeTypeCode'Owner'";
    expect(read(`${LEAD}/Attributes`, filter)).toEqual({
      '@odata.context': `${apiRoot}$metadata#EntityDefinitions('lead')/Attributes(LogicalName,RequiredLevel)`,
      value: [
        {
          '@odata.type': '#Microsoft.Dynamics.CRM.LookupAttributeMetadata',
          LogicalName: 'ownerid',
          RequiredLevel: expect.objectContaining({ Value: 'None' }),
          MetadataId: expect.any(String),
        },
      ],
    });
    const names = (condition: string) =>
      value(`${LEAD}/Attributes`, `$select=LogicalName&$filter=${condition}`).map((each) => each.LogicalName);
    expect(names('IsCustomAttribute eq true')).toEqual(['new_synctomkto', 'mkt_leadscore']);
    const required = ['companyname', 'lastname', 'subject', 'mkt_leadscore'];
    expect(names("RequiredLevel/Value eq 'ApplicationRequired'")).toEqual(required);
  });

  it('show own columns and what an organization set otherwise', () => {
    expect(read(`${LEAD}/Attributes(LogicalName='companyname')`)).toMatchObject({
      MaxLength: 40,
      RequiredLevel: { Value: 'ApplicationRequired' },
    });
    expect(read(`${LEAD}/Attributes(LogicalName='mkt_leadscore')`)).toMatchObject({
      IsCustomAttribute: true,
      MinValue: 0,
      MaxValue: 1000,
    });
  });

  it('say where lookups point', () => {
    const lookups = value(
      `${LEAD}/Attributes/Microsoft.Dynamics.CRM.LookupAttributeMetadata`,
      '$select=LogicalName,Targets',
    );
    const targets = new Map(lookups.map((each) => [each.LogicalName, each.Targets]));
    expect([targets.get('campaignid'), targets.get('ownerid'), targets.get('customerid')]).toEqual([
      ['campaign'],
      ['systemuser', 'team'],
      ['account', 'contact'],
    ]);
  });
});

describe('option sets', () => {
  const cast = (type: string): string => `${CONTACT}/Attributes/Microsoft.Dynamics.CRM.${type}AttributeMetadata`;
  const query = '$select=LogicalName&$expand=OptionSet($select=Options)';

  it.each([
    ['Picklist', 'options-picklists', 'familystatuscode'],
    ['State', 'options-states', 'statecode'],
    ['Status', 'options-statuses', 'statuscode'],
  ])('of %s are as recorded', (type, file, name) => {
    const answer = read(cast(type), query);
    const context = String(recorded(file)['@odata.context']).split('$metadata')[1];
    expect(answer['@odata.context']).toBe(`${apiRoot}$metadata${context}`);
    const pick = (json: Json): Json =>
      (Array.isArray(json.value) ? json.value : []).find((each: Json) => each.LogicalName === name) ?? {};
    expect(shape(pick(answer)).toSorted()).toEqual(shape(pick(recorded(file))).toSorted());
    const options = (json: Json): unknown =>
      Object(pick(json).OptionSet).Options.map((each: Json) => [
        each.Value,
        Object(each.Label).UserLocalizedLabel.Label,
        each.State,
        each.DefaultStatus,
      ]);
    expect(options(answer)).toEqual(options(recorded(file)));
  });

  it('of yes/no columns have a true and a false option', () => {
    const booleans = value(
      `${LEAD}/Attributes/Microsoft.Dynamics.CRM.BooleanAttributeMetadata`,
      '$select=LogicalName&$expand=OptionSet,GlobalOptionSet',
    );
    expect(booleans.find((each) => each.LogicalName === 'new_synctomkto')).toMatchObject({
      OptionSet: {
        OptionSetType: 'Boolean',
        TrueOption: { Value: 1, Label: { UserLocalizedLabel: { Label: 'Yes' } } },
        FalseOption: { Value: 0 },
      },
      GlobalOptionSet: null,
    });
  });

  it('of one attribute', () => {
    const path = `${LEAD}/Attributes(LogicalName='leadsourcecode')/Microsoft.Dynamics.CRM.PicklistAttributeMetadata`;
    const { OptionSet } = read(path, '$select=LogicalName&$expand=OptionSet');
    expect(Object(OptionSet).Options.map((each: Json) => each.Value)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe('ManyToOneRelationships', () => {
  it.each([
    ['campaignid', 'campaign', 'campaignid'],
    ['ownerid', 'principal', 'ownerid'],
  ])('names the key that %s leads to', (property, table, key) => {
    expect(value(`${LEAD}/ManyToOneRelationships`)).toContainEqual(
      expect.objectContaining({
        ReferencingEntityNavigationPropertyName: property,
        ReferencedEntity: table,
        ReferencedAttribute: key,
      }),
    );
  });
});

const ATTRIBUTES = `${LEAD}/Attributes`;

describe('refusals of metadata', () => {
  it.each([
    ["EntityDefinitions(LogicalName='nosuch')", '', 404, "The entity with a name = 'nosuch'"],
    [`${LEAD}/Attributes(LogicalName='nosuch')`, '', 404, "LogicalName = 'nosuch'"],
    [LEAD, '$select=NoSuch', 400, "a property named 'NoSuch' on type 'Microsoft.Dynamics.CRM.EntityMetadata'."],
    [ATTRIBUTES, '$select=Targets', 400, "named 'Targets' on type 'Microsoft.Dynamics.CRM.AttributeMetadata'."],
    [`${LEAD}/Attributes`, '$expand=OptionSet', 400, "Could not find a property named 'OptionSet'"],
    [`${ATTRIBUTES}/Microsoft.Dynamics.CRM.NoSuch`, '', 404, "the segment 'Microsoft.Dynamics.CRM.NoSuch'."],
    [`${LEAD}/OneToManyRelationships`, '', 501, 'OneToManyRelationships'],
    [`${LEAD}/ManyToOneRelationships`, "$filter=ReferencingAttribute eq 'campaignid'", 501, '$filter'],
    ['GlobalOptionSetDefinitions', '', 501, 'GlobalOptionSetDefinitions'],
    ['EntityDefinitions', '$top=1', 501, '$top'],
  ])('%s?%s', (path, query, status, message) => {
    expect(() => read(path, query)).toThrow(
      expect.objectContaining({ status, message: expect.stringContaining(message) }),
    );
  });
});
