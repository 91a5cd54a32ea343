/**
 * A line in pieces: what many lines have in common, and between it what is this one's own. A batch of events shares all but some ids and
 * addresses, so that the common part is kept once and put into one text only where the line is written.
 */
export type LinePieces = {
  /** One piece more than `own`: the line is shared[0] own[0] shared[1] own[1] … Lines of one form have the same array. */
  readonly shared: readonly string[];
  readonly own: readonly string[];
};

/** A line that shares nothing. */
export const wholeLine = (text: string): LinePieces => ({ shared: [text], own: [] });

export function lineText(line: LinePieces): string {
  const pieces: string[] = [];
  pushPieces(pieces, line);
  return pieces.join('');
}

/** Appends the line's pieces in their order. */
export function pushPieces(pieces: string[], { shared, own }: LinePieces): void {
  for (let place = 0; place < shared.length; place += 1) {
    pieces.push(shared[place] ?? '');
    if (place < own.length) pieces.push(own[place] ?? '');
  }
}

/** Characters of the whole line. */
export function lineLength({ shared, own }: LinePieces): number {
  let length = 0;
  for (const piece of shared) length += piece.length;
  for (const piece of own) length += piece.length;
  return length;
}
