import { badQuery } from './query-errors.ts';

/**
 * `PropertyValues=["a","b"]` or `['a','b']`. As Microsoft's reader has it, single quotes delimit too, but a quote is not doubled inside:
 * `['o''b']` ends the value early and is refused.
 */
export function readStringArray(text: string): string[] {
  const values: string[] = [];
  const inside = text.trim();
  if (!inside.startsWith('[') || !inside.endsWith(']'))
    throw badQuery(`Invalid JSON. Expected an array, found '${text}'.`);
  let rest = inside.slice(1, -1).trim();
  while (rest !== '') {
    const match = /^("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,"']+)\s*/.exec(rest);
    if (match === null) throw badQuery('Invalid JSON. An unexpected token was found when reading an array.');
    values.push(readItem(match[1] ?? ''));
    rest = rest.slice(match[0].length);
    if (rest === '') break;
    if (!rest.startsWith(',')) throw commaExpected();
    rest = rest.slice(1).trim();
  }
  return values;
}

function commaExpected(): Error {
  return badQuery(
    "Invalid JSON. A comma character ',' was expected in scope 'Array'. Every two elements in an array and properties of an object must be separated by commas.",
  );
}

function readItem(text: string): string {
  const quote = text.charAt(0);
  if (quote !== '"' && quote !== "'") return text;
  const inner = text.slice(1, -1);
  const json = quote === '"' ? text : `"${inner.replace(/\\'/g, "'").replaceAll('"', '\\"')}"`;
  try {
    const value: unknown = JSON.parse(json);
    return String(value);
  } catch {
    throw badQuery('Invalid JSON. An invalid escape sequence was found in a string.');
  }
}
