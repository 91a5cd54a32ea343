import { DataverseError } from '../../../../src/errors.ts';
import type { JsonObject } from '../../../../src/json.ts';
import { convertAttributes } from '../../../../src/people/attributes/convert-attributes.ts';
import { describeTable } from '../../../../src/people/attributes/describe-table.ts';
import { type Answers, fakeDataverse } from '../../../support/fake-dataverse.ts';
import contactPicklists from './fixtures/contact-picklists.json' with { type: 'json' };

const label = (text: string) => ({
  Label: { LocalizedLabels: [{ Label: text }], UserLocalizedLabel: { Label: text } },
});
const level = (Value: string) => ({ Value, CanBeChanged: true });
const attribute = (LogicalName: string, AttributeType: string, more: JsonObject = {}): JsonObject => ({
  LogicalName,
  AttributeType,
  IsValidForCreate: true,
  RequiredLevel: level('None'),
  ...more,
});

const ANSWERS: Answers = Object.entries({
  'Attributes?': [
    attribute('contactid', 'Uniqueidentifier', { RequiredLevel: level('SystemRequired') }),
    attribute('ownerid', 'Owner', { RequiredLevel: level('SystemRequired') }),
    attribute('lastname', 'String', { RequiredLevel: level('ApplicationRequired') }),
    attribute('emailaddress1', 'String'),
    attribute('description', 'Memo'),
    attribute('fullname', 'String', { IsValidForCreate: false }),
    attribute('new_code', 'String', { RequiredLevel: level('SystemRequired') }),
    attribute('gendercode', 'Picklist'),
    attribute('new_global', 'Picklist'),
    attribute('donotemail', 'Boolean', { RequiredLevel: level('SystemRequired') }),
    attribute('birthdate', 'DateTime'),
    attribute('lastonholdtime', 'DateTime'),
    attribute('parentcustomerid', 'Customer'),
    attribute('numberofchildren', 'Integer'),
    attribute('creditlimit', 'Money'),
    attribute('statecode', 'State'),
    attribute('entityimage', 'Virtual'),
  ],
  StringAttributeMetadata: [
    { LogicalName: 'lastname', MaxLength: 50 },
    { LogicalName: 'new_code', MaxLength: 3 },
  ],
  MemoAttributeMetadata: [{ LogicalName: 'description', MaxLength: 2000 }],
  PicklistAttributeMetadata: [
    ...contactPicklists.value,
    { LogicalName: 'new_global', OptionSet: null, GlobalOptionSet: { Options: [{ Value: 5, ...label('Five') }] } },
  ],
  BooleanAttributeMetadata: [
    {
      LogicalName: 'donotemail',
      OptionSet: { TrueOption: { Value: 1, ...label('Do Not Allow') }, FalseOption: { Value: 0, ...label('Allow') } },
    },
  ],
  DateTimeAttributeMetadata: [
    { LogicalName: 'birthdate', Format: 'DateOnly' },
    { LogicalName: 'lastonholdtime', Format: 'DateAndTime' },
  ],
  ManyToOneRelationships: [
    {
      ReferencingAttribute: 'parentcustomerid',
      ReferencedEntity: 'account',
      ReferencingEntityNavigationPropertyName: 'parentcustomerid_account',
    },
    {
      ReferencingAttribute: 'parentcustomerid',
      ReferencedEntity: 'contact',
      ReferencingEntityNavigationPropertyName: 'parentcustomerid_contact',
    },
    { ReferencingAttribute: 'ownerid', ReferencedEntity: 'owner', ReferencingEntityNavigationPropertyName: 'ownerid' },
  ],
  'EntityDefinitions?': [
    { LogicalName: 'account', EntitySetName: 'accounts' },
    { LogicalName: 'contact', EntitySetName: 'contacts' },
  ],
});

describe('describeTable', () => {
  it('reads every column with what its type needs, in one request', async () => {
    const dataverse = fakeDataverse(ANSWERS);
    const { table, columns } = await describeTable(dataverse, 'contact');
    expect(table).toBe('contact');
    expect(dataverse.requests).toHaveLength(1);
    expect(dataverse.requests[0]?.[0]).toBe(
      "EntityDefinitions(LogicalName='contact')/Attributes?$select=LogicalName,AttributeType,RequiredLevel,IsValidForCreate",
    );
    const typeOf = (name: string) => columns.get(name)?.type;
    expect(columns.get('lastname')).toEqual({
      name: 'lastname',
      type: { kind: 'text', maxLength: 50 },
      creatable: true,
      required: false,
    });
    expect(typeOf('description')).toEqual({ kind: 'text', maxLength: 2000 });
    expect(columns.get('fullname')).toMatchObject({ creatable: false });
    expect(columns.get('statecode')).toMatchObject({ creatable: false });
    expect(typeOf('gendercode')).toEqual({
      kind: 'choice',
      options: [
        { value: 1, labels: ['Male'] },
        { value: 2, labels: ['Female'] },
      ],
    });
    expect(typeOf('new_global')).toEqual({ kind: 'choice', options: [{ value: 5, labels: ['Five'] }] });
    expect(typeOf('donotemail')).toEqual({ kind: 'boolean', trueLabels: ['Do Not Allow'], falseLabels: ['Allow'] });
    expect(typeOf('birthdate')).toEqual({ kind: 'date' });
    expect(typeOf('lastonholdtime')).toEqual({ kind: 'date-time' });
    expect(typeOf('statecode')).toEqual({ kind: 'other', name: 'State' });
    expect(typeOf('parentcustomerid')).toEqual({
      kind: 'lookup',
      targets: [
        { table: 'account', entitySet: 'accounts', navigationProperty: 'parentcustomerid_account' },
        { table: 'contact', entitySet: 'contacts', navigationProperty: 'parentcustomerid_contact' },
      ],
    });
  });

  it('asks the input only for what the platform does not fill in itself', async () => {
    const { columns } = await describeTable(fakeDataverse(ANSWERS), 'contact');
    expect([...columns.values()].filter(({ required }) => required).map(({ name }) => name)).toEqual(['new_code']);
  });

  it('describes a table that people can be created in', async () => {
    const table = await describeTable(fakeDataverse(ANSWERS), 'contact');
    const person = { lastname: 'M', emailaddress1: 'a@x.example', new_code: 'abc', gendercode: 'female' };
    expect(convertAttributes(table, { ...person, ownerid: 'team:3c6ab2f1-0000-4000-8000-00000000000a' })).toEqual({
      ok: true,
      values: { ...person, gendercode: 2, 'ownerid@odata.bind': '/teams(3c6ab2f1-0000-4000-8000-00000000000a)' },
    });
  });

  it('throws what the server refuses', async () => {
    const error = new DataverseError('FORBIDDEN', 'no');
    const dataverse = fakeDataverse([['', { kind: 'refused', error }]]);
    await expect(describeTable(dataverse, 'lead')).rejects.toMatchObject({ code: 'FORBIDDEN', cause: error });
  });
});
