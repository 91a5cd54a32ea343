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

/** A column in the schema file; what is absent is the usual: optional, writable, no limit. */
export type RawColumn = {
  type: string;
  maxLength?: number | undefined;
  min?: number | undefined;
  max?: number | undefined;
  options?: readonly (readonly (string | number)[])[] | undefined;
  defaultStatus?: Readonly<Record<string, number | undefined>> | undefined;
  default?: number | boolean | string | undefined;
  required?: string | undefined;
  readOnly?: boolean | undefined;
  update?: boolean | undefined;
  targets?: readonly string[] | undefined;
  label?: string | undefined;
  schemaName?: string | undefined;
  sameAs?: string | undefined;
};

export function readColumn(name: string, raw: RawColumn): Column {
  const logical = logicalName(name);
  const writable = raw.readOnly !== true;
  return {
    name,
    logical,
    schemaName: raw.schemaName ?? capitalised(logical),
    label: raw.label ?? capitalised(logical),
    type: columnType(raw.type),
    sql: raw.sameAs ?? name,
    requiredLevel: requiredLevel(raw.required),
    validForCreate: writable,
    validForUpdate: writable && raw.update !== false,
    targets: raw.targets ?? [],
    custom: false,
    indexed: false,
    ...limits(raw),
  };
}

function limits(raw: RawColumn): Partial<Column> {
  return {
    ...(raw.maxLength === undefined ? {} : { maxLength: raw.maxLength }),
    ...(raw.min === undefined ? {} : { min: raw.min }),
    ...(raw.max === undefined ? {} : { max: raw.max }),
    ...(raw.default === undefined ? {} : { default: raw.default }),
    ...(raw.options === undefined ? {} : { options: raw.options.map(option) }),
    ...(raw.defaultStatus === undefined ? {} : { defaultStatus: defined(raw.defaultStatus) }),
  };
}

/** `_x_value` is the wire name of lookup `x`. */
function logicalName(wireName: string): string {
  return /^_(.+)_value$/.exec(wireName)?.[1] ?? wireName;
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function option(raw: readonly (string | number)[]): Option {
  const [value, label, state] = raw;
  return { value: Number(value), label: String(label), ...(state === undefined ? {} : { state: Number(state) }) };
}

function defined(raw: Readonly<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(Object.entries(raw).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

function columnType(text: string): ColumnType {
  const type = COLUMN_TYPES.find((known) => known === text);
  if (type === undefined) throw new Error(`unknown column type ${text}`);
  return type;
}

function requiredLevel(text: string | undefined): RequiredLevel {
  return REQUIRED_LEVELS.find((known) => known === text) ?? 'None';
}
