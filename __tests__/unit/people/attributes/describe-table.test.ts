import type { Dataverse, OperationResult } from '../../../../src/dataverse/operation.ts';
import { DataverseError } from '../../../../src/errors.ts';
import type { JsonObject } from '../../../../src/json.ts';
import { convertAttributes } from '../../../../src/people/attributes/convert-attributes.ts';
import { describeTable } from '../../../../src/people/attributes/describe-table.ts';
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

const ANSWERS: Readonly<Record<string, readonly JsonObject[]>> = {
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
};

/** A Dataverse that knows nothing but this table, and fails when anything else than one batch is asked. */
function fakeDataverse(answer: (path: string) => OperationResult) {
  const paths: string[][] = [];
  const never = () => {
    throw new Error('only one batch is expected');
  };
  const dataverse: Dataverse = {
    origin: 'https://contoso.example',
    send: never,
    read: never,
    pages: never,
    traffic: never,
    serverNow: never,
    writeTurn: never,
    allowed: never,
    ask: never,
    batch: async (parts) => {
      const asked = parts.map((part) => ('path' in part ? part.path : ''));
      paths.push(asked);
      return asked.map(answer);
    },
  };
  return { dataverse, paths };
}

function recorded(path: string): OperationResult {
  const value = Object.entries(ANSWERS).find(([name]) => path.includes(name))?.[1];
  return value === undefined
    ? { kind: 'refused', error: new DataverseError('NOT_FOUND', path) }
    : { kind: 'ok', status: 200, headers: {}, body: { value: [...value] } };
}

describe('describeTable', () => {
  it('reads every column with what its type needs, in one request', async () => {
    const { dataverse, paths } = fakeDataverse(recorded);
    const { table, columns } = await describeTable(dataverse, 'contact');
    expect(table).toBe('contact');
    expect(paths).toHaveLength(1);
    expect(paths[0]?.[0]).toBe(
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
    const { columns } = await describeTable(fakeDataverse(recorded).dataverse, 'contact');
    expect([...columns.values()].filter(({ required }) => required).map(({ name }) => name)).toEqual(['new_code']);
  });

  it('describes a table that people can be created in', async () => {
    const table = await describeTable(fakeDataverse(recorded).dataverse, 'contact');
    const person = { lastname: 'M', emailaddress1: 'a@x.example', new_code: 'abc', gendercode: 'female' };
    expect(convertAttributes(table, { ...person, ownerid: 'team:3c6ab2f1-0000-4000-8000-00000000000a' })).toEqual({
      ok: true,
      values: { ...person, gendercode: 2, 'ownerid@odata.bind': '/teams(3c6ab2f1-0000-4000-8000-00000000000a)' },
    });
  });

  it('throws what the server refuses', async () => {
    const error = new DataverseError('FORBIDDEN', 'no');
    const { dataverse } = fakeDataverse(() => ({ kind: 'refused', error }));
    await expect(describeTable(dataverse, 'lead')).rejects.toMatchObject({ code: 'FORBIDDEN', cause: error });
  });
});
