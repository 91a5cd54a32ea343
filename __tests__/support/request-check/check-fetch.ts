/** FetchXML held against the schema: well-formed, elements and attributes that exist, columns by logical name, operators and values. */
import type { Scope } from './check-query.ts';
import { isGuid, kindOf, type TableFacts } from './schema-names.ts';

type Element = { name: string; attributes: Map<string, string>; children: Element[]; text: string };

const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  fetch: ['page', 'paging-cookie', 'count', 'top', 'aggregate', 'distinct', 'returntotalrecordcount'],
  entity: ['name'],
  attribute: ['name', 'alias', 'aggregate', 'groupby'],
  order: ['attribute', 'descending'],
  filter: ['type'],
  condition: ['attribute', 'operator', 'value', 'entityname'],
  value: [],
  'link-entity': ['name', 'from', 'to', 'link-type', 'alias'],
};
const OPERATORS = 'eq ne in not-in null not-null like gt ge lt le on-or-after begins-with'.split(' ');
const LINK_TYPES = ['inner', 'outer'];

export function checkFetch(scope: Scope, xml: string): void {
  const root = parseXml(xml);
  if (root === undefined || root.name !== 'fetch')
    return void scope.complain(`FetchXML is not well-formed: ${xml.slice(0, 200)}`);
  const [entity] = root.children;
  if (entity?.attributes.get('name') !== scope.table.name)
    scope.complain('FetchXML asks for another table than the path');
  checkElement(scope, root);
}

function checkElement(scope: Scope, element: Element): void {
  const { table, complain } = scope;
  const allowed = ATTRIBUTES[element.name];
  if (allowed === undefined) return void complain(`FetchXML element ${element.name}`);
  for (const name of element.attributes.keys()) {
    if (!allowed.includes(name)) complain(`FetchXML attribute ${element.name}/@${name}`);
  }
  const column = element.attributes.get(element.name === 'attribute' ? 'name' : 'attribute');
  if (column !== undefined && !isColumn(scope, column)) complain(`FetchXML: ${table.name} has no column ${column}`);
  if (element.name === 'condition') checkCondition(scope, element);
  for (const child of element.children) {
    if (child.name === 'link-entity') checkLink(scope, child);
    else checkElement(scope, child);
  }
}

/**
 * A column that the user names to match people by is asked of both tables of people; one of them may answer that it has none
 * (0x80041103), which the client knows to read.
 */
function isColumn({ names, table }: Scope, column: string): boolean {
  const people = ['lead', 'contact'];
  const tables = people.includes(table.name) ? people : [table.name];
  return tables.some((name) => names.tables.get(name)?.logical.has(column));
}

function checkLink(scope: Scope, link: Element): void {
  const { attributes } = link;
  const target = scope.names.tables.get(attributes.get('name') ?? '');
  if (target === undefined) return void scope.complain(`FetchXML: no table ${attributes.get('name')}`);
  if (!target.logical.has(attributes.get('from') ?? '')) scope.complain(`FetchXML: from=${attributes.get('from')}`);
  if (!scope.table.logical.has(attributes.get('to') ?? '')) scope.complain(`FetchXML: to=${attributes.get('to')}`);
  if (!LINK_TYPES.includes(attributes.get('link-type') ?? 'inner')) scope.complain('FetchXML: link-type');
  // Without an alias of its own a linked column is named differently by different versions.
  for (const child of link.children) {
    const alias = child.attributes.get('alias');
    if (child.name === 'attribute' && !/^\w+$/.test(alias ?? ''))
      scope.complain('FetchXML: linked column without alias');
  }
  checkElement({ ...scope, table: target }, link);
}

function checkCondition({ table, complain }: Scope, { attributes, children }: Element): void {
  const operator = attributes.get('operator') ?? '';
  if (!OPERATORS.includes(operator)) complain(`FetchXML operator ${operator}`);
  const values = attributes.has('value') ? [attributes.get('value') ?? ''] : children.map((child) => child.text);
  const wanted = operator.endsWith('null') ? 0 : 1;
  if (values.length < wanted || (wanted === 0 && values.length > 0)) complain(`FetchXML: values of ${operator}`);
  const bad = values.find((value) => !fits(table, attributes.get('attribute') ?? '', value));
  if (bad !== undefined) complain(`FetchXML: ${attributes.get('attribute')} ${operator} ${bad}`);
}

function fits(table: TableFacts, name: string, value: string): boolean {
  const column = table.logical.get(name);
  if (column === undefined) return true;
  const kind = kindOf(column);
  if (kind === 'guid') return isGuid(value);
  return kind === 'text' || kind === 'time' || /^-?\d+(\.\d+)?$/.test(value);
}

/** Elements, attributes in either quotes, text; undefined when it is not well-formed. */
function parseXml(xml: string): Element | undefined {
  const top: Element = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [top];
  let at = 0;
  const pattern = /<(\/?)([\w-]+)((?:\s+[\w-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;
  while (at < xml.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(xml);
    const parent = open.at(-1);
    if (match === null || parent === undefined) return undefined;
    at = pattern.lastIndex;
    const [, slash, name = '', attributes = '', empty, text] = match;
    if (text !== undefined) {
      if (/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.test(text)) return undefined;
      parent.text += unescaped(text);
    } else if (slash === '/') {
      if (open.pop()?.name !== name) return undefined;
    } else {
      const element = { name, attributes: readAttributes(attributes), children: [], text: '' };
      parent.children.push(element);
      if (empty !== '/') open.push(element);
    }
  }
  return open.length === 1 ? top.children[0] : undefined;
}

function readAttributes(text: string): Map<string, string> {
  const pairs = [...text.matchAll(/([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)];
  return new Map(pairs.map(([, name = '', double, single]) => [name, unescaped(double ?? single ?? '')]));
}

function unescaped(text: string): string {
  return text
    .replace(/&#x([\da-f]+);/gi, (_all, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_all, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
