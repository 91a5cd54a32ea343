/** FetchXML with tables and columns found: what is read from where. Names are logical names. */

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
  joinSql,
  negated,
  type Source,
  type Sql,
  sql,
  visibleSql,
  wrap,
} from '../odata/sql.ts';
import { textValueFor } from '../odata/values.ts';
import { type Column, isText } from '../schema/column.ts';
import type { Table } from '../schema/schema.ts';
import { foldText } from '../store/row.ts';
import { attribute, childrenOf, flag, type XmlElement } from './read-fetch.ts';

const MAX_LINKS = 15;
const MAX_CONDITIONS = 500;

/** A table of the query: the root, or a link with its alias. */
export type FetchSource = { source: Source; element: XmlElement; alias: string | undefined };

export type FetchPlan = {
  root: FetchSource;
  /** In the order of the document, the root first. */
  sources: readonly FetchSource[];
  from: Sql;
  where: Sql;
};

type Planning = { context: QueryContext; sources: FetchSource[]; joins: Sql[] };

export function planFetch(context: QueryContext, entity: XmlElement): FetchPlan {
  const planning: Planning = { context, sources: [], joins: [] };
  const root = addSource(planning, entity, undefined);
  for (const link of childrenOf(entity, 'link-entity')) addLink(planning, root.source, link);
  const { sources, joins } = planning;
  if (sources.length > MAX_LINKS + 1) throw refuse.tooManyLinks();
  if (countConditions(entity) > MAX_CONDITIONS) throw refuse.tooManyConditions();
  return {
    root,
    sources,
    from: joinSql([sql(fromSql(root.source)), ...joins], ' '),
    where: allOf([...filtersSql(planning, root, entity), ...visibleSql(context, root.source)]),
  };
}

function countConditions({ name, children }: XmlElement): number {
  return name === 'condition' ? 1 : children.reduce((sum, child) => sum + countConditions(child), 0);
}

function addSource({ context, sources }: Planning, element: XmlElement, alias: string | undefined): FetchSource {
  const name = attribute(element, 'name');
  const table = context.schema.tables.get(name);
  if (table === undefined) throw refuse.entityNotFound(name);
  const source: Source = { alias: `t${sources.length}`, table, switches: context.switches };
  const added = { source, element, alias };
  sources.push(added);
  return added;
}

/** Inner or outer; the link's own filters belong to the join, so that an outer one keeps the row above. */
function addLink(planning: Planning, above: Source, link: XmlElement): void {
  const { name, from, to, 'link-type': type = 'inner', alias } = Object.fromEntries(link.attributes);
  if (type !== 'inner' && type !== 'outer') throw refuse.notEmulated(`link-type '${type}' of FetchXML`);
  if (from === undefined || to === undefined) throw refuse.notEmulated('a link-entity without from and to');
  const added = addSource(planning, link, alias ?? `${name}${planning.sources.length}`);
  const { source } = added;
  // U30 (outerJoin): whether people may be outer-joined with the members of lists.
  const isOfPeople = ['lead', 'contact'].includes(above.table.name) && source.table.name === 'listmember';
  if (type === 'outer' && isOfPeople && planning.context.switches.outerJoin === 'refused')
    throw refuse.bySwitch(`An outer join of ${above.table.name} with listmember`);
  const near = attributeOf(source.table, from);
  const far = attributeOf(above.table, to);
  if ((near.group === 'guid') !== (far.group === 'guid')) throw refuse.malformedFetch();
  const on = allOf([
    sql(`${columnSql(source, near)} = ${columnSql(above, far)}`),
    ...filtersSql(planning, added, link),
    ...visibleSql(planning.context, source),
  ]);
  planning.joins.push(wrap(`${type === 'outer' ? 'LEFT JOIN' : 'JOIN'} ${fromSql(source)} ON `, on, ''));
  for (const nested of childrenOf(link, 'link-entity')) addLink(planning, source, nested);
}

export function attributeOf(table: Table, name: string): Column {
  const column = table.byLogicalName.get(name);
  if (column === undefined) throw refuse.attributeNotFound(table.name, name);
  return column;
}

function filtersSql(planning: Planning, place: FetchSource, element: XmlElement): Sql[] {
  return childrenOf(element, 'filter').map((filter) => {
    const conditions = childrenOf(filter, 'condition').map((condition) => conditionSql(planning, place, condition));
    const parts = [...conditions, ...filtersSql(planning, place, filter)];
    const { type = 'and' } = Object.fromEntries(filter.attributes);
    if (type !== 'and' && type !== 'or') throw refuse.malformedFetch();
    return type === 'or' && parts.length > 0 ? anyOf(parts) : allOf(parts);
  });
}

function conditionSql({ context, sources }: Planning, place: FetchSource, condition: XmlElement): Sql {
  const { entityname, value } = Object.fromEntries(condition.attributes);
  const named = sources.find(({ alias, source }) => (alias ?? source.table.name) === entityname);
  const { source } = (entityname === undefined ? place : named) ?? {};
  if (source === undefined) throw refuse.malformedFetch();
  const operator = attribute(condition, 'operator');
  const compile = OPERATORS[operator];
  if (compile === undefined) throw refuse.notEmulated(`the FetchXML operator '${operator}'`);
  const nested = childrenOf(condition, 'value').map((child) => child.text);
  const left = comparedColumn(source, attributeOf(source.table, attribute(condition, 'attribute')));
  return compile({ context, left, values: value === undefined ? nested : [value, ...nested] });
}

export function orderTerms({ sources }: FetchPlan): string[] {
  return sources.flatMap(({ source, element }) =>
    childrenOf(element, 'order').map((order) => {
      const name = order.attributes.get('attribute');
      if (name === undefined && !order.attributes.has('alias')) throw refuse.malformedFetch();
      if (name === undefined) throw refuse.notEmulated('an order by alias outside aggregates');
      const compared = comparedSql(source, attributeOf(source.table, name));
      return flag(order, 'descending') ? `${compared} DESC` : compared;
    }),
  );
}

type CompileCondition = (condition: { context: QueryContext; left: Compared; values: readonly string[] }) => Sql;

const comparing =
  (operator: Comparison): CompileCondition =>
  ({ left, values: [text] }) => {
    const value = text === undefined ? undefined : textValueFor(left.column, text);
    if (value === undefined) throw refuse.invalidArgument();
    return comparisonSql(left, operator, value);
  };

const isIn: CompileCondition = ({ context: { switches }, left, values }) => {
  // U17 (inOnEntityId).
  if (left.column.logical === 'entityid' && switches.inOnEntityId === 'fetchxml-too')
    throw refuse.bySwitch('The operator in on entityid');
  return inSql(left, listValues(switches, left.column, values));
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
