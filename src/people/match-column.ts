/**
 * Checks input values against the type of the --match-by column: a text in a column of numbers makes Dynamics refuse the query for
 * everybody in it.
 */

import { eq, odataString, query } from '../dataverse/odata-query.ts';
import type { Dataverse } from '../dataverse/operation.ts';
import { readRows } from '../dataverse/reads.ts';
import { rowsOf } from '../dataverse/rows-of.ts';
import { PERSON_TYPES, TABLES } from '../dataverse/wire.ts';
import { DataverseError } from '../errors.ts';
import { parseGuid } from '../guid.ts';
import type { InputRow, InputRows } from '../input/input-row.ts';
import { quote } from '../input/person-text.ts';

/** By Dataverse's AttributeTypeCode: the canonical spelling of a value, or undefined when the text cannot be one. */
const SPELLINGS: Readonly<
  Record<string, { readonly what: string; readonly spell: (text: string) => string | undefined }>
> = {
  Integer: { what: 'a whole number', spell: wholeNumber },
  BigInt: { what: 'a whole number', spell: wholeNumber },
  Picklist: { what: 'the number of an option', spell: wholeNumber },
  State: { what: 'the number of an option', spell: wholeNumber },
  Status: { what: 'the number of an option', spell: wholeNumber },
  Decimal: { what: 'a number like 1234.5', spell: number },
  Double: { what: 'a number like 1234.5', spell: number },
  Money: { what: 'a number like 1234.5', spell: number },
  Uniqueidentifier: { what: 'an id', spell: parseGuid },
  Lookup: { what: 'an id', spell: parseGuid },
  Customer: { what: 'an id', spell: parseGuid },
  Owner: { what: 'an id', spell: parseGuid },
  DateTime: { what: 'a date like 2026-11-21 or 2026-11-21T09:00:00Z', spell: moment },
  Boolean: { what: 'yes or no', spell: yesOrNo },
};

/** Dataverse's name of the column's type; undefined if unknown, or if the tables with the column differ. */
export async function readMatchColumn(dataverse: Dataverse, column: string): Promise<string | undefined> {
  const reads = PERSON_TYPES.map((type) => {
    const attributes = `EntityDefinitions(LogicalName='${TABLES[type].name}')/Attributes`;
    const filter = eq('LogicalName', odataString(column.toLowerCase()));
    return readRows(query(attributes, { select: ['LogicalName', 'AttributeType'], filter }), 'LogicalName');
  });
  try {
    const results = await dataverse.batch(reads);
    const types = new Set(results.flatMap((result) => (result.kind === 'ok' ? rowsOf(result) : [])).map(typeOf));
    return types.size === 1 ? [...types][0] : undefined;
  } catch (error) {
    // U37: table definitions may be unreadable. Dynamics then refuses the query of a value that the column cannot hold.
    if (error instanceof DataverseError) return undefined;
    throw error;
  }
}

const typeOf = ({ AttributeType }: Readonly<Record<string, unknown>>): string =>
  typeof AttributeType === 'string' ? AttributeType : '';

/** Rows whose value the column cannot hold become invalid; the others get the column's own spelling. */
export async function* matchableRows(
  rows: InputRows,
  column: string,
  type: string,
): AsyncGenerator<readonly InputRow[]> {
  for await (const some of rows) yield some.map((row) => matchableRow(row, column, type));
}

export function matchableRow(row: InputRow, column: string, type: string): InputRow {
  const spelling = SPELLINGS[type];
  if (spelling === undefined || row.kind === 'invalid' || row.key.by !== 'column') return row;
  const written = row.key.value;
  const value = spelling.spell(written);
  if (value !== undefined) return { ...row, key: { by: 'column', value, written } };
  const { place, columns } = row;
  const message = `${quote(written)} is not ${spelling.what}, which is what the column ${column} takes.`;
  return { kind: 'invalid', place, columns, code: 'BAD_MATCH_VALUE', message };
}

function wholeNumber(text: string): string | undefined {
  return /^[+-]?\d{1,19}$/u.test(text) ? String(BigInt(text)) : undefined;
}

function number(text: string): string | undefined {
  return /^[+-]?\d{1,20}(\.\d{1,20})?$/u.test(text) ? String(Number(text)) : undefined;
}

/** FetchXML takes 1 and 0. */
function yesOrNo(text: string): string | undefined {
  const plain = text.toLowerCase();
  if (['true', 'yes', '1'].includes(plain)) return '1';
  return ['false', 'no', '0'].includes(plain) ? '0' : undefined;
}

/** As answers write it: a date, or whole seconds in UTC. */
function moment(text: string): string | undefined {
  const isDay = /^\d{4}-\d\d-\d\d$/u.test(text);
  if (!isDay && !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/iu.test(text)) return undefined;
  const time = new Date(text.replace(' ', 'T'));
  if (Number.isNaN(time.getTime())) return undefined;
  return isDay ? text : `${time.toISOString().slice(0, 19)}Z`;
}
