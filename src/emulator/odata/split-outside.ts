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
