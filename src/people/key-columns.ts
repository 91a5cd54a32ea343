/**
 * The columns that people are found by, e-mail and that of --match-by: what they hold, and whether this user sees it. A text in a column of
 * numbers makes Dynamics refuse the query for everybody in it; a secured column looks empty, and everybody would be created a second time.
 */

import { compare, eq, odataString, or, query } from '../dataverse/odata-query.ts';
import type { Dataverse, OperationResult, Read } from '../dataverse/operation.ts';
import { readRows, refusedBy, rowsOf } from '../dataverse/reads.ts';
import { PERSON_TYPES, TABLES } from '../dataverse/wire.ts';
import { type DataverseError, PrivilegeError } from '../errors.ts';
import type { PersonType } from '../events.ts';
import { parseGuid } from '../guid.ts';
import type { InputRow, InputRows } from '../input/input-row.ts';
import { EMAIL_COLUMN } from '../input/marketo-columns.ts';
import { quote } from '../input/person-text.ts';
import { textOf } from '../json.ts';
import { isDay } from '../text.ts';

export type KeyColumns = {
  /** Dataverse's name of the type of the --match-by column; undefined if unknown, or if the tables with the column differ. */
  readonly matchType: string | undefined;
  /** Those that column security protects. */
  readonly secured: readonly KeyColumn[];
  /** Why the definitions cannot be read (U37). */
  readonly refusal: DataverseError | undefined;
};

type KeyColumn = { readonly type: PersonType; readonly column: string };

export function keyColumnReads(matchBy: string | undefined): readonly Read[] {
  const names = [EMAIL_COLUMN, ...(matchBy === undefined ? [] : [matchBy.toLowerCase()])];
  const filter = or(...names.map((name) => eq('LogicalName', odataString(name))));
  return PERSON_TYPES.map((type) => {
    const attributes = `EntityDefinitions(LogicalName='${TABLES[type].name}')/Attributes`;
    return readRows(
      query(attributes, { select: ['LogicalName', 'AttributeType', 'IsSecured'], filter }),
      'LogicalName',
    );
  });
}

/** `results`: of keyColumnReads. */
export function keyColumnsOf(matchBy: string | undefined, results: readonly OperationResult[]): KeyColumns {
  const columns = PERSON_TYPES.flatMap((type, place) => {
    const result = results[place];
    return result?.kind === 'ok' ? rowsOf(result).map((row) => ({ type, row })) : [];
  });
  const matched = columns.filter(({ row }) => row.LogicalName === matchBy?.toLowerCase());
  const types = new Set(matched.map(({ row }) => textOf(row.AttributeType)));
  const refused = results.find((result) => result.kind === 'refused');
  return {
    matchType: types.size === 1 ? [...types][0] : undefined,
    secured: columns.flatMap(({ type, row: { LogicalName: column, IsSecured } }) =>
      IsSecured === true && typeof column === 'string' ? [{ type, column }] : [],
    ),
    refusal: refused?.kind === 'refused' ? refused.error : undefined,
  };
}

/** Records looked at for a value that shows. */
const LOOKED_AT = 10;
/** "Masking rules" put these in the place of characters. */
const MASKED = /[*#]{2}/;

const BY_IDS = 'Without it, give people by their Dynamics ids, e.g. lead:GUID, and use --partial-view.';

/** What to expect, or to do, where values stay hidden, by what a command does. */
export const HIDDEN = {
  creates: 'Otherwise people would be created twice. To continue anyway: --partial-view.',
  finds: BY_IDS,
  removesOthers: `Otherwise members would be removed although the input names them. ${BY_IDS}`,
} as const;

/** U40. Throws PrivilegeError when a secured column hides values from this user. `otherwise`: as columnHidden has it. */
export async function refuseHiddenColumns(
  dataverse: Pick<Dataverse, 'batch'>,
  { secured }: Pick<KeyColumns, 'secured'>,
  otherwise: string = HIDDEN.creates,
): Promise<void> {
  const hidden = await unseenColumns(dataverse, secured);
  if (hidden.length > 0) throw columnHidden(hidden, otherwise);
}

/** Those that do not show this user what they hold, or hold nothing although there are records. Columns that a table does not have are left out. */
export async function unseenColumns(
  dataverse: Pick<Dataverse, 'batch'>,
  columns: readonly KeyColumn[],
): Promise<readonly KeyColumn[]> {
  if (columns.length === 0) return [];
  const results = await dataverse.batch(columns.flatMap(({ type, column }) => valueReads(type, column)));
  return columns.filter(({ column }, place) => {
    const [values, any] = results.slice(2 * place);
    if (refusedBy(values)?.status === 400) return false;
    const rows = rowsOf(values);
    if (rows.length === 0) return rowsOf(any).length > 0;
    return !rows.every((row) => isShown(row[column] ?? row[`_${column}_value`]));
  });
}

export const columnNames = (columns: readonly KeyColumn[]): string =>
  columns.map(({ type, column }) => `${type}.${column}`).join(' and ');

/** `otherwise`: what to do, or to expect, without the profile. */
export function columnHidden(columns: readonly KeyColumn[], otherwise: string): PrivilegeError {
  return new PrivilegeError(
    'COLUMN_HIDDEN',
    `Column security hides ${columnNames(columns)} from this user: nobody can be found by it.`,
    {
      hint: `Add the user to a column security profile that may read it (Power Platform admin center > Environments > (the environment) > Settings > Users + permissions > Column security profiles). ${otherwise}`,
    },
  );
}

function valueReads(type: PersonType, column: string): readonly Read[] {
  const { set, key } = TABLES[type];
  const filter = compare(column, 'ne', null);
  return [
    readRows(query(set, { select: [column], filter, top: LOOKED_AT }), key),
    readRows(query(set, { select: [key], top: 1 }), key),
  ];
}

const isShown = (value: unknown): boolean => value !== undefined && value !== null && !MASKED.test(String(value));

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
  if (isDay(text)) return text;
  const [, day = ''] = /^(.{10})[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/iu.exec(text) ?? [];
  const time = new Date(text.replace(' ', 'T'));
  return isDay(day) && !Number.isNaN(time.getTime()) ? `${time.toISOString().slice(0, 19)}Z` : undefined;
}
