/**
 * Splits text into whole records: lines, or CSV records whose quoted fields may hold line breaks. A byte order mark at the start of
 * one marks where files were joined, and is removed. Knows nothing of columns.
 */

/** Longest line or CSV record that is read, in bytes of UTF-8. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** A record without its line end, from `line` to `lastLine`. Blank records are left out. */
export type RecordPiece = {
  readonly kind: 'record';
  readonly line: number;
  readonly lastLine: number;
  readonly text: string;
};
export type Piece =
  | RecordPiece
  /** A record over the limit; its text was not kept. */
  | { readonly kind: 'too-long'; readonly line: number }
  /** A quote that was opened in the record of this line is not closed up to the end, or not within the limit. Nothing follows. */
  | { readonly kind: 'unclosed'; readonly line: number };

const LF = 10;
const CR = 13;
const QUOTE = 34;
const TAB = 9;
const BLANK = 32;
const MARK = 0xfeff;

type Place = 'field-start' | 'plain' | 'quoted' | 'quote-in-quoted';

export class RecordSplitter {
  readonly #delimiter: number;
  readonly #quoting: boolean;
  #place: Place = 'field-start';
  #held = '';
  #overflow = false;
  #line = 1;
  #recordLine = 1;
  /** The last character was a CR: an LF now belongs to it. */
  #afterCr = false;
  #ended = false;
  readonly #pieces: Piece[] = [];

  /** With `delimiter`, quotes follow RFC 4180; without it each line is a record. */
  constructor(delimiter?: string) {
    this.#quoting = delimiter !== undefined;
    this.#delimiter = delimiter?.charCodeAt(0) ?? -1;
  }

  line(): number {
    return this.#line;
  }

  /** The records that this text completes. A record is complete with its line end: LF, CR LF or CR. */
  push(text: string): readonly Piece[] {
    let from = 0;
    for (let index = 0; index < text.length && !this.#ended; index += 1) {
      const code = text.charCodeAt(index);
      if (code === LF || code === CR) from = this.#atLineEnd(text, from, index);
      else {
        this.#afterCr = false;
        if (this.#quoting) this.#place = this.#next(code);
      }
    }
    if (!this.#ended) this.#hold(text.slice(from));
    return this.#pieces.splice(0);
  }

  /** The last record, when it has no line end. */
  end(): readonly Piece[] {
    if (this.#ended) return [];
    if (this.#place === 'quoted') this.#stopUnclosed();
    else this.#complete();
    return this.#pieces.splice(0);
  }

  /** Returns where the text to keep begins. */
  #atLineEnd(text: string, from: number, index: number): number {
    // The LF of a CR LF was counted with its CR.
    const isSecondOfPair = this.#afterCr && text.charCodeAt(index) === LF;
    this.#afterCr = text.charCodeAt(index) === CR;
    if (this.#place === 'quoted') {
      if (!isSecondOfPair) this.#quotedLineEnd(index - from);
      return from;
    }
    if (isSecondOfPair) return index + 1;
    this.#hold(text.slice(from, index));
    this.#complete();
    this.#line += 1;
    this.#recordLine = this.#line;
    return index + 1;
  }

  /** A quote open beyond the limit is treated as a mistake: it would swallow the rest of the input. */
  #quotedLineEnd(pendingLength: number): void {
    if (this.#overflow || this.#held.length + pendingLength > MAX_LINE_BYTES) this.#stopUnclosed();
    else this.#line += 1;
  }

  /** Only a quote at the start of a field opens one; the CSV parser refuses text after a closing quote. */
  #next(code: number): Place {
    if (this.#place === 'quoted') return code === QUOTE ? 'quote-in-quoted' : 'quoted';
    if (code === this.#delimiter) return 'field-start';
    if (code === QUOTE && this.#place !== 'plain') return 'quoted';
    // Blanks and a byte order mark between the delimiter and a quote are ignored.
    const isNothing = code === BLANK || code === TAB || code === MARK;
    return isNothing && this.#place === 'field-start' ? 'field-start' : 'plain';
  }

  #hold(text: string): void {
    if (this.#overflow) return;
    this.#overflow = this.#held.length + text.length > MAX_LINE_BYTES;
    this.#held = this.#overflow ? '' : this.#held + text;
  }

  #complete(): void {
    if (this.#overflow || isOverLimit(this.#held)) this.#pieces.push({ kind: 'too-long', line: this.#recordLine });
    else if (this.#held.trim() !== '') {
      const text = this.#held.replace(/^\uFEFF+/u, '');
      this.#pieces.push({ kind: 'record', line: this.#recordLine, lastLine: this.#line, text });
    }
    this.#held = '';
    this.#overflow = false;
    this.#place = 'field-start';
  }

  #stopUnclosed(): void {
    this.#pieces.push({ kind: 'unclosed', line: this.#recordLine });
    this.#ended = true;
    this.#held = '';
  }
}

function isOverLimit(text: string): boolean {
  // A UTF-16 unit is at most three bytes of UTF-8, so short texts need no count.
  return text.length * 3 > MAX_LINE_BYTES && Buffer.byteLength(text) > MAX_LINE_BYTES;
}
