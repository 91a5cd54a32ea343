/** Query options held against the schema: names, kinds of literals, and nothing that Dataverse does not have. */
import { checkFetch } from './check-fetch.ts';
import { isGuid, kindOf, type SchemaNames, type TableFacts } from './schema-names.ts';

export type Complain = (problem: string) => void;
export type Scope = { names: SchemaNames; table: TableFacts; aliases: ReadonlyMap<string, string>; complain: Complain };

const OPTIONS = [
  '$select',
  '$filter',
  '$orderby',
  '$top',
  '$count',
  '$expand',
  '$apply',
  '$skiptoken',
  'fetchXml',
  '$id',
];

export function splitOptions(query: string): Map<string, string> {
  const pairs = query === '' ? [] : query.split('&');
  return new Map(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [decodeURIComponent(name), decodeURIComponent(value.join('='))];
    }),
  );
}

export function checkQuery(scope: Scope, options: ReadonlyMap<string, string>): void {
  for (const [name, value] of options) {
    if (name.startsWith('@')) continue;
    if (!OPTIONS.includes(name)) scope.complain(`query option ${name}`);
    if (name === '$select') checkSelect(scope, value);
    if (name === '$filter') checkFilter(scope, value);
    if (name === '$orderby') checkOrderBy(scope, value);
    if (name === '$expand') checkExpand(scope, value);
    if (name === '$apply') checkApply(scope, value);
    if (name === '$top' && !/^\d+$/.test(value)) scope.complain(`$top=${value}`);
    if (name === '$count' && value !== 'true') scope.complain(`$count=${value}`);
    if (name === 'fetchXml') checkFetch(scope, value);
  }
}

function checkSelect({ table, complain }: Scope, text: string): void {
  for (const name of text.split(',')) {
    if (!table.columns.has(name)) complain(`$select: ${table.name} has no column ${name}`);
  }
}

function checkOrderBy({ table, complain }: Scope, text: string): void {
  for (const term of text.split(',')) {
    const [name = '', direction = 'asc', ...rest] = term.trim().split(' ');
    if (!table.columns.has(name) || !['asc', 'desc'].includes(direction) || rest.length > 0)
      complain(`$orderby ${term}`);
  }
}

function checkExpand(scope: Scope, text: string): void {
  for (const [, name = '', inner] of text.matchAll(/([^(),]+)(?:\(([^)]*(?:\([^)]*\)[^)]*)*)\))?(?:,|$)/g)) {
    const navigation = scope.table.navigation.get(name);
    const target = scope.names.tables.get(navigation?.target ?? '');
    if (target === undefined) {
      scope.complain(`$expand: ${scope.table.name} has no navigation property ${name}`);
      continue;
    }
    const options = new Map((inner ?? '').split(';').filter(Boolean).map(toPair));
    checkQuery({ ...scope, table: target }, options);
  }
}

function toPair(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

/** The client's one aggregate. */
function checkApply(scope: Scope, text: string): void {
  const filter = /^filter\((.*)\)\/aggregate\(\$count as \w+\)$/s.exec(text)?.[1];
  if (filter === undefined) return void scope.complain(`$apply=${text}`);
  checkFilter(scope, filter);
}

const TEXT_FUNCTIONS = ['contains', 'startswith', 'endswith'];

/** Takes the functions away first, then reads what is left as comparisons joined by and, or, not and brackets. */
export function checkFilter(scope: Scope, text: string): void {
  const strings: string[] = [];
  const plain = text.replace(/'((?:[^']|'')*)'/g, (_all, inner: string) => `'${strings.push(inner) - 1}'`);
  if (plain.replace(/'\d+'/g, '').includes("'")) scope.complain(`$filter: open quote in ${text}`);
  const unnamed = plain.replace(/Microsoft\.Dynamics\.CRM\.(\w+)\(([^()]*)\)/g, (_all, name: string, inner: string) => {
    checkFunction(scope, name, restore(inner, strings));
    return 'TRUE';
  });
  const noLambda = unnamed.replace(
    /(\w+)\/any\((\w+):([^()]*(?:\([^()]*\)[^()]*)*)\)/g,
    (_all, nav, variable, inner) => {
      checkLambda(scope, { nav, variable, inner: restore(inner, strings) });
      return 'TRUE';
    },
  );
  const noFunction = noLambda.replace(/(\w+)\((\w+),('\d+')\)/g, (_all, name: string, column: string) => {
    if (!TEXT_FUNCTIONS.includes(name)) scope.complain(`$filter: function ${name}`);
    checkComparison(scope, column, "''");
    return 'TRUE';
  });
  checkTerms(scope, noFunction);
}

function restore(text: string, strings: readonly string[]): string {
  return text.replace(/'(\d+)'/g, (_all, index: string) => `'${strings[Number(index)] ?? ''}'`);
}

type Lambda = { nav: string; variable: string; inner: string };

function checkLambda(scope: Scope, { nav, variable, inner }: Lambda): void {
  const navigation = scope.table.navigation.get(nav);
  const target = scope.names.tables.get(navigation?.target ?? '');
  if (target === undefined || navigation?.kind === 'single') scope.complain(`$filter: ${scope.table.name}/${nav}/any`);
  else checkFilter({ ...scope, table: target }, inner.replaceAll(`${variable}/`, ''));
}

function checkTerms(scope: Scope, text: string): void {
  const rest = text.replace(
    /([\w/]+) (?:eq|ne|gt|ge|lt|le) ('\d+'|[\w:.+-]+)/g,
    (_all, column: string, literal: string) => {
      checkComparison(scope, column, literal);
      return 'TRUE';
    },
  );
  const shape = rest.replace(/\bnot\b|[()]/g, ' ').trim();
  const isJoined = /^TRUE(?:\s+(?:and|or)\s+TRUE)*$/.test(shape.replace(/\s+/g, ' '));
  if (!isJoined) scope.complain(`$filter: cannot read '${rest}'`);
  if (rest.split('(').length !== rest.split(')').length) scope.complain(`$filter: brackets in '${text}'`);
}

const LITERALS: Readonly<Record<string, (literal: string) => boolean>> = {
  text: (literal) => literal.startsWith("'"),
  guid: isGuid,
  boolean: (literal) => literal === 'true' || literal === 'false',
  number: (literal) => /^-?\d+(\.\d+)?$/.test(literal),
  time: (literal) => /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?$/.test(literal),
};

function checkComparison(scope: Scope, path: string, literal: string): void {
  const [first = '', second] = path.split('/');
  const table =
    second === undefined ? scope.table : scope.names.tables.get(scope.table.navigation.get(first)?.target ?? '');
  const column = table?.columns.get(second ?? first);
  if (column === undefined) return void scope.complain(`$filter: ${scope.table.name} has no column ${path}`);
  if (literal === 'null' || LITERALS[kindOf(column)]?.(literal) === true) return;
  scope.complain(`$filter: ${path} is of type ${column.type}, not ${literal}`);
}

/** `PropertyName` is a logical name, `PropertyValues` an array of texts. */
function checkFunction(scope: Scope, name: string, inner: string): void {
  const declared = scope.names.queryFunctions.get(name);
  if (declared === undefined) return void scope.complain(`$filter: query function ${name}`);
  const given = new Map(
    [...inner.matchAll(/(\w+)=('(?:[^']|'')*'|@\w+|\[.*?\](?=,\w+=|$))/gs)].map(([, key = '', value = '']) => [
      key,
      value,
    ]),
  );
  if ([...given.keys()].join() !== declared.join()) scope.complain(`$filter: ${name}(${inner.slice(0, 80)})`);
  const value = (key: string) => scope.aliases.get(given.get(key) ?? '') ?? given.get(key) ?? '';
  const column = scope.table.logical.get(value('PropertyName').replace(/^'(.*)'$/, '$1'));
  if (column === undefined)
    return void scope.complain(`$filter: ${name} on ${value('PropertyName')} of ${scope.table.name}`);
  if (!declared.includes('PropertyValues')) return;
  const values: unknown = JSON.parse(value('PropertyValues'));
  const isGood = (each: unknown) => typeof each === 'string' && (kindOf(column) !== 'guid' || isGuid(each));
  if (!Array.isArray(values) || values.length === 0 || !values.every(isGood))
    scope.complain(`$filter: values of ${name}`);
}
