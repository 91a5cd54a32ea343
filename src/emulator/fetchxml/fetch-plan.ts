/** FetchXML with tables and columns found: what is read from where. */

import { refuse } from '../errors/errors.ts';
import { listValues } from '../odata/compile-filter.ts';
import type { Comparison } from '../odata/parse-filter.ts';
import type { QueryContext } from '../odata/query.ts';
import {
  allOf,
  anyOf,
  type Compared,
  columnSql,
  comparedColumn,
  comparedSql,
  comparisonSql,
  fromSql,
  inSql,
  negated,
  type Source,
  type Sql,
  sql,
  visibleSql,
  wrap,
} from '../odata/sql.ts';
import { textValueFor } from '../odata/values.ts';
import { type Column, isGuid, isText } from '../schema/column.ts';
import { requireColumn, type Schema, type Table } from '../schema/schema.ts';
import { foldText } from '../store/row.ts';
import type { FetchEntity, FetchFilter, FetchLink, FetchOrder } from './parse-fetch.ts';

const MAX_LINKS = 15;
const MAX_CONDITIONS = 500;

/** A table of the query: the root, or a link with its alias. */
export type FetchSource = { source: Source; entity: FetchEntity; alias: string | undefined };

export type FetchPlan = {
  root: FetchSource;
  /** In the order of the document, the root first. */
  sources: readonly FetchSource[];
  from: Sql;
  where: Sql;
};

type Planning = { context: QueryContext; sources: FetchSource[]; joins: Sql[] };

export function planFetch(context: QueryContext, entity: FetchEntity): FetchPlan {
  const planning: Planning = { context, sources: [], joins: [] };
  const root = addSource(planning, entity, undefined);
  for (const link of entity.links) addLink(planning, root.source, link);
  const { sources } = planning;
  if (sources.length > MAX_LINKS + 1) throw refuse.tooManyLinks();
  if (sources.reduce((sum, each) => sum + countConditions(each.entity.filters), 0) > MAX_CONDITIONS)
    throw refuse.tooManyConditions();
  const from = [sql(fromSql(root.source)), ...planning.joins];
  return {
    root,
    sources,
    from: { text: from.map((part) => part.text).join(' '), parameters: from.flatMap((part) => part.parameters) },
    where: allOf([...filtersSql(planning, root, entity.filters), ...visibleSql(context, root.source)]),
  };
}

function addSource(planning: Planning, entity: FetchEntity, alias: string | undefined): FetchSource {
  const table = tableOf(planning.context.schema, entity.name);
  const { collation } = planning.context.switches;
  const added: FetchSource = { source: { alias: `t${planning.sources.length}`, table, collation }, entity, alias };
  planning.sources.push(added);
  return added;
}

function tableOf(schema: Schema, name: string): Table {
  const table = schema.tableByName(name);
  if (table === undefined) throw refuse.entityNotFound(name);
  return table;
}

/** Inner or outer; the link's own filters belong to the join, so that an outer one keeps the row above. */
function addLink(planning: Planning, above: Source, link: FetchLink): void {
  const alias = link.alias ?? `${link.name}${planning.sources.length}`;
  const added = addSource(planning, link, alias);
  refuseOuterJoin(planning.context, above, link);
  const from = attributeOf(added.source.table, link.from);
  const to = attributeOf(above.table, link.to);
  if (isGuid(from) !== isGuid(to)) throw refuse.malformedFetch();
  const on = allOf([
    sql(`${columnSql(added.source, from)} = ${columnSql(above, to)}`),
    ...filtersSql(planning, added, link.filters),
    ...visibleSql(planning.context, added.source),
  ]);
  const join = link.type === 'outer' ? 'LEFT JOIN' : 'JOIN';
  planning.joins.push(wrap(`${join} ${fromSql(added.source)} ON `, on, ''));
  for (const nested of link.links) addLink(planning, added.source, nested);
}

/** U30: whether people may be outer-joined with the members of lists. */
function refuseOuterJoin(context: QueryContext, above: Source, link: FetchLink): void {
  const isPerson = above.table.name === 'lead' || above.table.name === 'contact';
  const isOuterMember = link.type === 'outer' && link.name === 'listmember';
  if (isPerson && isOuterMember && context.switches.outerJoin === 'refused')
    throw refuse.bySwitch(`An outer join of ${above.table.name} with listmember`);
}

export function attributeOf(table: Table, name: string): Column {
  const column = table.byLogicalName.get(name);
  if (column === undefined) throw refuse.attributeNotFound(table.name, name);
  return column;
}

function filtersSql(planning: Planning, place: FetchSource, filters: readonly FetchFilter[]): Sql[] {
  return filters.map((filter) => filterSql(planning, place, filter));
}

function filterSql(planning: Planning, place: FetchSource, filter: FetchFilter): Sql {
  const parts = [
    ...filter.conditions.map(({ entityName, attribute, operator, values }) => {
      const { source } = sourceNamed(planning, place, entityName);
      const compile = OPERATORS[operator];
      if (compile === undefined) throw refuse.notEmulated(`the FetchXML operator '${operator}'`);
      return compile({
        context: planning.context,
        left: comparedColumn(source, attributeOf(source.table, attribute)),
        values,
      });
    }),
    ...filtersSql(planning, place, filter.filters),
  ];
  if (parts.length === 0) return allOf([]);
  return filter.type === 'or' ? anyOf(parts) : allOf(parts);
}

function sourceNamed(planning: Planning, place: FetchSource, name: string | undefined): FetchSource {
  if (name === undefined) return place;
  const found = planning.sources.find((each) => (each.alias ?? each.entity.name) === name);
  if (found === undefined) throw refuse.malformedFetch();
  return found;
}

function countConditions(filters: readonly FetchFilter[]): number {
  return filters.reduce((sum, filter) => sum + filter.conditions.length + countConditions(filter.filters), 0);
}

/** The orders of all tables, in the order of the document. */
export function orderTerms(plan: FetchPlan): string[] {
  return plan.sources.flatMap((each) => each.entity.orders.map((order) => orderTerm(each, order)));
}

function orderTerm({ source }: FetchSource, order: FetchOrder): string {
  if (order.attribute === undefined) throw refuse.notEmulated('an order by alias outside aggregates');
  const compared = comparedSql(source, attributeOf(source.table, order.attribute));
  return order.isDescending ? `${compared} DESC` : compared;
}

/** The keys of all tables, so that pages have a fixed order. */
export function keyOrder(plan: FetchPlan): string[] {
  return plan.sources.map(({ source }) => columnSql(source, requireColumn(source.table, source.table.key)));
}

type Condition = { context: QueryContext; left: Compared; values: readonly string[] };
type CompileCondition = (condition: Condition) => Sql;

const comparing =
  (operator: Comparison): CompileCondition =>
  ({ left, values: [text] }) => {
    const value = text === undefined ? undefined : textValueFor(left.column, text);
    if (value === undefined) throw refuse.invalidArgument();
    return comparisonSql(left, operator, value);
  };

const isIn: CompileCondition = ({ context, left, values }) => {
  if (left.column.logical === 'entityid' && context.switches.inOnEntityId === 'fetchxml-too')
    throw refuse.bySwitch('The operator in on entityid');
  return inSql(left, listValues({ context, source: undefined }, left.column, values));
};

/** `%`, `_` and `[a-z]` as in SQL Server; SQLite's GLOB knows sets, its LIKE does not. */
const isLike: CompileCondition = ({ left, values: [text] }) => {
  if (text === undefined || !isText(left.column)) throw refuse.invalidArgument();
  const pattern = foldText(text, left.collation).replace(/\[[^\]]*\]|[%_*?[]/g, (piece) => GLOB[piece] ?? piece);
  return sql(`${left.compared} GLOB ?`, pattern);
};

const GLOB: Readonly<Record<string, string | undefined>> = { '%': '*', _: '?', '*': '[*]', '?': '[?]', '[': '[[]' };

/** Differs: these operators are served; of those on dates, users and hierarchies none. */
const OPERATORS: Readonly<Record<string, CompileCondition | undefined>> = {
  eq: comparing('eq'),
  ne: comparing('ne'),
  neq: comparing('ne'),
  gt: comparing('gt'),
  ge: comparing('ge'),
  lt: comparing('lt'),
  le: comparing('le'),
  in: isIn,
  'not-in': (condition) => negated(condition.left.compared, isIn(condition)),
  like: isLike,
  'not-like': (condition) => negated(condition.left.compared, isLike(condition)),
  null: ({ left }) => sql(`${left.compared} IS NULL`),
  'not-null': ({ left }) => sql(`${left.compared} IS NOT NULL`),
};
