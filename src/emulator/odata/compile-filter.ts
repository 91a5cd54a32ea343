import type { Column } from '../schema/column.ts';
import { edmType, valueGroup } from '../schema/column.ts';
import type { Value } from '../store/row-store.ts';
import { type ResolvedPath, resolvePath, type Scope } from './column-path.ts';
import { compileFunction } from './compile-function.ts';
import { compileLambda } from './compile-lambda.ts';
import { columnsSql, comparisonSql, textSql } from './condition.ts';
import { type Comparison, countConditions, type Filter, type Literal, type Operand, type Path } from './filter-ast.ts';
import { literalType, valueFor } from './literal.ts';
import { badQuery, incompatibleTypes, tooManyConditions } from './query-errors.ts';
import { allOf, anyOf, FALSE, type Sql, TRUE, wrap } from './sql.ts';

/** Microsoft's limit per `$filter`. */
const MAX_CONDITIONS = 500;

export function compileFilter(scope: Scope, filter: Filter): Sql {
  if (countConditions(filter) > MAX_CONDITIONS) throw tooManyConditions();
  return compile(scope, filter);
}

function compile(scope: Scope, filter: Filter): Sql {
  switch (filter.kind) {
    case 'and':
      return allOf(filter.parts.map((part) => compile(scope, part)));
    case 'or':
      return anyOf(filter.parts.map((part) => compile(scope, part)));
    case 'not':
      // An empty column makes a comparison unknown in SQL; its negation must be true.
      return wrap('NOT ifnull(', compile(scope, filter.operand), ', 0)');
    case 'compare':
      return compileComparison(scope, filter.operator, filter.left, filter.right);
    case 'text':
      return compileText(scope, filter);
    case 'function':
      return compileFunction(scope, filter.name, filter.parameters);
    case 'flag':
      return compileFlag(scope, filter.path);
    default:
      return compileLambda(scope, filter, compile);
  }
}

function compileFlag(scope: Scope, path: Path): Sql {
  const resolved = resolvePath(scope, path);
  if (resolved.column.type !== 'boolean') throw badQuery('The filter expression must be of type boolean.');
  return comparisonSql(resolved, 'eq', true);
}

function compileText(scope: Scope, filter: Extract<Filter, { kind: 'text' }>): Sql {
  const { column, compared } = resolvePath(scope, filter.path);
  const { text } = filter;
  if (valueGroup(column) !== 'text' || text.kind !== 'string') throw noSuchSignature(filter.name);
  return textSql(compared, filter.name, text.value);
}

function noSuchSignature(name: string): Error {
  return badQuery(
    `No function signature for the function with name '${name}' matches the specified arguments. The function signatures considered are: ${name}(Edm.String Nullable=true, Edm.String Nullable=true).`,
  );
}

const MIRRORED = { eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' } satisfies Record<
  Comparison,
  Comparison
>;

function compileComparison(scope: Scope, operator: Comparison, left: Operand, right: Operand): Sql {
  if (left.kind === 'path') {
    const resolved = resolvePath(scope, left);
    if (right.kind !== 'path') return compileLiteral(resolved, operator, right);
    return compileColumns(resolved, operator, resolvePath(scope, right));
  }
  if (right.kind === 'path') return compileLiteral(resolvePath(scope, right), MIRRORED[operator], left);
  return compareLiterals(left, operator, right);
}

function compileLiteral(resolved: ResolvedPath, operator: Comparison, literal: Literal): Sql {
  return comparisonSql(resolved, operator, literalValue(resolved.column, operator, literal));
}

function literalValue(column: Column, operator: Comparison, literal: Literal): Value {
  if (literal.kind === 'null') return null;
  const value = valueFor(column, literal);
  if (value === undefined) throw incompatibleTypes(edmType(column), literalType(literal), OPERATOR_KINDS[operator]);
  return value;
}

function compileColumns(left: ResolvedPath, operator: Comparison, right: ResolvedPath): Sql {
  if (valueGroup(left.column) !== valueGroup(right.column)) {
    throw incompatibleTypes(edmType(left.column), edmType(right.column), OPERATOR_KINDS[operator]);
  }
  return columnsSql(left, operator, right);
}

/** `1 eq 1`: clients write it to select everything or nothing. */
function compareLiterals(left: Literal, operator: Comparison, right: Literal): Sql {
  if (left.kind !== right.kind || left.kind === 'null' || right.kind === 'null') {
    throw incompatibleTypes(literalType(left), literalType(right), OPERATOR_KINDS[operator]);
  }
  const isEqual = left.value === right.value;
  if (operator === 'eq') return isEqual ? TRUE : FALSE;
  if (operator === 'ne') return isEqual ? FALSE : TRUE;
  throw badQuery('The left side of a comparison must be a property of the entity.');
}

const OPERATOR_KINDS = {
  eq: 'Equal',
  ne: 'NotEqual',
  gt: 'GreaterThan',
  ge: 'GreaterThanOrEqual',
  lt: 'LessThan',
  le: 'LessThanOrEqual',
} satisfies Record<Comparison, string>;
