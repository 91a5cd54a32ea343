import type { Column } from '../../schema/column.ts';
import { requireColumn, type Table } from '../../schema/schema.ts';
import { columnSql, type Source } from '../sql.ts';
import { attributeOf, type FetchPlan, type FetchSource } from './fetch-plan.ts';

/** A column of the answer under the name it has there, and the SQL that reads it. */
export type FetchColumn = { name: string; sqlName: string; table: Table; column: Column; sql: string };

/** Root columns keep their wire names, linked ones are `alias.column`, and an alias of the attribute's own beats both. */
export function fetchColumns(plan: FetchPlan): FetchColumn[] {
  const named = plan.sources.flatMap((each) => attributesOf(each).map(([column, alias]) => ({ each, column, alias })));
  return named.map(({ each, column, alias }, index) => ({
    name: alias ?? nameOf(each, column),
    sqlName: `c${index}`,
    table: each.source.table,
    column,
    sql: columnSql(each.source, column),
  }));
}

function nameOf({ alias }: FetchSource, column: Column): string {
  return alias === undefined ? column.name : `${alias}.${column.logical}`;
}

/** Without any attribute the root gives all its columns and a link none. */
function attributesOf({ source, entity, alias }: FetchSource): [Column, string | undefined][] {
  const { table } = source;
  const isAll = entity.hasAllAttributes || (alias === undefined && entity.attributes.length === 0);
  if (isAll) return [...table.columns.values()].map((column) => [column, undefined]);
  return entity.attributes.map((attribute) => [attributeOf(table, attribute.name), attribute.alias]);
}

export function systemColumn(source: Source, name: string): string {
  return columnSql(source, requireColumn(source.table, name));
}
