/** XML as a tree of elements, for FetchXML: no DTD, no namespaces. The one place that knows the parser. */
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
