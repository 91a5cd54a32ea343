/** Lines of a file, counted as the reader of people counts them. */
import { stat } from 'node:fs/promises';
import { decodeText } from './encodings.ts';
import { openFile, streamBytes } from './source-bytes.ts';

export type CountLinesOptions = {
  readonly encoding?: string | undefined;
  /** Ends the counting, with nothing. */
  readonly signal: AbortSignal;
};

/** Undefined for what is no regular file: a pipe would give its rows to the one who counts. Throws when it cannot be read. */
export async function countLines(path: string, { encoding, signal }: CountLinesOptions): Promise<number | undefined> {
  if (!(await stat(path)).isFile()) return undefined;
  let lines = 0;
  let last = '';
  for await (const text of decodeText(streamBytes(path, openFile(path), signal), encoding)) {
    lines += lineEnds(last, text);
    last = text.slice(-1);
  }
  if (signal.aborted) return undefined;
  return last === '' || last === '\n' || last === '\r' ? lines : lines + 1;
}

/** LF, CR LF or CR; `before` is the character before the text. */
function lineEnds(before: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    // The LF of a CR LF was counted with its CR.
    if ((at === 0 ? before : text.charAt(at - 1)) !== '\r') count += 1;
  }
  for (let at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) count += 1;
  return count;
}
