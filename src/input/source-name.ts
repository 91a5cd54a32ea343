/** The name of stdin among files and in places. */
export const STDIN = '-';

/** For messages. */
export function sourceName(source: string): string {
  return source === STDIN ? 'stdin' : source;
}
