import { createHash } from 'node:crypto';
import { type Column, type ColumnType, isText } from '../schema/column.ts';
import type { Schema, Table } from '../schema/schema.ts';
import { FOLDS_COLUMN, foldedColumn, quoteName } from './fold.ts';

/** Indexed columns besides the keys: what people, members and links are looked up by. `~x` folds text. */
const INDEXES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  lead: [['~emailaddress1'], ['_parentcontactid_value'], ['_campaignid_value'], ['_masterid_value']],
  contact: [['~emailaddress1'], ['_originatingleadid_value'], ['_parentcustomerid_value'], ['_masterid_value']],
  listmember: [
    ['_listid_value', 'listmemberid'],
    ['_entityid_value', '_listid_value'],
  ],
  campaignitem: [
    ['_campaignid_value', 'entityid'],
    ['entityid', '_campaignid_value'],
  ],
  campaign: [['~name'], ['~codename']],
  list: [['~listname']],
  systemuser: [['~domainname']],
  sdkmessage: [['~name']],
  sdkmessagefilter: [['_sdkmessageid_value']],
};

const AFFINITY: Partial<Record<ColumnType, string>> = {
  integer: 'INTEGER',
  bigint: 'INTEGER',
  boolean: 'INTEGER',
  picklist: 'INTEGER',
  state: 'INTEGER',
  status: 'INTEGER',
  decimal: 'REAL',
  money: 'REAL',
  double: 'REAL',
};

/** Raised when the layout changes in a way that `ADD COLUMN` does not cover. */
const LAYOUT = 1;

/** Tells layouts apart so that a store that is up to date is opened without touching it. */
export function layoutFingerprint(schema: Schema): string {
  const text = [...schema.tables.values()].flatMap((table) =>
    sqlColumns(table).map((column) => describe(table, column)),
  );
  return createHash('sha256')
    .update(`${LAYOUT}\n${text.join('\n')}`)
    .digest('hex');
}

function describe(table: Table, column: Column): string {
  return `${table.name}.${column.sql} ${column.type} ${column.indexed}`;
}

/** The columns that are stored: not those that show another column's value. */
export function sqlColumns(table: Table): Column[] {
  return [...table.columns.values()].filter((column) => column.sql === column.name);
}

/** Statements that bring one table from its present columns (none: it is not there) to those of the schema. */
export function tableStatements(table: Table, present: ReadonlySet<string>): string[] {
  const columns = sqlColumns(table);
  const name = quoteName(table.name);
  if (present.size === 0) {
    const definitions = columns.map((column) => definition(table, column));
    return [
      `CREATE TABLE IF NOT EXISTS ${name} (${[...definitions, `"${FOLDS_COLUMN}" TEXT`].join(', ')})`,
      ...indexStatements(table),
    ];
  }
  const added = columns.filter((column) => !present.has(column.sql));
  return [
    ...added.map((column) => `ALTER TABLE ${name} ADD COLUMN ${definition(table, column)}`),
    ...indexStatements(table),
  ];
}

function definition(table: Table, column: Column): string {
  const key = column.sql === table.key ? ' PRIMARY KEY NOT NULL' : '';
  return `${quoteName(column.sql)} ${AFFINITY[column.type] ?? 'TEXT'}${key}`;
}

function indexStatements(table: Table): string[] {
  const custom = sqlColumns(table).filter((column) => column.indexed);
  const wanted = [
    ...(INDEXES[table.name] ?? []),
    ...custom.map((column) => [isText(column) ? `~${column.sql}` : column.sql]),
  ];
  return wanted.map((columns) => {
    const index = quoteName([table.name, ...columns].join('.'));
    const parts = columns.map((column) =>
      column.startsWith('~') ? foldedColumn('', column.slice(1)) : quoteName(column),
    );
    // Most lookups are empty in most rows: a partial index keeps them out, and every equality still can use it.
    const [first] = columns;
    const where = columns.length === 1 && first?.startsWith('_') ? ` WHERE ${quoteName(first)} IS NOT NULL` : '';
    return `CREATE INDEX IF NOT EXISTS ${index} ON ${quoteName(table.name)} (${parts.join(', ')})${where}`;
  });
}
