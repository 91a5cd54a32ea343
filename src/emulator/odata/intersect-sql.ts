import type { Intersect, IntersectEnd } from '../schema/schema.ts';
import type { AliasCounter } from './column-path.ts';
import { formatTime } from './literal.ts';
import type { QueryContext } from './query-context.ts';
import { allOf, fromSql, keySql, type Source, type Sql, sql } from './sql.ts';

/** How long the stale form of U19 keeps new members from filtered associations: longer than any test or run waits. */
const STALE_MS = 60_000;

export type IntersectJoin = {
  /** The intersect's column of the near end. */
  near: string;
  /** Intersect and far table, joined. */
  join: string;
  condition: Sql;
};

type Ends = {
  name: string;
  aliases: AliasCounter;
  /** Table of the near end. */
  from: string;
  to: Source;
};

/** An N:N relationship seen from one end. */
export function intersectSql(context: QueryContext, { name, aliases, from, to }: Ends): IntersectJoin {
  const intersect = context.schema.intersect(name);
  if (intersect === undefined) throw new Error(`relationship ${name} is not in the schema`);
  const alias = aliases.next(intersect.table);
  const [near, far] = endsFrom(intersect, from);
  const column = (end: IntersectEnd): string => `"${alias}"."${end.column}"`;
  const typed = sql(`"${alias}"."${intersect.typedBy}" = ?`, intersect.b.table);
  return {
    near: column(near),
    join: `"${intersect.table}" AS "${alias}" JOIN ${fromSql(to)} ON ${keySql(to)} = ${column(far)}`,
    condition: allOf([typed, ...staleSql(context, intersect, alias)]),
  };
}

function endsFrom({ a, b }: Intersect, table: string): [IntersectEnd, IntersectEnd] {
  return a.table === table ? [a, b] : [b, a];
}

/** U19 `stale`: filters over an association do not see the members of the last minute. Links to campaigns carry no time. */
function staleSql(context: QueryContext, intersect: Intersect, alias: string): Sql[] {
  if (context.switches.associationFilter !== 'stale' || intersect.table !== 'listmember') return [];
  const oldest = formatTime(new Date(context.now().getTime() - STALE_MS));
  return [sql(`"${alias}"."createdon" <= ?`, oldest)];
}
