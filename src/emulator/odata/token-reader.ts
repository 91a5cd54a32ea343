import { type Token, tokenize } from './lexer.ts';
import { syntaxError } from './query-errors.ts';

/** A cursor over the tokens of one expression. */
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
    throw syntaxError(peek().position, text);
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
