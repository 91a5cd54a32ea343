import type { Table } from '../schema/schema.ts';
import type { AliasCounter } from './column-path.ts';
import { intersectSql } from './intersect-sql.ts';
import type { QueryContext } from './query-context.ts';
import { keySql, type Source, type Sql, wrap } from './sql.ts';

export type Association = {
  /** Name of the N:N relationship. */
  intersect: string;
  /** The row at the near end. */
  table: Table;
  id: string;
  /** The far table in the query. */
  source: Source;
  aliases: AliasCounter;
  /** Whether the query filters the association: only then it may be refused or stale (U19). */
  hasFilter: boolean;
};

/** Rows of `source` that are associated with one row. */
export function associatedSql(context: QueryContext, association: Association): Sql {
  const { intersect, table, id, source, aliases, hasFilter } = association;
  const inner: Source = { alias: aliases.next(source.table.name), table: source.table };
  const { near, join, condition } = intersectSql(hasFilter ? context : withoutStaleness(context), {
    name: intersect,
    aliases,
    from: table.name,
    to: inner,
  });
  const keys = wrap(
    `${keySql(source)} IN (SELECT ${keySql(inner)} FROM ${join} WHERE ${near} = ? AND `,
    condition,
    ')',
  );
  return { text: keys.text, parameters: [id, ...keys.parameters] };
}

function withoutStaleness(context: QueryContext): QueryContext {
  return { ...context, switches: { ...context.switches, associationFilter: 'works' } };
}
