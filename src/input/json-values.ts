/**
 * Splits text into JSON values, each as soon as it is complete: values on a line each, values over many lines, or the elements
 * of one list. Brackets and commas between values are skipped; a broken value ends where the next one certainly begins.
 */
import { MAX_LINE_BYTES } from './records.ts';

/** `line` is where it begins. */
export type JsonPiece =
  | { readonly kind: 'value'; readonly line: number; readonly text: string }
  /** Over the limit; its text was not kept. */
  | { readonly kind: 'too-long'; readonly line: number };

const LF = 10;
const CR = 13;
const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const MARK = 0xfeff;

type State = 'between' | 'text' | 'word' | 'object' | 'text-in-object';

export class ValueSplitter {
  #state: State = 'between';
  /** Open brackets of the object that is being read. */
  #open: number[] = [];
  #isEscaped = false;
  #held = '';
  #isTooLong = false;
  #line = 1;
  #valueLine = 1;
  #isLineStart = true;
  #afterCr = false;
  readonly #pieces: JsonPiece[] = [];

  line(): number {
    return this.#line;
  }

  push(text: string): readonly JsonPiece[] {
    let from = 0;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (this.#endsBefore(code)) {
        this.#hold(text.slice(from, index));
        this.#give();
        from = index;
      }
      if (this.#state === 'between') from = this.#begin(code) ? index : index + 1;
      else if (this.#isLastOf(code)) {
        this.#hold(text.slice(from, index + 1));
        this.#give();
        from = index + 1;
      }
      this.#count(code);
    }
    this.#hold(text.slice(from));
    return this.#pieces.splice(0);
  }

  end(): readonly JsonPiece[] {
    if (this.#state !== 'between') this.#give();
    return this.#pieces.splice(0);
  }

  /**
   * A word ends before what cannot belong to it, a text at the end of its line (JSON has no line breaks in texts), and an object that is
   * broken where a line begins with the next one: in what programs print, lines within an object are indented, or stand in a list.
   */
  #endsBefore(code: number): boolean {
    const isLineEnd = code === LF || code === CR;
    if (this.#state === 'word') return isLineEnd || code === COMMA || code === CLOSE_LIST;
    if (this.#state === 'text' || this.#state === 'text-in-object') return isLineEnd;
    return (
      this.#state === 'object' &&
      this.#isLineStart &&
      (code === OPEN_OBJECT || code === OPEN_LIST) &&
      this.#open.at(-1) === OPEN_OBJECT
    );
  }

  #begin(code: number): boolean {
    if (code <= 32 || code === COMMA || code === OPEN_LIST || code === CLOSE_LIST || code === MARK) return false;
    this.#valueLine = this.#line;
    this.#open = [];
    this.#isEscaped = false;
    if (code === OPEN_OBJECT) {
      this.#state = 'object';
      this.#open.push(code);
    } else this.#state = code === QUOTE ? 'text' : 'word';
    return true;
  }

  #isLastOf(code: number): boolean {
    if (this.#state === 'word') return false;
    if (this.#state === 'text' || this.#state === 'text-in-object') {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (code === BACKSLASH) this.#isEscaped = true;
      else if (code === QUOTE) {
        if (this.#state === 'text') return true;
        this.#state = 'object';
      }
      return false;
    }
    if (code === QUOTE) this.#state = 'text-in-object';
    else if (code === OPEN_OBJECT || code === OPEN_LIST) this.#open.push(code);
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) this.#open.pop();
    return this.#open.length === 0;
  }

  #count(code: number): void {
    const isSecondOfPair = this.#afterCr && code === LF;
    this.#afterCr = code === CR;
    this.#isLineStart = code === LF || code === CR;
    if (this.#isLineStart && !isSecondOfPair) this.#line += 1;
  }

  #hold(text: string): void {
    if (this.#state === 'between' || this.#isTooLong) return;
    this.#isTooLong = this.#held.length + text.length > MAX_LINE_BYTES;
    this.#held = this.#isTooLong ? '' : this.#held + text;
  }

  #give(): void {
    const line = this.#valueLine;
    if (this.#isTooLong) this.#pieces.push({ kind: 'too-long', line });
    else this.#pieces.push({ kind: 'value', line, text: this.#held });
    this.#state = 'between';
    this.#held = '';
    this.#isTooLong = false;
  }
}
