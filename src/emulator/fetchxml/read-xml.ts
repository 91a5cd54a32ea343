/** A reader for the XML that FetchXML needs: elements, attributes, text, entities, CDATA, comments. No DTD, no namespaces. */
import { malformedFetch } from '../errors/query-errors.ts';

export type XmlElement = {
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: readonly XmlElement[];
  text: string;
};

type Open = { name: string; attributes: Map<string, string>; children: XmlElement[]; text: string };

const PIECE =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([\w.:-]+)\s*>|<([\w.:-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;
const MAX_DEPTH = 100;

export function readXml(text: string): XmlElement {
  const root: Open = { name: '', attributes: new Map(), children: [], text: '' };
  const stack: Open[] = [root];
  let position = 0;
  while (position < text.length) {
    PIECE.lastIndex = position;
    const match = PIECE.exec(text);
    if (match === null) throw malformedFetch();
    readPiece(stack, match);
    position = PIECE.lastIndex;
  }
  const [only, second] = root.children;
  if (stack.length !== 1 || only === undefined || second !== undefined || root.text.trim() !== '')
    throw malformedFetch();
  return only;
}

function readPiece(stack: Open[], match: RegExpExecArray): void {
  const [, cdata, closed, opened, attributes = '', slash, characters] = match;
  const current = stack.at(-1);
  if (current === undefined) throw malformedFetch();
  if (cdata !== undefined) current.text += cdata;
  if (characters !== undefined) current.text += decodeEntities(characters);
  if (closed !== undefined) close(stack, closed);
  if (opened !== undefined)
    open(stack, { name: opened, attributes: readAttributes(attributes), isEmpty: slash === '/' });
}

function open(stack: Open[], start: { name: string; attributes: Map<string, string>; isEmpty: boolean }): void {
  if (stack.length > MAX_DEPTH) throw malformedFetch();
  const element: Open = { name: start.name, attributes: start.attributes, children: [], text: '' };
  stack.at(-1)?.children.push(element);
  if (!start.isEmpty) stack.push(element);
}

function close(stack: Open[], name: string): void {
  const element = stack.pop();
  if (element?.name !== name || stack.length === 0) throw malformedFetch();
}

function readAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single] of text.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    if (attributes.has(name)) throw malformedFetch();
    attributes.set(name, decodeEntities(double ?? single ?? ''));
  }
  return attributes;
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&([^;\s&]*;?)/g, (_all, entity: string) => {
    const name = entity.slice(0, -1);
    const decoded = entity.endsWith(';') ? (NAMED[name] ?? numericEntity(name)) : undefined;
    if (decoded === undefined) throw malformedFetch();
    return decoded;
  });
}

function numericEntity(name: string): string | undefined {
  const match = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name);
  if (match === null) return undefined;
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
