/** The name of stdin among files and in places. */
export const STDIN = '-';

/** How a message calls an input. */
export function sourceName(source: string): string {
  return source === STDIN ? 'stdin' : source;
}
