import { badQuery, syntaxError } from './query-errors.ts';

export type TokenKind =
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

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  for (;;) {
    position = skipBlanks(text, position);
    const token = nextToken(text, position);
    tokens.push(token);
    if (token.kind === 'end') return tokens;
    position += token.text.length;
  }
}

function skipBlanks(text: string, from: number): number {
  const blanks = /\s*/y;
  blanks.lastIndex = from;
  blanks.test(text);
  return blanks.lastIndex;
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
    throw badQuery(`There is an unterminated string literal at position ${text.length} in '${text}'.`);
  }
  throw syntaxError(position, text);
}

/** A JSON array as one token; brackets inside its strings do not count. */
function arrayAt(text: string, start: number): string {
  const piece = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\]"']/y;
  let position = start;
  for (;;) {
    if (text.charAt(position) === ']') return text.slice(start, position + 1);
    piece.lastIndex = position;
    if (!piece.test(text)) throw syntaxError(position, text);
    position = piece.lastIndex;
  }
}
