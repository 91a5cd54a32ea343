/** `$filter` as a tree. Knows nothing of tables and columns. */

import { refuse } from '../errors/errors.ts';
import { readStringArray, readTokens, type Token, type TokenReader } from './tokens.ts';

/** `enum`: `Microsoft.Dynamics.CRM.AttributeTypeCode'Picklist'`, in metadata only. */
export type Literal =
  | { kind: 'string' | 'guid' | 'time' | 'date' | 'enum'; value: string }
  | { kind: 'number'; value: number }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' };

export type Path = { kind: 'path'; segments: readonly string[] };

export type Operand = Literal | Path;

const COMPARISONS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
export type Comparison = (typeof COMPARISONS)[number];

const TEXT_FUNCTIONS = ['contains', 'startswith', 'endswith'] as const;
export type TextFunction = (typeof TEXT_FUNCTIONS)[number];

export type Parameter = string | readonly string[] | null;

export type Filter =
  | { kind: 'and' | 'or'; parts: readonly Filter[] }
  | { kind: 'not'; operand: Filter }
  | { kind: 'compare'; operator: Comparison; left: Operand; right: Operand }
  | { kind: 'text'; name: TextFunction; path: Path; text: Operand }
  | { kind: 'function'; name: string; parameters: ReadonlyMap<string, Parameter> }
  | { kind: 'any' | 'all'; path: Path; variable: string | undefined; predicate: Filter | undefined }
  | { kind: 'flag'; path: Path };

/** Leaves of the tree: what Dataverse counts as conditions. */
export function countConditions(filter: Filter): number {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.parts.reduce((sum, part) => sum + countConditions(part), 0);
    case 'not':
      return countConditions(filter.operand);
    case 'any':
    case 'all':
      return filter.predicate === undefined ? 1 : countConditions(filter.predicate);
    default:
      return 1;
  }
}

// Recursive-descent parser of `$filter`. Words are case-sensitive, as in OData.
//
//   filter     = and *( "or" and )
//   and        = unary *( "and" unary )
//   unary      = "not" unary | primary
//   primary    = "(" filter ")" | text | function | lambda | operand [ comparison operand ]
//   text       = ( "contains" | "startswith" | "endswith" ) "(" path "," operand ")"
//   function   = "Microsoft.Dynamics.CRM." name "(" [ name "=" value *( "," name "=" value ) ] ")"
//   lambda     = path "/" ( "any" | "all" ) "(" [ variable ":" filter ] ")"
//   operand    = path | literal | alias
//   path       = name *( "/" name )
//   literal    = string | guid | time | date | number | "true" | "false" | "null"
//   value      = string | array | literal | alias

type Aliases = ReadonlyMap<string, string>;

const FUNCTION_PREFIX = 'Microsoft.Dynamics.CRM.';
const MAX_DEPTH = 100;

type Parser = { reader: TokenReader; aliases: Aliases; depth: number };

/** `aliases` holds the texts of `@p1` and its like; an unassigned alias is null. */
export function parseFilter(text: string, aliases: Aliases = new Map()): Filter {
  const reader = readTokens(text);
  const filter = parseOr({ reader, aliases, depth: 0 });
  if (reader.peek().kind !== 'end') reader.fail();
  return filter;
}

function parseOr(parser: Parser): Filter {
  if (parser.depth > MAX_DEPTH) throw refuse.badQuery('The recursion depth exceeded the allowed limit.');
  return parseChain(parser, 'or', (inner) => parseChain(inner, 'and', parseUnary));
}

function parseChain(parser: Parser, word: 'and' | 'or', parsePart: (parser: Parser) => Filter): Filter {
  const first = parsePart(parser);
  const parts = [first];
  while (parser.reader.accept(word)) parts.push(parsePart(parser));
  return parts.length === 1 ? first : { kind: word, parts };
}

function parseUnary(parser: Parser): Filter {
  const { reader } = parser;
  const isNot = reader.peek().kind === 'name' && reader.peek().text === 'not';
  if (!isNot) return parsePrimary(parser);
  reader.next();
  const operand = parseUnary({ ...parser, depth: parser.depth + 1 });
  if (operand.kind === 'function') throw refuse.notBeforeFunction();
  return { kind: 'not', operand };
}

function parsePrimary(parser: Parser): Filter {
  const { reader } = parser;
  if (reader.accept('(')) {
    const inner = parseOr({ ...parser, depth: parser.depth + 1 });
    reader.expect(')');
    return inner;
  }
  const { kind, text } = reader.peek();
  if (kind === 'name' && reader.peek(1).text === '(') return parseCall(parser, text);
  const left = parseOperand(parser);
  if (left.kind === 'path' && reader.peek().text === '(') return parseLambda(parser, left);
  return parseComparison(parser, left);
}

function parseCall(parser: Parser, name: string): Filter {
  const { reader } = parser;
  reader.next();
  reader.expect('(');
  const textFunction = TEXT_FUNCTIONS.find((known) => known === name);
  if (textFunction === undefined) {
    if (!name.startsWith(FUNCTION_PREFIX)) throw refuse.unknownFunction(name);
    return { kind: 'function', name: name.slice(FUNCTION_PREFIX.length), parameters: parseParameters(parser) };
  }
  const path = parseOperand(parser);
  if (path.kind !== 'path') return reader.fail();
  reader.expect(',');
  const text = parseOperand(parser);
  reader.expect(')');
  return { kind: 'text', name: textFunction, path, text };
}

function parseParameters(parser: Parser): Map<string, Parameter> {
  const { reader } = parser;
  const parameters = new Map<string, Parameter>();
  if (reader.accept(')')) return parameters;
  do {
    const name = reader.next().text;
    reader.expect('=');
    parameters.set(name, parseParameter(parser));
  } while (reader.accept(','));
  reader.expect(')');
  return parameters;
}

function parseParameter({ reader, aliases }: Parser): Parameter {
  const token = reader.next();
  if (token.kind === 'array') return readStringArray(token.text);
  if (token.kind !== 'alias') return plain(literalOf(token) ?? reader.fail());
  const text = aliases.get(token.text);
  if (text === undefined) return null;
  return text.trim().startsWith('[') ? readStringArray(text) : plain(aliasLiteral(text));
}

function plain(literal: Literal): string | null {
  return literal.kind === 'null' ? null : String(literal.value);
}

function aliasLiteral(text: string): Literal {
  const reader = readTokens(text);
  const literal = literalOf(reader.next()) ?? reader.fail();
  return reader.peek().kind === 'end' ? literal : reader.fail();
}

function parseOperand(parser: Parser): Operand {
  const { reader } = parser;
  const token = reader.peek();
  if (token.kind === 'alias') {
    reader.next();
    const text = parser.aliases.get(token.text);
    return text === undefined ? { kind: 'null' } : aliasLiteral(text);
  }
  const literal = literalOf(token);
  if (literal !== undefined) {
    reader.next();
    return literal;
  }
  return parsePath(reader);
}

export function parsePath(reader: TokenReader): Path {
  const segments: string[] = [];
  do {
    if (reader.peek().kind !== 'name') reader.fail();
    segments.push(reader.next().text);
  } while (reader.accept('/'));
  return { kind: 'path', segments };
}

function parseLambda(parser: Parser, path: Path): Filter {
  const { reader } = parser;
  const kind = path.segments.at(-1);
  if (kind !== 'any' && kind !== 'all') return reader.fail();
  const target: Path = { kind: 'path', segments: path.segments.slice(0, -1) };
  reader.expect('(');
  if (reader.accept(')')) return { kind, path: target, variable: undefined, predicate: undefined };
  const variable = reader.next().text;
  reader.expect(':');
  const predicate = parseOr({ ...parser, depth: parser.depth + 1 });
  reader.expect(')');
  return { kind, path: target, variable, predicate };
}

function parseComparison(parser: Parser, left: Operand): Filter {
  const { reader } = parser;
  const { text } = reader.peek();
  const operator = COMPARISONS.find((known) => known === text);
  if (operator === undefined) {
    if (left.kind !== 'path') return reader.fail();
    return { kind: 'flag', path: left };
  }
  reader.next();
  return { kind: 'compare', operator, left, right: parseOperand(parser) };
}

/** The literal that a token stands for; undefined when it is not a literal. */
function literalOf(token: Token): Literal | undefined {
  switch (token.kind) {
    case 'string':
      return { kind: 'string', value: token.text.slice(1, -1).replaceAll("''", "'") };
    case 'enum':
      return { kind: 'enum', value: token.text.slice(token.text.indexOf("'") + 1, -1) };
    case 'guid':
      return { kind: 'guid', value: token.text.toLowerCase() };
    case 'time':
    case 'date':
      return { kind: token.kind, value: token.text };
    case 'number':
      return { kind: 'number', value: Number.parseFloat(token.text) };
    case 'name':
      return WORDS[token.text];
    default:
      return undefined;
  }
}

const WORDS: Readonly<Record<string, Literal>> = {
  true: { kind: 'boolean', value: true },
  false: { kind: 'boolean', value: false },
  null: { kind: 'null' },
};
