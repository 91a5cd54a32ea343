/**
 * Texts that Dynamics takes for a text of the input, and we do not: its collation may be looser than our comparison. Whoever has one may be
 * the person of a row, so nobody is created there. Pure.
 */

import { lookAlikeKey, normalizeEmail } from '../people/identity.ts';

/**
 * Addresses (with --match-by: values too) that came back though no input equals them: the server's collation is looser than our
 * comparison. One whose loose key is that of an input blocks the creation for that input; one without blocks every creation of the batch.
 */
export type Strangers = { readonly byLooseKey: ReadonlyMap<string, string>; readonly unplaced: readonly string[] };

export function findStrangers(found: ReadonlySet<string>, textsAsked: () => readonly string[]): Strangers {
  const asked = new Set(found.size === 0 ? [] : textsAsked());
  const strange = [...found].filter((text) => text !== '' && !asked.has(text));
  if (strange.length === 0) return { byLooseKey: new Map(), unplaced: [] };
  const keys = new Set([...asked].flatMap((text) => [looseKey(text), lookAlikeKey(text)]));
  const isPlaced = (text: string): boolean => keys.has(looseKey(text)) || keys.has(lookAlikeKey(text));
  return {
    byLooseKey: new Map(strange.map((text) => [looseKey(text), text])),
    unplaced: strange.filter((text) => !isPlaced(text)),
  };
}

/** Case, accents, width, ligatures and blanks aside: what a looser collation may take for equal. */
export function looseKey(email: string): string {
  const folded = normalizeEmail(email)
    .normalize('NFKD')
    .replace(/[\p{M}\s]/gu, '');
  return folded.replace(/[ßæœøłđðþı]/g, (letter) => LIGATURES[letter] ?? letter);
}

const LIGATURES: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};
