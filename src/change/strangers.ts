/**
 * Texts that Dynamics takes for a text of the input although we do not: its collation may be looser. Who has one may be the person of a row, so
 * nobody is created for that row. Pure.
 */

import { lookAlikeKey, normalizeEmail } from '../people/identity.ts';

/** One with the loose key of an input prevents the creation for that input; one that fits no input (`unplaced`) every creation of the batch. */
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
