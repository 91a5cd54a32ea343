import type { Column, ColumnType } from '../schema/column.ts';
import type { Table } from '../schema/schema.ts';
import { label, metadataId, NO_LABEL } from './label.ts';

export type Json = Record<string, unknown>;

type TypeNames = { type: string; code: string; name: string };

function names(type: string, code = type, name = `${code}Type`): TypeNames {
  return { type: `${type}AttributeMetadata`, code, name };
}

const TYPES = {
  string: names('String'),
  memo: names('Memo'),
  integer: names('Integer'),
  bigint: names('BigInt'),
  decimal: names('Decimal'),
  money: names('Money'),
  double: names('Double'),
  boolean: names('Boolean'),
  picklist: names('Picklist'),
  state: names('State'),
  status: names('Status'),
  datetime: names('DateTime'),
  date: names('DateTime'),
  guid: names('UniqueIdentifier', 'Uniqueidentifier'),
  lookup: names('Lookup'),
  owner: names('Lookup', 'Owner'),
  customer: names('Lookup', 'Customer'),
  entityname: names('EntityName'),
  image: names('Image', 'Virtual', 'ImageType'),
} satisfies Record<ColumnType, TypeNames>;

/** e.g. `PicklistAttributeMetadata`. */
export function metadataType(column: Column): string {
  return TYPES[column.type].type;
}

export const ATTRIBUTE_TYPES: ReadonlySet<string> = new Set(Object.values(TYPES).map(({ type }) => type));

/** What every attribute has, whatever its type. */
export function commonProperties(table: Table, column: Column): Json {
  const { code, name } = TYPES[column.type];
  return {
    MetadataId: metadataId('attribute', table.name, column.logical),
    LogicalName: column.logical,
    SchemaName: column.schemaName,
    EntityLogicalName: table.name,
    AttributeOf: null,
    AttributeType: code,
    AttributeTypeName: { Value: name },
    DisplayName: label(column.label, `${table.name}.${column.logical}`, !column.custom),
    Description: NO_LABEL,
    IsCustomAttribute: column.custom,
    IsManaged: !column.custom,
    IsPrimaryId: column.name === table.key,
    IsPrimaryName: column.logical === table.primaryName,
    IsLogical: false,
    // Recorded: states say no, though a state in a creating body is taken here.
    IsValidForCreate: column.validForCreate && column.type !== 'state',
    IsValidForRead: true,
    IsValidForUpdate: column.validForUpdate,
    RequiredLevel: {
      Value: column.requiredLevel,
      CanBeChanged: column.requiredLevel !== 'SystemRequired',
      ManagedPropertyLogicalName: 'canmodifyrequirementlevelsettings',
    },
  };
}

const NUMBER_LIMIT = 100_000_000_000;
const INTEGER_LIMIT = 2_147_483_647;

/** What attributes of this type have besides. */
export function typedProperties(column: Column): Json {
  return PROPERTIES[TYPES[column.type].type]?.(column) ?? {};
}

const PROPERTIES: Readonly<Record<string, ((column: Column) => Json) | undefined>> = {
  StringAttributeMetadata: (column) => ({
    MaxLength: column.maxLength ?? null,
    Format: 'Text',
    FormatName: { Value: textFormat(column) },
  }),
  MemoAttributeMetadata: (column) => ({ MaxLength: column.maxLength ?? null, Format: 'TextArea' }),
  IntegerAttributeMetadata: ({ min, max }) => ({
    MinValue: min ?? -INTEGER_LIMIT - 1,
    MaxValue: max ?? INTEGER_LIMIT,
    Format: 'None',
  }),
  DecimalAttributeMetadata: ({ min, max }) => ({
    MinValue: min ?? -NUMBER_LIMIT,
    MaxValue: max ?? NUMBER_LIMIT,
    Precision: 2,
  }),
  MoneyAttributeMetadata: ({ min, max }) => ({
    MinValue: min ?? -NUMBER_LIMIT,
    MaxValue: max ?? NUMBER_LIMIT,
    Precision: 2,
  }),
  DoubleAttributeMetadata: ({ min, max }) => ({
    MinValue: min ?? -NUMBER_LIMIT,
    MaxValue: max ?? NUMBER_LIMIT,
    Precision: 2,
  }),
  DateTimeAttributeMetadata: ({ type }) => ({ Format: type === 'date' ? 'DateOnly' : 'DateAndTime' }),
  LookupAttributeMetadata: ({ targets }) => ({ Targets: targets }),
  PicklistAttributeMetadata: (column) => ({ DefaultFormValue: column.default ?? -1 }),
  StateAttributeMetadata: (column) => ({ DefaultFormValue: column.default ?? null }),
  StatusAttributeMetadata: (column) => ({ DefaultFormValue: column.default ?? null }),
  BooleanAttributeMetadata: (column) => ({ DefaultValue: column.default ?? false }),
};

function textFormat({ logical }: Column): string {
  if (logical.startsWith('emailaddress')) return 'Email';
  return logical === 'websiteurl' ? 'Url' : 'Text';
}
