/**
 * Reads what the lead or contact table of this organization looks like, in one request.
 * Paths and answers: Microsoft's "Query table definitions using the Web API".
 */

import type { Dataverse } from '../../dataverse/operation.ts';
import { readRows, rowsOf } from '../../dataverse/reads.ts';
import type { PersonType } from '../../events.ts';
import { isJsonObject, type JsonObject, type JsonValue, textOf } from '../../json.ts';
import type { ChoiceOption, Column, ColumnType, LookupTarget, TableMetadata } from './table-metadata.ts';

const CRM = 'Microsoft.Dynamics.CRM.';

/** Under `Attributes`; properties of a type need the cast to it. */
const COLUMN_QUERIES = {
  all: '?$select=LogicalName,AttributeType,RequiredLevel,IsValidForCreate',
  text: `/${CRM}StringAttributeMetadata?$select=LogicalName,MaxLength`,
  memo: `/${CRM}MemoAttributeMetadata?$select=LogicalName,MaxLength`,
  choice: `/${CRM}PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet($select=Options),GlobalOptionSet($select=Options)`,
  boolean: `/${CRM}BooleanAttributeMetadata?$select=LogicalName&$expand=OptionSet($select=TrueOption,FalseOption)`,
  date: `/${CRM}DateTimeAttributeMetadata?$select=LogicalName,Format`,
} as const;

type QueryName = keyof typeof COLUMN_QUERIES | 'lookups' | 'tables';
type Answers = (name: QueryName) => readonly JsonObject[];

/** An owner is written through one property, whichever of the two it is; the relationship itself names the virtual table `owner`. */
const OWNER_TARGETS: readonly LookupTarget[] = [
  { table: 'systemuser', entitySet: 'systemusers', navigationProperty: 'ownerid' },
  { table: 'team', entitySet: 'teams', navigationProperty: 'ownerid' },
];

/** Types whose SystemRequired columns a caller has to give. All others get their value from the platform: keys, owners, states, defaults. */
const CALLER_REQUIRED: readonly ColumnType['kind'][] = ['text', 'date', 'date-time', 'lookup'];
/** Dataverse sets these at creation by itself: a new person is open and new. */
const NEVER_SENT: ReadonlySet<string> = new Set(['statecode', 'statuscode']);
const PLATFORM_FILLED: ReadonlySet<string> = new Set(['ownerid', 'owningbusinessunit', 'transactioncurrencyid']);

/** Throws what the server refuses (DataverseError, PrivilegeError) and TemporaryError when no answer came. */
export async function describeTable(dataverse: Dataverse, table: PersonType): Promise<TableMetadata> {
  const definition = `EntityDefinitions(LogicalName='${table}')`;
  const lookupsOf = `${definition}/ManyToOneRelationships?$select=ReferencingAttribute,ReferencedEntity,ReferencingEntityNavigationPropertyName`;
  const reads = [
    ...Object.values(COLUMN_QUERIES).map((query) => readRows(`${definition}/Attributes${query}`, 'LogicalName')),
    readRows(lookupsOf, 'ReferencingAttribute'),
    readRows('EntityDefinitions?$select=LogicalName,EntitySetName', 'LogicalName'),
  ];
  const results = await dataverse.batch(reads);
  const names = [...Object.keys(COLUMN_QUERIES), 'lookups', 'tables'];
  const answers = new Map(names.map((name, place) => [name, rowsOf(results[place])]));
  return { table, columns: columnsOf((name) => answers.get(name) ?? []) };
}

function columnsOf(answers: Answers): ReadonlyMap<string, Column> {
  const typeOf = typesByName(answers);
  const columns = answers('all').map((row): Column => {
    const name = textOf(row.LogicalName);
    const type = typeOf(name, textOf(row.AttributeType));
    const level = isJsonObject(row.RequiredLevel) ? row.RequiredLevel.Value : undefined;
    const isAsked = CALLER_REQUIRED.includes(type.kind) && !PLATFORM_FILLED.has(name);
    const creatable = row.IsValidForCreate === true && !NEVER_SENT.has(name);
    return { name, type, creatable, required: level === 'SystemRequired' && isAsked };
  });
  return new Map(columns.map((column) => [column.name, column]));
}

function typesByName(answers: Answers): (name: string, attributeType: string) => ColumnType {
  const byName = (rows: readonly JsonObject[]) => new Map(rows.map((row) => [textOf(row.LogicalName), row]));
  const lengths = byName([...answers('text'), ...answers('memo')]);
  const choices = byName(answers('choice'));
  const booleans = byName(answers('boolean'));
  const dates = byName(answers('date'));
  const targets = lookupTargets(answers);
  const types: Readonly<Record<string, (name: string) => ColumnType>> = {
    String: (name) => textType(lengths.get(name)),
    Memo: (name) => textType(lengths.get(name)),
    Picklist: (name) => ({ kind: 'choice', options: optionsOf(choices.get(name)) }),
    State: () => ({ kind: 'other', name: 'State' }),
    Boolean: (name) => booleanType(booleans.get(name)),
    Integer: () => ({ kind: 'integer' }),
    Decimal: () => ({ kind: 'decimal' }),
    Double: () => ({ kind: 'decimal' }),
    Money: () => ({ kind: 'decimal' }),
    DateTime: (name) => ({ kind: dates.get(name)?.Format === 'DateOnly' ? 'date' : 'date-time' }),
    Lookup: (name) => ({ kind: 'lookup', targets: targets(name) }),
    Customer: (name) => ({ kind: 'lookup', targets: targets(name) }),
    Owner: () => ({ kind: 'lookup', targets: OWNER_TARGETS }),
    Uniqueidentifier: () => ({ kind: 'guid' }),
  };
  return (name, attributeType) => types[attributeType]?.(name) ?? { kind: 'other', name: attributeType };
}

function textType(row: JsonObject | undefined): ColumnType {
  return { kind: 'text', maxLength: typeof row?.MaxLength === 'number' ? row.MaxLength : undefined };
}

function booleanType(row: JsonObject | undefined): ColumnType {
  const options = isJsonObject(row?.OptionSet) ? row.OptionSet : {};
  return { kind: 'boolean', trueLabels: labelsOf(options.TrueOption), falseLabels: labelsOf(options.FalseOption) };
}

/** A column has options of its own or uses those of a global choice. */
function optionsOf(row: JsonObject | undefined): readonly ChoiceOption[] {
  const sets = [row?.OptionSet, row?.GlobalOptionSet].filter(isJsonObject);
  const options = sets.map((set) => objects(set.Options)).find((found) => found.length > 0) ?? [];
  return options.flatMap((option) =>
    typeof option.Value === 'number' ? [{ value: option.Value, labels: labelsOf(option) }] : [],
  );
}

/** The labels in every language, that of the user first. */
function labelsOf(option: JsonValue | undefined): readonly string[] {
  const label = isJsonObject(option) && isJsonObject(option.Label) ? option.Label : {};
  const all = [...objects([label.UserLocalizedLabel ?? null]), ...objects(label.LocalizedLabels)];
  return [...new Set(all.map((each) => textOf(each.Label)).filter((each) => each !== ''))];
}

function lookupTargets(answers: Answers): (name: string) => readonly LookupTarget[] {
  const sets = new Map(answers('tables').map((row) => [textOf(row.LogicalName), textOf(row.EntitySetName)]));
  return (name) =>
    answers('lookups')
      .filter((row) => row.ReferencingAttribute === name)
      .map((row) => ({
        table: textOf(row.ReferencedEntity),
        entitySet: sets.get(textOf(row.ReferencedEntity)) ?? '',
        navigationProperty: textOf(row.ReferencingEntityNavigationPropertyName),
      }))
      .filter(({ entitySet, navigationProperty }) => entitySet !== '' && navigationProperty !== '');
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
