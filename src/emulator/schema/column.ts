/** A column as the schema file describes it, and what follows from its type. Knows nothing of rows. */

/** Values of one group compare with one another. */
export type ValueGroup = 'text' | 'guid' | 'boolean' | 'datetime' | 'date' | 'number';

type TypeFacts = { group: ValueGroup; edm: string; sql: 'TEXT' | 'INTEGER' | 'REAL' };

const TEXT = { group: 'text', edm: 'Edm.String', sql: 'TEXT' } as const;
const WHOLE = { group: 'number', edm: 'Edm.Int32', sql: 'INTEGER' } as const;
const FRACTION = { group: 'number', edm: 'Edm.Decimal', sql: 'REAL' } as const;
const GUID = { group: 'guid', edm: 'Edm.Guid', sql: 'TEXT' } as const;

const TYPES = {
  string: TEXT,
  memo: TEXT,
  integer: WHOLE,
  bigint: { ...WHOLE, edm: 'Edm.Int64' },
  decimal: FRACTION,
  money: FRACTION,
  double: { ...FRACTION, edm: 'Edm.Double' },
  boolean: { group: 'boolean', edm: 'Edm.Boolean', sql: 'INTEGER' },
  picklist: WHOLE,
  state: WHOLE,
  status: WHOLE,
  datetime: { group: 'datetime', edm: 'Edm.DateTimeOffset', sql: 'TEXT' },
  date: { group: 'date', edm: 'Edm.Date', sql: 'TEXT' },
  guid: GUID,
  lookup: GUID,
  owner: GUID,
  customer: GUID,
  entityname: TEXT,
  image: { ...TEXT, edm: 'Edm.Binary' },
} as const satisfies Record<string, TypeFacts>;

export type ColumnType = keyof typeof TYPES;
export const COLUMN_TYPES: readonly string[] = Object.keys(TYPES);

export function isColumnType(text: unknown): text is ColumnType {
  return typeof text === 'string' && Object.hasOwn(TYPES, text);
}

export type Option = { value: number; label: string; state?: number };

export const REQUIRED_LEVELS = ['None', 'Recommended', 'ApplicationRequired', 'SystemRequired'] as const;
export type RequiredLevel = (typeof REQUIRED_LEVELS)[number];

export type Column = {
  /** On the wire: `_x_value` for lookups. */
  name: string;
  /** In FetchXML and metadata. */
  logical: string;
  schemaName: string;
  label: string;
  type: ColumnType;
  /** The SQL column; another one where two wire names show the same value (`ownerid` of a user). */
  sql: string;
  maxLength?: number | undefined;
  min?: number | undefined;
  max?: number | undefined;
  options?: readonly Option[] | undefined;
  /** Status reason that goes with a state when none is given. */
  defaultStatus?: Readonly<Record<string, number | undefined>> | undefined;
  default?: number | boolean | string | undefined;
  requiredLevel: RequiredLevel;
  validForCreate: boolean;
  validForUpdate: boolean;
  /** Tables a lookup may point to; empty where they are outside the served subset. */
  targets: readonly string[];
  custom: boolean;
  indexed: boolean;
  /** Under column security, and no caller has a profile that lets it read. */
  secured: boolean;
};

const LOOKUPS: readonly ColumnType[] = ['lookup', 'owner', 'customer'];
const CHOICES: readonly ColumnType[] = ['picklist', 'state', 'status'];

/** Text that is compared without regard to case. */
export function isText({ type }: Column): boolean {
  return TYPES[type].group === 'text' && type !== 'image';
}

export function isLookup({ type }: Column): boolean {
  return LOOKUPS.includes(type);
}

export function isChoice({ type }: Column): boolean {
  return CHOICES.includes(type);
}

export function isFraction({ type }: Column): boolean {
  return type === 'decimal' || type === 'money' || type === 'double';
}

export function isGuid({ type }: Column): boolean {
  return TYPES[type].group === 'guid';
}

export function valueGroup({ type }: Column): ValueGroup {
  return TYPES[type].group;
}

export function edmType({ type }: Column): string {
  return TYPES[type].edm;
}

/** The type affinity of its SQL column. */
export function sqlType({ type }: Column): string {
  return TYPES[type].sql;
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

export function capitalised(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

export function readColumn(name: string, raw: RawColumn): Column {
  if (!isColumnType(raw.type)) throw new Error(`unknown column type ${raw.type}`);
  // `_x_value` is the wire name of lookup `x`.
  const logical = /^_(.+)_value$/.exec(name)?.[1] ?? name;
  const writable = raw.readOnly !== true;
  return {
    name,
    logical,
    schemaName: raw.schemaName ?? capitalised(logical),
    label: raw.label ?? capitalised(logical),
    type: raw.type,
    sql: raw.sameAs ?? name,
    maxLength: raw.maxLength,
    min: raw.min,
    max: raw.max,
    options: raw.options?.map(([value, label, state]) => ({
      value: Number(value),
      label: String(label),
      ...(state === undefined ? {} : { state: Number(state) }),
    })),
    defaultStatus: raw.defaultStatus,
    default: raw.default,
    requiredLevel: REQUIRED_LEVELS.find((known) => known === raw.required) ?? 'None',
    validForCreate: writable,
    validForUpdate: writable && raw.update !== false,
    targets: raw.targets ?? [],
    custom: false,
    indexed: false,
    secured: false,
  };
}
