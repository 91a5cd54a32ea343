import { resolvePath, type Scope } from './column-path.ts';
import type { Path } from './filter-ast.ts';
import { readTokens, type TokenReader } from './token-reader.ts';

/** Terms of ORDER BY for `$orderby=a desc,b,campaignid/name`. Empty values come first when ascending, as in SQL Server. */
export function compileOrderBy(scope: Scope, text: string | undefined): string[] {
  if (text === undefined || text.trim() === '') return [];
  const reader = readTokens(text);
  const terms: string[] = [];
  do terms.push(readTerm(scope, reader));
  while (reader.accept(','));
  if (reader.peek().kind !== 'end') reader.fail();
  return terms;
}

function readTerm(scope: Scope, reader: TokenReader): string {
  const segments: string[] = [];
  do {
    if (reader.peek().kind !== 'name') reader.fail();
    segments.push(reader.next().text);
  } while (reader.accept('/'));
  const path: Path = { kind: 'path', segments };
  const { compared } = resolvePath(scope, path);
  if (reader.accept('desc')) return `${compared} DESC`;
  reader.accept('asc');
  return compared;
}
