/** What the input says of a person → the values of a new record, by the table's metadata. Pure. */

import { UsageError } from '../../errors.ts';
import type { PersonType } from '../../events.ts';
import { dynamicsName, EMAIL_COLUMN, MARKETO_COLUMNS, MARKETO_PREFIX } from '../../input/marketo-columns.ts';
import type { JsonObject, JsonValue } from '../../json.ts';
import { nearest } from '../../text.ts';
import type { AddRules } from '../add-rules.ts';
import { type Converted, convertValue, type Refused, refuse } from './convert-value.ts';
import type { TableMetadata } from './table-metadata.ts';

type ConvertedAttributes = { readonly ok: true; readonly values: JsonObject } | Refused;

/**
 * `raw` has lead columns as keys (also for contacts: columns that a contact does not have are left out) and text as values; blank ones are
 * left out. Refuses the first value that does not fit, a record without last name or e-mail, and one without what the table requires.
 */
export function convertAttributes(table: TableMetadata, raw: Readonly<Record<string, string>>): ConvertedAttributes {
  const given = givenValues(table, raw);
  if (given.get('lastname') === undefined)
    return refuse('NO_LAST_NAME', 'A person without a last name cannot be created.');
  if (given.get(EMAIL_COLUMN) === undefined)
    return refuse('NO_EMAIL', 'A person without an e-mail address cannot be created.');
  const values: [string, JsonValue][] = [];
  for (const [name, text] of given) {
    const converted = convertColumn(table, name, text);
    if (!converted.ok) return converted;
    values.push([converted.name, converted.value]);
  }
  const missing = [...table.columns.values()].filter(
    ({ name, required, creatable }) => required && creatable && !given.has(name),
  );
  if (missing.length === 0) return { ok: true, values: Object.fromEntries(values) };
  const names = missing.map(({ name }) => name).join(', ');
  return refuse('REQUIRED_MISSING', `A ${table.table} needs a value for ${names} in this organization.`);
}

/**
 * Sees that the values of --set and of the profile fit the table, before anybody is created with them. A column that the table lacks may
 * stand in a profile if it is one of Marketo's or a lead's: a profile serves both tables and several organizations. In --set it is an error.
 * Throws UsageError BAD_DEFAULT naming the column.
 */
export function checkDefaults(table: TableMetadata, { defaults, set = {} }: Pick<AddRules, 'defaults' | 'set'>): void {
  const named = Object.entries(set).map(([name, text]) => {
    const [column] = Object.keys(columnsForTable(table.table, { [name]: text }).values);
    return [column ?? name, text.trim()] as const;
  });
  for (const [name, text] of [...givenValues(table, defaults), ...named]) {
    const converted = convertColumn(table, name, text);
    if (converted.ok) continue;
    throw new UsageError(
      'BAD_DEFAULT',
      `Could not use ${JSON.stringify(`${name}=${text}`)} for new ${table.table}s: ${converted.message}`,
      { hint: 'Correct --set, or the defaults of the profile.' },
    );
  }
}

/** Sees that the columns that --map names can be filled, before anybody is created. Throws UsageError UNKNOWN_COLUMN. */
export function checkMapped(table: TableMetadata, names: readonly string[]): void {
  for (const name of names.map((each) => each.toLowerCase())) {
    const column = table.columns.get(name);
    const isFilled = column === undefined ? name.startsWith(MARKETO_PREFIX) : column.creatable;
    if (isFilled) continue;
    const why = column === undefined ? unknownColumn(table, name) : readOnlyColumn(table, name);
    throw new UsageError('UNKNOWN_COLUMN', `--map: ${why}`, {
      hint: 'Give the name that the column has in Dynamics (its logical name), or --map "Header=" to ignore the column.',
    });
  }
}

/** Columns that an input may name by their logical names: those that a creation may set and text can express. */
export function settableColumns(table: TableMetadata): ReadonlySet<string> {
  const columns = [...table.columns.values()].filter(({ creatable, type }) => creatable && type.kind !== 'other');
  return new Set(columns.map(({ name }) => name));
}

/** Columns of Marketo's solution are left out where it is not installed: the same file must work in both organizations. */
function givenValues(table: TableMetadata, raw: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const entries = Object.entries(columnsForTable(table.table, raw).values)
    .map(([name, text]) => [name, text.trim()] as const)
    .filter(([name, text]) => text !== '' && (table.columns.has(name) || !name.startsWith(MARKETO_PREFIX)));
  return new Map(entries);
}

function convertColumn(table: TableMetadata, name: string, text: string): Converted {
  const column = table.columns.get(name);
  if (column === undefined) return refuse('UNKNOWN_COLUMN', unknownColumn(table, name));
  if (column.creatable) return convertValue(column, text);
  return refuse('READ_ONLY_COLUMN', readOnlyColumn(table, name));
}

const readOnlyColumn = ({ table }: TableMetadata, name: string): string =>
  `The column ${name} of ${table} is set by Dynamics itself.`;

function unknownColumn(table: TableMetadata, name: string): string {
  const near = nearest(name, table.columns.keys());
  const meant = near === undefined ? '' : ` Did you mean ${near}?`;
  return `The table ${table.table} has no column ${JSON.stringify(name)}.${meant}`;
}

/**
 * Input columns are kept under the lead table's names; a contact has most of them, and some of its own. Column of the lead table (or the
 * contact's, where a lead has none) → that of the contact table; undefined: a contact has none.
 */
const COLUMNS = { lead: mapping('lead'), contact: mapping('contact') };

/** The values under the names of a table. Those that it has no column for are left out and named: a contact's company is its account. */
export function columnsForTable(
  table: PersonType,
  raw: Readonly<Record<string, string>>,
): { readonly values: Readonly<Record<string, string>>; readonly leftOut: readonly string[] } {
  const names = COLUMNS[table];
  const entries = Object.entries(raw).map(
    ([name, text]) => [names.has(name) ? names.get(name) : name, name, text] as const,
  );
  return {
    values: Object.fromEntries(entries.flatMap(([to, , text]) => (to === undefined ? [] : [[to, text] as const]))),
    leftOut: entries.flatMap(([to, from]) => (to === undefined ? [from] : [])),
  };
}

function mapping(table: PersonType): ReadonlyMap<string, string | undefined> {
  return new Map(MARKETO_COLUMNS.map((column) => [dynamicsName(column), column[table]]));
}
