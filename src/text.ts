/** Which of several things a text names, what somebody meant who mistyped, and names as people read them. A leaf. */

/**
 * What a text names: exact text wins over text that is equal without regard to case. What only a server takes for equal, because its
 * collation ignores accents (U39), does not count.
 */
export function namedBy<Thing>(
  things: readonly Thing[],
  text: string,
  namesOf: (thing: Thing) => readonly string[],
): readonly Thing[] {
  const exact = things.filter((thing) => namesOf(thing).includes(text));
  const equal = (name: string): boolean => fold(name) === fold(text);
  return exact.length > 0 ? exact : things.filter((thing) => namesOf(thing).some(equal));
}

const fold = (text: string): string => text.trim().normalize('NFC').toLowerCase();

/** The texts to ask for, each once: in Turkish i and I are two letters, so that the text itself finds one of them only. */
export function inEachCase(text: string): readonly string[] {
  return [...new Set([text, text.toLowerCase(), text.toUpperCase()])];
}

/** True for days that exist: for 2026-02-30, which does not, a Date would be another day. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const moment = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text);
}

/** The name of a user on a screen: Dataverse puts "# " before that of an application, and data keeps it. */
export const shownUserName = (name: string): string => name.replace(/^# /, '');

/** Edits (insert, delete, replace, swap two neighbours) that turn one word into the other. */
export function editDistance(from: string, to: string): number {
  const wanted = [...to];
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: wanted.length + 1 }, (_, index) => index);
  let previous = '';
  for (const letter of from) {
    const row = nextRow({ letter, previous, wanted, last, beforeLast });
    beforeLast = last;
    last = row;
    previous = letter;
  }
  return last[wanted.length] ?? 0;
}

type Row = {
  readonly letter: string;
  readonly previous: string;
  readonly wanted: readonly string[];
  readonly last: readonly number[];
  readonly beforeLast: readonly number[];
};

/** One more row of the table of distances between beginnings (Damerau-Levenshtein, optimal string alignment). */
function nextRow({ letter, previous, wanted, last, beforeLast }: Row): readonly number[] {
  const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;
  const row = [at(last, 0) + 1];
  for (const [j, other] of wanted.entries()) {
    const isSwapped = letter === wanted[j - 1] && previous === other;
    row.push(
      Math.min(
        at(last, j) + (letter === other ? 0 : 1),
        at(last, j + 1) + 1,
        at(row, j) + 1,
        isSwapped ? at(beforeLast, j - 1) + 1 : Number.POSITIVE_INFINITY,
      ),
    );
  }
  return row;
}

/** One typing error in short words, one per three letters in longer ones: further away it is another word. */
const LETTERS_PER_EDIT = 3;

/**
 * The candidate nearest to the word, or undefined when none is near. Case does not count; of equally near ones the first wins.
 * A candidate that begins with the word (three letters or more) counts as near however long it is.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.trim().toLowerCase();
  if (wanted === '') return undefined;
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = distanceTo(wanted, candidate.toLowerCase());
    if (distance !== undefined && (best === undefined || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

function distanceTo(wanted: string, candidate: string): number | undefined {
  const allowed = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / LETTERS_PER_EDIT));
  if (wanted.length >= 3 && candidate.startsWith(wanted)) return Math.min(allowed, candidate.length - wanted.length);
  // Words that differ more in length than edits are allowed need not be compared letter by letter.
  if (Math.abs(wanted.length - candidate.length) > allowed) return undefined;
  const distance = editDistance(wanted, candidate);
  // A word of one or two letters shares nothing with one at full distance.
  return distance <= allowed && distance < Math.max(wanted.length, candidate.length) ? distance : undefined;
}
