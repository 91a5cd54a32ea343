import {
  COLUMN_TYPES,
  type Column,
  type ColumnType,
  type Option,
  REQUIRED_LEVELS,
  type RequiredLevel,
} from './column.ts';

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
export function logicalName(wireName: string): string {
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

export function requiredLevel(text: string | undefined): RequiredLevel {
  return REQUIRED_LEVELS.find((known) => known === text) ?? 'None';
}
