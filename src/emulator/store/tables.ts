/** The tables in SQL: how they are made, and the statements that read and write their rows. */
import { createHash } from 'node:crypto';
import { type Column, isText } from '../schema/column.ts';
import { requireColumn, type Schema, type Table } from '../schema/schema.ts';
import type { Connection } from './database.ts';
import { FOLDS_COLUMN, foldedColumn, foldsOfText, foldText, INDEXED, quoteName, type Row, type Value } from './row.ts';

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

/** Raised when the layout changes in a way that `ADD COLUMN` does not cover. */
const LAYOUT = 1;

/** Distinguishes layouts, so that a store that is up to date is opened without changing it. */
export function layoutFingerprint(schema: Schema): string {
  const text = [...schema.tables.values()].flatMap((table) =>
    sqlColumns(table).map(({ sql, type, indexed }) => `${table.name}.${sql} ${type} ${indexed}`),
  );
  return createHash('sha256')
    .update(`${LAYOUT}\n${text.join('\n')}`)
    .digest('hex');
}

/** The columns that are stored: not those that show another column's value. */
function sqlColumns(table: Table): Column[] {
  return [...table.columns.values()].filter((column) => column.sql === column.name);
}

/** Statements that bring one table from its present columns (none: it is not there) to those of the schema. */
export function tableStatements(table: Table, present: ReadonlySet<string>): string[] {
  const name = quoteName(table.name);
  const added = sqlColumns(table).filter((column) => !present.has(column.sql));
  const definitions = added.map(({ sql, affinity }) => {
    return `${quoteName(sql)} ${affinity}${sql === table.key ? ' PRIMARY KEY NOT NULL' : ''}`;
  });
  const columns =
    present.size === 0
      ? [`CREATE TABLE IF NOT EXISTS ${name} (${[...definitions, `"${FOLDS_COLUMN}" TEXT`].join(', ')})`]
      : definitions.map((definition) => `ALTER TABLE ${name} ADD COLUMN ${definition}`);
  return [...columns, ...indexStatements(table)];
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
      column.startsWith('~') ? foldedColumn('', column.slice(1), INDEXED) : quoteName(column),
    );
    // Most lookups are empty in most rows: a partial index keeps them out, and every equality still can use it.
    const [first] = columns;
    const where = columns.length === 1 && first?.startsWith('_') ? ` WHERE ${quoteName(first)} IS NOT NULL` : '';
    return `CREATE INDEX IF NOT EXISTS ${index} ON ${quoteName(table.name)} (${parts.join(', ')})${where}`;
  });
}

/** Rows read at a time by `find`, so that the caller may change the table while it goes through them. */
const CHUNK = 1000;

export type TableRows = {
  get(id: string): Row | undefined;
  insert(row: Row): boolean;
  update(id: string, changes: Row): boolean;
  remove(id: string): boolean;
  find(where: Row): IterableIterator<Row>;
};

export function tableRows(connection: Connection, table: Table): TableRows {
  const columns = sqlColumns(table);
  const name = quoteName(table.name);
  const key = quoteName(table.key);
  const selected = `SELECT ${columns.map((column) => quoteName(column.sql)).join(', ')} FROM ${name}`;
  const insertion = insertions(table);

  return {
    get(id) {
      const [found] = connection.rows(`${selected} WHERE ${key} = ?`, [id.toLowerCase()]);
      return found === undefined ? undefined : decodeRow(columns, found);
    },
    insert(row) {
      const { sql, stored, texts } = insertion(row);
      const values = stored.map((column) => row[column.name] ?? null);
      values.push(foldsOf(texts.map((column) => [column, row[column.name] ?? null])));
      return connection.run(sql, values) === 1;
    },
    update(id, changes) {
      const stored = storedColumns(table, changes);
      const assignments = stored.map(([column]) => `${quoteName(column.sql)} = ?`);
      const patch = foldsPatch(stored);
      if (patch !== undefined)
        assignments.push(`"${FOLDS_COLUMN}" = nullif(json_patch(ifnull("${FOLDS_COLUMN}", '{}'), ?), '{}')`);
      const sql = `UPDATE ${name} SET ${assignments.join(', ')} WHERE ${key} = ?`;
      const values = [...stored.map(([, value]) => value), ...(patch === undefined ? [] : [patch]), id.toLowerCase()];
      return connection.run(sql, values) === 1;
    },
    remove: (id) => connection.run(`DELETE FROM ${name} WHERE ${key} = ?`, [id.toLowerCase()]) === 1,
    // In key order, chunk by chunk, each after the last key of the one before.
    *find(where) {
      const conditions = Object.entries(where).map(([column, value]) => equality(requireColumn(table, column), value));
      const parameters = conditions.flatMap((condition) => condition.parameters);
      const sql = [...conditions.map((condition) => condition.sql), `${key} > ?`].join(' AND ');
      for (let last = ''; ; ) {
        const chunk = connection.rows(`${selected} WHERE ${sql} ORDER BY ${key} LIMIT ${CHUNK}`, [...parameters, last]);
        for (const found of chunk) yield decodeRow(columns, found);
        if (chunk.length < CHUNK) return;
        last = String(chunk.at(-1)?.[table.key] ?? '');
      }
    },
  };
}

/** Rows come by the thousand with the same columns: their statement is built once (a third of the time of seeding many people). */
function insertions(table: Table): (row: Row) => ReturnType<typeof describeInsertion> {
  const known = new Map<string, ReturnType<typeof describeInsertion>>();
  return (row) => {
    const names = Object.keys(row);
    const key = names.join(' ');
    const found = known.get(key) ?? describeInsertion(table, names);
    known.set(key, found);
    return found;
  };
}

/** The statement that inserts rows with these columns, and which of them it takes. */
function describeInsertion(table: Table, names: readonly string[]) {
  const stored = names.map((name) => requireColumn(table, name)).filter((column) => column.sql === column.name);
  const quoted = [...stored.map((column) => quoteName(column.sql)), quoteName(FOLDS_COLUMN)];
  const marks = quoted.map(() => '?').join(', ');
  return {
    sql: `INSERT INTO ${quoteName(table.name)} (${quoted.join(', ')}) VALUES (${marks}) ON CONFLICT DO NOTHING`,
    stored,
    texts: stored.filter(isText),
  };
}

function decodeRow(columns: readonly Column[], found: Readonly<Record<string, Value>>): Row {
  const row: Row = {};
  for (const column of columns) {
    const cell = found[column.sql] ?? null;
    if (cell !== null) row[column.name] = column.type === 'boolean' ? cell === 1 : cell;
  }
  return row;
}

function storedColumns(table: Table, row: Row): [Column, Value][] {
  return Object.entries(row).flatMap(([name, value]): [Column, Value][] => {
    const column = requireColumn(table, name);
    return column.sql === column.name ? [[column, value]] : [];
  });
}

function foldsOf(stored: readonly (readonly [Column, Value])[]): string | null {
  const folds = stored
    .flatMap(([column, value]) => (isText(column) ? foldsOfText(column.sql, value) : []))
    .filter(([, folded]) => folded !== null);
  return folds.length === 0 ? null : JSON.stringify(Object.fromEntries(folds));
}

/** Merge patch for `$folds`: null takes a column out that needs none any more. */
function foldsPatch(stored: readonly (readonly [Column, Value])[]): string | undefined {
  const texts = stored.filter(([column]) => isText(column));
  if (texts.length === 0) return undefined;
  return JSON.stringify(Object.fromEntries(texts.flatMap(([column, value]) => foldsOfText(column.sql, value))));
}

function equality(column: Column, value: Value): { sql: string; parameters: readonly Value[] } {
  if (value === null) return { sql: `${quoteName(column.sql)} IS NULL`, parameters: [] };
  if (isText(column))
    return { sql: `${foldedColumn('', column.sql, INDEXED)} = ?`, parameters: [foldText(String(value), INDEXED)] };
  return { sql: `${quoteName(column.sql)} = ?`, parameters: [value] };
}
