/**
 * How many people there are to do, as far as it can be known without holding them: arguments can be counted, and so can whatever was read
 * to its end; of files, their lines tell the share. Of a pipe that is still being written nobody knows it, and nothing is said.
 */
import type { InputPlace, InputRows } from '../input/input-row.ts';

export type InputShare =
  | { readonly kind: 'total'; readonly people: number }
  /** Whole percent of the lines; never 100 before the end is known. */
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'unknown' };

export type InputSizeOptions = {
  /** People who were counted before. Default: not known. */
  readonly total?: number | undefined;
  /** The inputs in the order in which they are read, as places name them. Default: none whose lines could be counted. */
  readonly sources?: readonly string[] | undefined;
  /** Lines of a source; undefined where they cannot be counted. Asked for once each, when somebody wants to know the share. */
  readonly countLines?: ((source: string) => Promise<number | undefined>) | undefined;
  /** Aborted when reading ends early: what was read is not all then. */
  readonly signal: AbortSignal;
};

export type InputSize = {
  /** Passes the rows on. When they end, their number is known. */
  counted(rows: InputRows): InputRows;
  /** `last`: where the last one stands who is done with. */
  share(last: InputPlace | undefined): InputShare;
};

export function openInputSize({ total, sources = [], countLines, signal }: InputSizeOptions): InputSize {
  let people = total;
  let lines: readonly number[] | undefined;
  let isCounting = false;
  let at = 0;
  const count = async (): Promise<void> => {
    const counts: number[] = [];
    for (const source of sources) {
      const found = await countLines?.(source);
      if (found === undefined) return;
      counts.push(found);
    }
    lines = counts;
  };
  return {
    async *counted(rows) {
      let read = 0;
      for await (const group of rows) {
        read += group.length;
        yield group;
      }
      if (!signal.aborted) people ??= read;
    },
    share(last) {
      if (people !== undefined) return { kind: 'total', people };
      if (!isCounting) {
        isCounting = true;
        // What cannot be counted stays unknown; who reads it says what is wrong with it.
        count().catch(() => undefined);
      }
      if (lines === undefined || last === undefined) return { kind: 'unknown' };
      // A file may be named twice: the place never goes back.
      const found = sources.indexOf(last.source, at);
      if (found < 0) return { kind: 'unknown' };
      at = found;
      return percentOf(lines, at, last.line);
    },
  };
}

const MOST_PERCENT = 99;

function percentOf(lines: readonly number[], at: number, line: number): InputShare {
  const sum = (counts: readonly number[]): number => counts.reduce((all, each) => all + each, 0);
  const all = sum(lines);
  const done = sum(lines.slice(0, at)) + line;
  if (all === 0 || done > all) return { kind: 'unknown' };
  return { kind: 'percent', percent: Math.min(MOST_PERCENT, Math.floor((done / all) * 100)) };
}
