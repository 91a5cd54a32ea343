/** A column as the schema file describes it; `name` is the wire name (`_x_value` for lookups), `logical` the one of FetchXML and metadata. */
export const COLUMN_TYPES = [
  'string',
  'memo',
  'integer',
  'bigint',
  'decimal',
  'money',
  'double',
  'boolean',
  'picklist',
  'state',
  'status',
  'datetime',
  'date',
  'guid',
  'lookup',
  'owner',
  'customer',
  'entityname',
  'image',
] as const;

export type ColumnType = (typeof COLUMN_TYPES)[number];

export type Option = { value: number; label: string; state?: number };

export const REQUIRED_LEVELS = ['None', 'Recommended', 'ApplicationRequired', 'SystemRequired'] as const;
export type RequiredLevel = (typeof REQUIRED_LEVELS)[number];

export type Column = {
  name: string;
  logical: string;
  schemaName: string;
  label: string;
  type: ColumnType;
  /** The SQL column; another one where two wire names show the same value (`ownerid` of a user). */
  sql: string;
  maxLength?: number;
  min?: number;
  max?: number;
  options?: readonly Option[];
  /** Status reason that goes with a state when none is given. */
  defaultStatus?: Readonly<Record<string, number>>;
  default?: number | boolean | string;
  requiredLevel: RequiredLevel;
  validForCreate: boolean;
  validForUpdate: boolean;
  /** Tables a lookup may point to; empty where they are outside the served subset. */
  targets: readonly string[];
  custom: boolean;
  indexed: boolean;
};

const TEXT: readonly ColumnType[] = ['string', 'memo', 'entityname'];
const LOOKUPS: readonly ColumnType[] = ['lookup', 'owner', 'customer'];
const CHOICES: readonly ColumnType[] = ['picklist', 'state', 'status'];

export function isText(column: Column): boolean {
  return TEXT.includes(column.type);
}

export function isLookup(column: Column): boolean {
  return LOOKUPS.includes(column.type);
}

export function isChoice(column: Column): boolean {
  return CHOICES.includes(column.type);
}

export function isGuid(column: Column): boolean {
  return column.type === 'guid' || isLookup(column);
}

/** Values that compare with one another. */
export type ValueGroup = 'text' | 'guid' | 'boolean' | 'datetime' | 'date' | 'number';

export function valueGroup(column: Column): ValueGroup {
  if (isText(column) || column.type === 'image') return 'text';
  if (isGuid(column)) return 'guid';
  const { type } = column;
  return type === 'boolean' || type === 'datetime' || type === 'date' ? type : 'number';
}

const EDM = {
  string: 'Edm.String',
  memo: 'Edm.String',
  integer: 'Edm.Int32',
  bigint: 'Edm.Int64',
  decimal: 'Edm.Decimal',
  money: 'Edm.Decimal',
  double: 'Edm.Double',
  boolean: 'Edm.Boolean',
  picklist: 'Edm.Int32',
  state: 'Edm.Int32',
  status: 'Edm.Int32',
  datetime: 'Edm.DateTimeOffset',
  date: 'Edm.Date',
  guid: 'Edm.Guid',
  lookup: 'Edm.Guid',
  owner: 'Edm.Guid',
  customer: 'Edm.Guid',
  entityname: 'Edm.String',
  image: 'Edm.Binary',
} satisfies Record<ColumnType, string>;

export function edmType(column: Column): string {
  return EDM[column.type];
}
