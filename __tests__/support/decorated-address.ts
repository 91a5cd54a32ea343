/** An address as tools and people hand it on: with what does not belong to it, or in letters that only look like its own. */
import fc from 'fast-check';

type Decoration = (text: string, seed: number) => string;

/** Between two characters: half a surrogate pair would be another address once it is written as UTF-8. */
const insert =
  (what: string): Decoration =>
  (text, seed) => {
    const letters = [...text];
    letters.splice(seed % (letters.length + 1), 0, what);
    return letters.join('');
  };
const around =
  (before: string, after: string): Decoration =>
  (text) =>
    `${before}${text}${after}`;
/** Changes the letter of the local part that the seed names. */
const letter = (change: (found: string) => string): Decoration => {
  return (text, seed) => {
    const letters = [...text.slice(0, text.indexOf('@')).matchAll(/(?<!%[0-9A-F]?)[a-z]/g)];
    const place = letters[seed % Math.max(1, letters.length)]?.index;
    return place === undefined ? text : `${text.slice(0, place)}${change(text.charAt(place))}${text.slice(place + 1)}`;
  };
};

const FULL_WIDTH = 0xfee0;

/** Spellings of the same address. */
export const SAME: readonly Decoration[] = [
  ...['\u{200B}', '\u{AD}', '\u{200E}', '\u{202C}', '\u{FE0F}', '\u{2060}', '\u{FEFF}', '\u{E0101}'].map(insert),
  ...['\u{A0}', '\u{3000}', ' ', '\t', '\u{2028}', '\u{85}'].flatMap((blank) => [around(blank, ''), around('', blank)]),
  ...[`''`, '“”', '„“', '«»', '‘’', '‹›', '""'].map((pair) => around(pair.slice(0, 1), pair.slice(1))),
  ...['.', ',', ';', '.;', '. ,'].map((end) => around('', end)),
  around('mailto:', ''),
  around('MAILTO: ', ''),
  around('<', '>'),
  around('Doe, Kim <', '>'),
  around('"Kim @ work" <', '>'),
  (text) => text.toUpperCase().replaceAll('MAILTO', 'mailto'),
  (text) => text.normalize('NFD'),
  (text) => text.replace(/b\u00FCcher/u, 'xn--bcher-kva'),
  (text) => text.replace('.example', '\u{3002}example'),
];

/** Spellings by which the same person may be meant. */
export const ALIKE: readonly Decoration[] = [
  (text) => text.replace("'", '\u{2019}'),
  (text) => text.replace("'", '\u{2032}'),
  (text) => text.replace('-', '\u{2011}'),
  (text) => text.replace('-', '\u{2013}'),
  letter((found) => String.fromCharCode(found.charCodeAt(0) + FULL_WIDTH)),
  letter((found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`),
];

const decorations = (of: readonly Decoration[], most: number) =>
  fc.array(fc.tuple(fc.constantFrom(...of), fc.nat(1000)), { minLength: 1, maxLength: most });

const decorate = (text: string, by: readonly (readonly [Decoration, number])[]): string =>
  by.reduce((sofar, [decoration, seed]) => decoration(sofar, seed), text);

export type Decorated = {
  readonly isAlike: boolean;
  decorate(address: string): string;
  /** For the report of a property. */
  toString(): string;
};

export const decorated: fc.Arbitrary<Decorated> = fc
  .record({ alike: fc.option(decorations(ALIKE, 2)), same: decorations(SAME, 4) })
  .map(({ alike, same }) => {
    const whole = (address: string): string => decorate(alike === null ? address : decorate(address, alike), same);
    return {
      isAlike: alike !== null,
      decorate: whole,
      toString: () => JSON.stringify(whole("kim.o'hara-x@b\u00FCcher.example")),
    };
  });
