/** Cuts OData expressions into tokens, lists and JSON arrays into their items. */
import { refuse } from '../errors/errors.ts';

type TokenKind =
  | 'guid'
  | 'time'
  | 'date'
  | 'number'
  | 'string'
  | 'enum'
  | 'name'
  | 'alias'
  | 'array'
  | 'symbol'
  | 'end';

export type Token = { kind: TokenKind; text: string; position: number };

/** Tried in this order: a GUID may start like a number or a name, a date like a number. */
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['guid', /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/iy],
  ['time', /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)(?!\w)/iy],
  ['date', /\d{4}-\d\d-\d\d(?![\w-])/y],
  ['number', /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?[dflm]?(?![\w.])/iy],
  ['string', /'(?:[^']|'')*'/y],
  ['enum', /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+'[^']*'/y],
  ['name', /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/y],
  ['alias', /@\w+/y],
  ['symbol', /[(),:=/]/y],
];

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const blanks = /\s*/y;
  for (;;) {
    blanks.test(text);
    const token = nextToken(text, blanks.lastIndex);
    tokens.push(token);
    if (token.kind === 'end') return tokens;
    blanks.lastIndex += token.text.length;
  }
}

function nextToken(text: string, position: number): Token {
  if (position >= text.length) return { kind: 'end', text: '', position };
  if (text.charAt(position) === '[') return { kind: 'array', text: arrayAt(text, position), position };
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) return { kind, text: match[0], position };
  }
  if (text.charAt(position) === "'") {
    throw refuse.badQuery(`There is an unterminated string literal at position ${text.length} in '${text}'.`);
  }
  throw refuse.syntaxError(position, text);
}

/** A JSON array as one token; brackets inside its strings do not count. */
function arrayAt(text: string, start: number): string {
  const piece = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\]"']/y;
  let position = start;
  for (;;) {
    if (text.charAt(position) === ']') return text.slice(start, position + 1);
    piece.lastIndex = position;
    if (!piece.test(text)) throw refuse.syntaxError(position, text);
    position = piece.lastIndex;
  }
}

export type TokenReader = {
  readonly text: string;
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes the token if it is this symbol or word. */
  accept(text: string): boolean;
  expect(text: string): void;
  fail(): never;
};

export function readTokens(text: string): TokenReader {
  const tokens = tokenize(text);
  const end: Token = { kind: 'end', text: '', position: text.length };
  let index = 0;
  const peek = (ahead = 0): Token => tokens[index + ahead] ?? end;
  const next = (): Token => {
    const token = peek();
    index += 1;
    return token;
  };
  const accept = (wanted: string): boolean => {
    const { kind, text: found } = peek();
    const isMatch = (kind === 'symbol' || kind === 'name') && found === wanted;
    if (isMatch) index += 1;
    return isMatch;
  };
  const fail = (): never => {
    throw refuse.syntaxError(peek().position, text);
  };
  return {
    text,
    peek,
    next,
    accept,
    expect: (wanted) => {
      if (!accept(wanted)) fail();
    },
    fail,
  };
}

/**
 * `PropertyValues=["a","b"]` or `['a','b']`. As Microsoft's reader has it, single quotes delimit too, but a quote is not doubled inside:
 * `['o''b']` ends the value early and is refused.
 */
export function readStringArray(text: string): string[] {
  const values: string[] = [];
  const inside = text.trim();
  if (!inside.startsWith('[') || !inside.endsWith(']'))
    throw refuse.badQuery(`Invalid JSON. Expected an array, found '${text}'.`);
  let rest = inside.slice(1, -1).trim();
  while (rest !== '') {
    const match = /^("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,"']+)\s*/.exec(rest);
    if (match === null) throw refuse.badQuery('Invalid JSON. An unexpected token was found when reading an array.');
    values.push(readItem(match[1] ?? ''));
    rest = rest.slice(match[0].length);
    if (rest === '') break;
    if (!rest.startsWith(','))
      throw refuse.badQuery(
        "Invalid JSON. A comma character ',' was expected in scope 'Array'. Every two elements in an array and properties of an object must be separated by commas.",
      );
    rest = rest.slice(1).trim();
  }
  return values;
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
    throw refuse.badQuery('Invalid JSON. An invalid escape sequence was found in a string.');
  }
}

/** Splits at a separator that stands outside quotes and parentheses. */
export function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const match of text.matchAll(/'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^'"]/gs)) {
    const piece = match[0];
    if ('([{'.includes(piece)) depth += 1;
    if (')]}'.includes(piece)) depth -= 1;
    if (depth === 0 && piece === separator) {
      parts.push(text.slice(start, match.index));
      start = match.index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
