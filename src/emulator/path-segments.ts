/** Cuts the path of a request into segments: `lists(L)/X(a='b/c')` → `{lists, L}`, `{X, a='b/c'}`. */
import { querySyntax } from './errors/errors.ts';

export type Segment = {
  name: string;
  /** The text between the parentheses, or undefined without any. */
  inside?: string;
};

const SEPARATOR = '/';

export function pathSegments(path: string): Segment[] {
  return splitOutsideQuotes(path, SEPARATOR)
    .filter((text) => text !== '')
    .map(toSegment);
}

/** Splits at `separator` wherever it stands neither in quotes nor in brackets of any kind. */
export function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === "'") isQuoted = !isQuoted;
    if (isQuoted) continue;
    depth += bracketStep(character);
    if (depth === 0 && character === separator) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function bracketStep(character: string): number {
  if ('([{'.includes(character)) return 1;
  return ')]}'.includes(character) ? -1 : 0;
}

function toSegment(text: string): Segment {
  const open = text.indexOf('(');
  if (open < 0) return { name: text };
  if (!text.endsWith(')')) throw querySyntax();
  return { name: text.slice(0, open), inside: text.slice(open + 1, -1) };
}

const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

/** A GUID in the store's spelling, or undefined when the text is none. Quotes and braces are accepted, as the service does. */
export function readGuid(text: string): string | undefined {
  return GUID.exec(text.trim().replace(/^'(.*)'$/, '$1'))?.[1]?.toLowerCase();
}

/** The query string's options by name, percent-decoded. `+` is a blank, as in forms. */
export function queryOptions(rawQuery: string): Record<string, string> {
  const options: Record<string, string> = {};
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    options[decodeText(name)] = equals < 0 ? '' : decodeText(pair.slice(equals + 1));
  }
  return options;
}

export function decodeText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    throw querySyntax();
  }
}

/** For paths, where `+` is itself. */
export function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw querySyntax();
  }
}
