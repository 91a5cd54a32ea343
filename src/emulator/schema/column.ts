/** A column as the schema file describes it, and what follows from its type. Knows nothing of rows. */

type TypeFacts = {
  /** Values of one group compare with one another. */
  group: 'text' | 'guid' | 'boolean' | 'datetime' | 'date' | 'number';
  edm: string;
  /** The type affinity of the SQL column. */
  affinity: 'TEXT' | 'INTEGER' | 'REAL';
};

const TEXT = { group: 'text', edm: 'Edm.String', affinity: 'TEXT' } as const;
const WHOLE = { group: 'number', edm: 'Edm.Int32', affinity: 'INTEGER' } as const;
const FRACTION = { group: 'number', edm: 'Edm.Decimal', affinity: 'REAL' } as const;
const GUID = { group: 'guid', edm: 'Edm.Guid', affinity: 'TEXT' } as const;

const TYPES = {
  string: TEXT,
  memo: TEXT,
  integer: WHOLE,
  bigint: { ...WHOLE, edm: 'Edm.Int64' },
  decimal: FRACTION,
  money: FRACTION,
  double: { ...FRACTION, edm: 'Edm.Double' },
  boolean: { ...WHOLE, group: 'boolean', edm: 'Edm.Boolean' },
  picklist: WHOLE,
  state: WHOLE,
  status: WHOLE,
  datetime: { ...TEXT, group: 'datetime', edm: 'Edm.DateTimeOffset' },
  date: { ...TEXT, group: 'date', edm: 'Edm.Date' },
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

export type Column = TypeFacts & {
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

/** Text that is compared without regard to case. */
export function isText({ type, group }: Column): boolean {
  return group === 'text' && type !== 'image';
}

export function isLookup({ type }: Column): boolean {
  return type === 'lookup' || type === 'owner' || type === 'customer';
}

export function isChoice({ type }: Column): boolean {
  return type === 'picklist' || type === 'state' || type === 'status';
}

/** Decimal, money and double. */
export function isFraction({ affinity }: Column): boolean {
  return affinity === 'REAL';
}

/** A column in the schema file; what is absent is the usual: optional, writable, no limit. */
export type RawColumn = {
  [Fact in 'maxLength' | 'min' | 'max' | 'defaultStatus' | 'default' | 'targets' | 'label' | 'schemaName']?:
    | Column[Fact]
    | undefined;
} & {
  type: string;
  options?: readonly (readonly (string | number)[])[] | undefined;
  required?: string | undefined;
  readOnly?: boolean | undefined;
  update?: boolean | undefined;
  sameAs?: string | undefined;
};

export function capitalised(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

export function readColumn(name: string, raw: RawColumn): Column {
  const { type, options, required, readOnly = false, update = true, sameAs = name, ...facts } = raw;
  if (!isColumnType(type)) throw new Error(`unknown column type ${type}`);
  // `_x_value` is the wire name of lookup `x`.
  const logical = /^_(.+)_value$/.exec(name)?.[1] ?? name;
  return {
    ...TYPES[type],
    ...facts,
    name,
    logical,
    schemaName: facts.schemaName ?? capitalised(logical),
    label: facts.label ?? capitalised(logical),
    type,
    sql: sameAs,
    options: options?.map(([value, label, state]) => ({
      value: Number(value),
      label: String(label),
      ...(state === undefined ? {} : { state: Number(state) }),
    })),
    requiredLevel: REQUIRED_LEVELS.find((known) => known === required) ?? 'None',
    validForCreate: !readOnly,
    validForUpdate: !readOnly && update,
    targets: facts.targets ?? [],
    custom: false,
    indexed: false,
    secured: false,
  };
}
