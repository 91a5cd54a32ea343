/** FetchXML as a tree of elements: no DTD, no namespaces. The one place that knows the parser, and which elements there are. */
import { SaxesParser } from 'saxes';
import { refuse } from '../errors/errors.ts';

export type XmlElement = {
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: readonly XmlElement[];
  text: string;
};

const MAX_DEPTH = 100;

export function readXml(text: string): XmlElement {
  const parser = new SaxesParser();
  const open: { name: string; attributes: Map<string, string>; children: XmlElement[]; text: string }[] = [];
  let root: XmlElement | undefined;
  const malformed = (): never => {
    throw refuse.malformedFetch();
  };
  const append = (characters: string): void => {
    const current = open.at(-1);
    if (current !== undefined) current.text += characters;
  };
  parser.on('error', malformed);
  parser.on('doctype', malformed);
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length >= MAX_DEPTH) malformed();
    const element = { name, attributes: new Map(Object.entries(attributes)), children: [], text: '' };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', append);
  parser.on('cdata', append);
  parser.write(text).close();
  return root ?? malformed();
}

/** What an element must and may contain. `unserved` is valid FetchXML, refused with 501. */
type Shape = {
  needs?: readonly string[];
  children?: readonly string[];
  unserved?: readonly (readonly [name: string, what: string])[];
};

const TABLE: Shape = { needs: ['name'], children: ['attribute', 'all-attributes', 'order', 'filter', 'link-entity'] };

const SHAPES: Readonly<Record<string, Shape | undefined>> = {
  fetch: { children: ['entity'] },
  entity: TABLE,
  'link-entity': TABLE,
  attribute: { needs: ['name'], unserved: [['dategrouping', 'dategrouping of FetchXML']] },
  filter: { children: ['condition', 'filter'], unserved: [['link-entity', 'a link-entity inside a filter']] },
  condition: { needs: ['attribute', 'operator'], unserved: [['valueof', 'valueof of FetchXML']] },
};

/** What a query says, its elements checked; names are not looked up yet. */
export type Fetch = {
  entity: XmlElement;
  count: number | undefined;
  page: number;
  pagingCookie: string | undefined;
  top: number | undefined;
  isDistinct: boolean;
  isAggregate: boolean;
  returnsTotal: boolean;
};

export function readFetch(text: string): Fetch {
  const root = readXml(text);
  const [entity, second] = root.children;
  if (root.name !== 'fetch' || entity === undefined || second !== undefined) throw refuse.malformedFetch();
  checkElement(root);
  const fetch: Fetch = {
    entity,
    count: integer(root, 'count'),
    page: integer(root, 'page') ?? 1,
    pagingCookie: root.attributes.get('paging-cookie'),
    top: integer(root, 'top'),
    isDistinct: flag(root, 'distinct'),
    isAggregate: flag(root, 'aggregate'),
    returnsTotal: flag(root, 'returntotalrecordcount'),
  };
  if (fetch.top !== undefined && root.attributes.has('page'))
    throw refuse.badQuery("The top attribute can't be specified with paging attribute page");
  return fetch;
}

function checkElement({ name, attributes, children }: XmlElement): void {
  const { needs = [], children: known, unserved = [] } = SHAPES[name] ?? {};
  const names = [...attributes.keys(), ...children.map((child) => child.name)];
  const found = unserved.find(([each]) => names.includes(each));
  if (found !== undefined) throw refuse.notEmulated(found[1]);
  const isComplete = needs.every((each) => (attributes.get(each) ?? '') !== '');
  const isKnown = known === undefined || children.every((child) => known.includes(child.name));
  if (!isComplete || !isKnown) throw refuse.malformedFetch();
  for (const child of children) checkElement(child);
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

export function attribute(element: XmlElement, name: string): string {
  return element.attributes.get(name) ?? '';
}

export function flag(element: XmlElement, name: string): boolean {
  const value = element.attributes.get(name)?.toLowerCase();
  return value === 'true' || value === '1';
}

function integer(element: XmlElement, name: string): number | undefined {
  const text = element.attributes.get(name);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) < 1) throw refuse.malformedFetch();
  return Number(text);
}
