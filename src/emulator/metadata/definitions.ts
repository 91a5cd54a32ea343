/** What `EntityDefinitions` says about tables, columns, choices and lookups. */
import { fixedId } from '../organization/organization.ts';
import { type Column, type ColumnType, capitalised, type Option } from '../schema/column.ts';
import { type Table, targetKey } from '../schema/schema.ts';

export function entityProperties(table: Table): Json {
  const schemaName = capitalised(table.name);
  return {
    MetadataId: fixedId('entity', table.name),
    LogicalName: table.name,
    SchemaName: schemaName,
    EntitySetName: table.set,
    LogicalCollectionName: table.set,
    CollectionSchemaName: table.set,
    ObjectTypeCode: table.typeCode,
    PrimaryIdAttribute: table.key,
    PrimaryNameAttribute: table.primaryName ?? null,
    DisplayName: label(schemaName, `${table.name}.one`, true),
    DisplayCollectionName: label(capitalised(table.set), `${table.name}.many`, true),
    Description: NO_LABEL,
    IsCustomEntity: false,
    IsManaged: true,
    IsIntersect: false,
    IsDuplicateDetectionEnabled: {
      Value: table.hasDuplicateRule,
      CanBeChanged: true,
      ManagedPropertyLogicalName: 'canmodifyduplicatedetectionsettings',
    },
    OwnershipType: table.columns.has('_ownerid_value') ? 'UserOwned' : 'OrganizationOwned',
  };
}

/**
 * The lookups of a table, one entry per table that each can point to. ReferencingEntityNavigationPropertyName is what `@odata.bind` is
 * appended to. Differs: MetadataId and the cascade rules of the real service are not kept.
 */
export function manyToOneRelationships(table: Table): readonly Json[] {
  return [...table.navigation.values()].flatMap((navigation) => {
    if (navigation.kind !== 'single') return [];
    return [
      {
        SchemaName: `${table.name}_${navigation.name}`,
        ReferencedAttribute: targetKey(navigation),
        ReferencedEntity: navigation.target,
        ReferencingAttribute: navigation.column.replace(/^_(.*)_value$/, '$1'),
        ReferencingEntity: table.name,
        ReferencingEntityNavigationPropertyName: navigation.name,
        RelationshipType: 'OneToManyRelationship',
        MetadataId: null,
      },
    ];
  });
}

export type Json = Record<string, unknown>;

/** How metadata calls a type of column, e.g. `PicklistAttributeMetadata`, and the properties that only attributes of it have. */
type AttributeType = { type: string; code: string; name: string; more: (column: Column) => Json };

function named(type: string, more: AttributeType['more'] = () => ({}), code = type): AttributeType {
  return { type: `${type}AttributeMetadata`, code, name: `${code}Type`, more };
}

const INTEGER_LIMIT = 2_147_483_647;
const NUMBER_LIMIT = 100_000_000_000;

const number = ({ min, max }: Column): Json => ({
  MinValue: min ?? -NUMBER_LIMIT,
  MaxValue: max ?? NUMBER_LIMIT,
  Precision: 2,
});
const lookup = ({ targets }: Column): Json => ({ Targets: targets });
const state = (column: Column): Json => ({ DefaultFormValue: column.default ?? null });

const TYPES = {
  string: named('String', ({ maxLength, logical }) => ({
    MaxLength: maxLength ?? null,
    Format: 'Text',
    FormatName: { Value: textFormat(logical) },
  })),
  memo: named('Memo', ({ maxLength }) => ({ MaxLength: maxLength ?? null, Format: 'TextArea' })),
  integer: named('Integer', ({ min, max }) => ({
    MinValue: min ?? -INTEGER_LIMIT - 1,
    MaxValue: max ?? INTEGER_LIMIT,
    Format: 'None',
  })),
  bigint: named('BigInt'),
  decimal: named('Decimal', number),
  money: named('Money', number),
  double: named('Double', number),
  boolean: named('Boolean', (column) => ({ DefaultValue: column.default ?? false })),
  picklist: named('Picklist', (column) => ({ DefaultFormValue: column.default ?? -1 })),
  state: named('State', state),
  status: named('Status', state),
  datetime: named('DateTime', () => ({ Format: 'DateAndTime' })),
  date: named('DateTime', () => ({ Format: 'DateOnly' })),
  guid: named('UniqueIdentifier', undefined, 'Uniqueidentifier'),
  lookup: named('Lookup', lookup),
  owner: named('Lookup', lookup, 'Owner'),
  customer: named('Lookup', lookup, 'Customer'),
  entityname: named('EntityName'),
  image: { ...named('Image', undefined, 'Virtual'), name: 'ImageType' },
} satisfies Record<ColumnType, AttributeType>;

function textFormat(logical: string): string {
  if (logical.startsWith('emailaddress')) return 'Email';
  return logical === 'websiteurl' ? 'Url' : 'Text';
}

export function attributeType({ type }: Column): AttributeType {
  return TYPES[type];
}

export const ATTRIBUTE_TYPES: ReadonlySet<string> = new Set(Object.values(TYPES).map(({ type }) => type));

export function commonProperties(table: Table, column: Column, isSecured: boolean): Json {
  const { code, name } = TYPES[column.type];
  return {
    MetadataId: fixedId('attribute', table.name, column.logical),
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
    IsSecured: isSecured,
    // Recorded: states say no, although a create with a state is accepted here.
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

const OPTION_SETS: readonly ColumnType[] = ['picklist', 'state', 'status', 'boolean'];

export const WITH_OPTIONS: readonly string[] = OPTION_SETS.map((type) => TYPES[type].type);

/** The options of a choice or yes/no column, in the recorded shape; undefined for other columns. */
export function optionSet(table: Table, column: Column): Json | undefined {
  const { type } = column;
  if (!OPTION_SETS.includes(type)) return undefined;
  const options = (column.options ?? []).map((option) => optionJson(table, column, option));
  return {
    MetadataId: fixedId('optionset', table.name, column.logical),
    HasChanged: null,
    IsCustomOptionSet: column.custom,
    IsGlobal: false,
    IsManaged: !column.custom,
    Name: `${table.name}_${column.logical}`,
    ExternalTypeName: null,
    OptionSetType: capitalised(type),
    ...(type === 'boolean'
      ? { TrueOption: options[1] ?? null, FalseOption: options[0] ?? null }
      : { Options: options }),
  };
}

function optionJson(table: Table, column: Column, option: Option): Json {
  const { type, defaultStatus } = column;
  const ofState = { DefaultStatus: defaultStatus?.[String(option.value)] ?? null, InvariantName: option.label };
  const ofStatus = { State: option.state ?? 0, TransitionData: null };
  return {
    ...(type === 'state' || type === 'status'
      ? { '@odata.type': `#Microsoft.Dynamics.CRM.${capitalised(type)}OptionMetadata` }
      : {}),
    Value: option.value,
    Color: null,
    IsManaged: !column.custom,
    ExternalValue: null,
    ParentValues: [],
    Tag: null,
    IsHidden: false,
    MetadataId: null,
    HasChanged: null,
    ...(type === 'state' ? ofState : {}),
    ...(type === 'status' ? ofStatus : {}),
    Label: label(option.label, `${table.name}.${column.logical}.${option.value}`, !column.custom),
    Description: NO_LABEL,
  };
}

const ENGLISH = 1033;

/** A display text; `key` makes its id. */
function label(text: string, key: string, isManaged: boolean): Json {
  const localized = {
    Label: text,
    LanguageCode: ENGLISH,
    IsManaged: isManaged,
    MetadataId: fixedId('label', key),
    HasChanged: null,
  };
  return { LocalizedLabels: [localized], UserLocalizedLabel: localized };
}

const NO_LABEL: Json = { LocalizedLabels: [], UserLocalizedLabel: null };
