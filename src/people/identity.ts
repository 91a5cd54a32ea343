/**
 * E-mail addresses: how one is read from input, when two spellings are the same address, when they may mean the same person, and
 * whether mail can reach it. Pure. Everything that compares, looks up or creates people by e-mail follows these rules:
 *
 * - the *cleaned address* is the text without what can never belong to an address;
 * - the *address key* is equal for spellings of one address: no case, NFC, the domain in its ASCII form;
 * - the *look-alike key* is equal for spellings that may mean the same person. It decides wherever taking two spellings for two
 *   people could lose or double somebody;
 * - the *normalized* text is only trimmed, NFC and lower case: the `email` of a record that was read, addresses in events, and values
 *   of the --match-by column.
 */
import { domainToASCII, domainToUnicode } from 'node:url';

/** Nearly every address: no rule here changes it. Two hyphens may be those of xn--. */
const PLAIN = /^[a-z0-9](?:[a-z0-9._+]|-(?!-))*@(?:[a-z0-9](?:[a-z0-9.]|-(?!-))*)?[a-z0-9]$/;

/** Formatting characters (soft hyphen, bidi marks, zero-width ones), variation selectors and other invisible characters. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;
/** U+0085 and the blank Braille pattern look like blanks, but trim() keeps them. */
const WHITE_SPACE = /[\s\u{85}\u{2800}]/u;
const TRAILING = /[.,;\u{3002}\u{FF0E}\u{FF61}\u{FF0C}\u{FF1B}]/u;
const APOSTROPHES =
  "'`\u{B4}\u{2018}\u{2019}\u{201A}\u{201B}\u{2032}\u{2035}\u{2BB}\u{2BC}\u{2BD}\u{2B9}\u{2C8}\u{55A}\u{FF07}";
const APOSTROPHE = new RegExp(`[${APOSTROPHES}]`, 'u');
const ALL_APOSTROPHES = new RegExp(`[${APOSTROPHES}]`, 'gu');
const QUOTE = new RegExp(`[${APOSTROPHES}"\\p{Pi}\\p{Pf}\u{201E}\u{2033}\u{2036}\u{301D}-\u{301F}\u{FF02}]`, 'u');
/** Dashes of every script, the minus sign and the hyphen bullet. */
const HYPHENS = /[\p{Pd}\u{2043}\u{2212}\u{2D7}]/gu;
/** Of links, and of Exchange's lists of addresses. */
const PREFIX = /^(?:mailto|smtp)\s*:\s*(?:\/\/)?/iu;
/** RFC 5322's quoted local part, e.g. "ann b"@x.example: its quotes belong to it. */
const QUOTED_LOCAL = /^"(?:[^"\\\r\n]|\\[^\r\n])*"(?=@)/u;
const OPEN_BRACKETS = '<\u{FF1C}\u{2329}\u{3008}\u{27E8}';
const CLOSE_BRACKETS = '>\u{FF1E}\u{232A}\u{3009}\u{27E9}';

/** Also cleans what is not an address. Keeps case and script. */
export function cleanAddress(text: string): string {
  if (PLAIN.test(text)) return text;
  let rest = withoutEnds(text.normalize('NFC').replace(INVISIBLE, '').normalize('NFC'));
  if (rest.length > MAX_TEXT) return rest;
  for (;;) {
    const before = rest;
    rest = withoutEnds(withoutBrackets(withoutPrefix(rest)));
    // Quotes last: of mailto:mailto:‘ann@x.example’ only the closing one stands at an end until all prefixes are gone.
    if (rest === before) rest = withoutEnds(withoutQuotes(rest));
    if (rest === before) return rest;
  }
}

/** Longer than a name and an address can be (RFC 5322, 2.1.1: 998 characters in a line). */
const MAX_TEXT = 2000;

/** Equal for two spellings of one address. */
export function addressKey(text: string): string {
  return PLAIN.test(text) ? text : fold(cleanAddress(text));
}

/** Equal for spellings that may be meant for the same person; equal wherever the address keys are. */
export function lookAlikeKey(text: string): string {
  if (PLAIN.test(text)) return text;
  let key = addressKey(text);
  // Decoded text may hide more to clean or decode. The loop ends: every round that changes something removes something, except the last.
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = addressKey(plainCharacters(decoded(key)));
    if (next === key) return key;
    key = next;
  }
  return key;
}

const MAX_ROUNDS = 50;

/**
 * The texts to query Dynamics with for everybody the text may mean, each once: as written, cleaned, in lower case, the look-alike key,
 * and each of them with its domain in both forms and with ' and ’ exchanged. A query cannot find other look-alikes.
 */
export function spellings(text: string): readonly string[] {
  if (PLAIN.test(text)) return [text];
  const cleaned = cleanAddress(text);
  const found = new Set<string>();
  for (const base of [text, cleaned, cleaned.toLowerCase(), lookAlikeKey(text)]) {
    const { local, domain } = partsOf(base);
    for (const form of [domain, asciiDomain(domain), unicodeDomain(domain)]) {
      const spelling = domain === '' ? base : `${local}@${form}`;
      for (const each of [spelling, spelling.replaceAll('’', "'"), spelling.replaceAll("'", '’')]) found.add(each);
    }
  }
  return [...found];
}

/** Something, an @, and something, without what separates or surrounds addresses. */
export function isAddress(text: string): boolean {
  if (PLAIN.test(text)) return true;
  const { local, domain } = partsOf(cleanAddress(text));
  if (QUOTED_LOCAL.test(`${local}@`)) return ADDRESS_PART.test(domain);
  if (ADDRESS_PART.test(local) && ADDRESS_PART.test(domain)) return true;
  // A full-width or percent-encoded @.
  const alike = partsOf(lookAlikeKey(text));
  return ADDRESS_PART.test(alike.local) && ADDRESS_PART.test(alike.domain);
}

const ADDRESS_PART = /^[^\s@<>,;:"()[\]\\]+$/u;

/** RFC 5321, 4.5.3.1, in octets: local part, domain, and the whole path less its angle brackets. */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;
const MAX_ADDRESS = 254;

/** RFC 5321's Dot-string, with RFC 6531's characters beyond ASCII. */
const ATEXT = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-]|[^\\p{ASCII}\\s\\p{C}]";
const DOT_STRING = new RegExp(`^(?:${ATEXT})+(?:\\.(?:${ATEXT})+)*$`, 'u');
/** RFC 5321's Quoted-string: no control characters. */
const QUOTED_STRING = /^"(?:[ !#-[\]-~]|\\[ -~]|[^\p{ASCII}\p{C}])*"$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Why no mail can reach the address, as the end of a sentence; undefined when mail can. */
export function whyUndeliverable(text: string): string | undefined {
  const address = cleanAddress(text);
  const { local, domain } = partsOf(address);
  if (local === '' || domain === '') return 'it has no part before or after the @';
  if (!DOT_STRING.test(local) && !QUOTED_STRING.test(local))
    return /^\.|\.\.|\.$/.test(local)
      ? 'the part before the @ begins or ends with a dot, or has two dots in a row'
      : 'the part before the @ has a character that is not allowed';
  const labels = (hasOnlyLetters(domain) ? idnaDomain(domain) : domain).split('.');
  if (labels.length < 2) return 'the part after the @ is not a full domain';
  if (!labels.every((label) => LABEL.test(label)) || /^\d+$/.test(labels.at(-1) ?? ''))
    return 'the part after the @ is not a domain';
  const [localOctets, domainOctets] = [Buffer.byteLength(local), labels.join('.').length];
  const isTooLong =
    localOctets > MAX_LOCAL || domainOctets > MAX_DOMAIN || localOctets + 1 + domainOctets > MAX_ADDRESS;
  return isTooLong ? 'it is longer than an address can be' : undefined;
}

function withoutEnds(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && WHITE_SPACE.test(text.charAt(start))) start += 1;
  while (end > start && (WHITE_SPACE.test(text.charAt(end - 1)) || TRAILING.test(text.charAt(end - 1)))) end -= 1;
  return text.slice(start, end);
}

/** The address of a mailto link, without its other fields (RFC 6068). */
function withoutPrefix(text: string): string {
  const prefix = PREFIX.exec(text)?.[0];
  return prefix === undefined ? text : text.slice(prefix.length).replace(/\?.*$/su, '');
}

/** `Name <a@b>` is a@b, unless the name is an address too: those are two. */
function withoutBrackets(text: string): string {
  const open = openingOf(text);
  if (open < 0) return text;
  const inner = text.slice(open + 1, -1);
  const name = text.slice(0, open).replace(/"[^"]*"/gu, '');
  const others = name.match(/[^\s<>"',;:@]+@[^\s<>"',;:@]+/gu) ?? [];
  return others.every((other) => fold(other) === fold(withoutPrefix(inner.trim()))) ? inner : text;
}

/** The index of the bracket that closes at the end; -1 when there is none. */
function openingOf(text: string): number {
  let depth = 0;
  for (let place = text.length - 1; place >= 0; place -= 1) {
    const character = text.charAt(place);
    if (CLOSE_BRACKETS.includes(character)) depth += 1;
    else if (depth === 0) return -1;
    else if (OPEN_BRACKETS.includes(character)) depth -= 1;
    if (depth === 0) return place;
  }
  return -1;
}

/** A quote at the end never belongs to a domain. One at the start is removed with it, or unless it is an apostrophe: 't.hooft@x.example. */
function withoutQuotes(text: string): string {
  if (text === '') return text;
  const isClosed = QUOTE.test(text.charAt(text.length - 1)) && !QUOTED_LOCAL.test(`${text}@`);
  const rest = isClosed ? text.slice(0, -1) : text;
  const first = rest.charAt(0);
  if (!QUOTE.test(first) || QUOTED_LOCAL.test(rest)) return rest;
  return isClosed || !APOSTROPHE.test(first) ? rest.slice(1) : rest;
}

/** The cleaned address for comparing. */
function fold(cleaned: string): string {
  const { local, domain } = partsOf(cleaned);
  return domain === '' ? lower(cleaned) : `${lower(local)}@${asciiDomain(domain)}`;
}

const lower = (text: string): string => text.toLowerCase().normalize('NFC');

function partsOf(text: string): { readonly local: string; readonly domain: string } {
  const at = text.lastIndexOf('@');
  return at < 0 ? { local: text, domain: '' } : { local: text.slice(0, at), domain: text.slice(at + 1) };
}

/** In lower case; unchanged if IDNA does not know it. */
function asciiDomain(domain: string): string {
  return idnaDomain(domain) || lower(domain);
}

/**
 * The domain's ASCII form by IDNA; empty when it has none: Node takes digits of other scripts for an IPv4 address, and from 24 on passes a
 * label of punycode that decodes to nothing.
 */
function idnaDomain(domain: string): string {
  const ascii = hasOnlyLetters(domain) ? domainToASCII(domain) : '';
  return /(?:^|\.)\d+\.?$/.test(ascii) || /(?:^|\.)xn--/.test(domainToUnicode(ascii)) ? '' : ascii;
}

/** Node decodes any xn--, even what IDNA never writes (xn--xn-- for xn-): only a form that encodes back is accepted. */
function unicodeDomain(domain: string): string {
  const ascii = asciiDomain(domain);
  const unicode = hasOnlyLetters(domain) ? domainToUnicode(ascii) : '';
  return unicode !== '' && asciiDomain(unicode) === ascii ? unicode : domain;
}

/** Whether Node may be asked for the other form: it reads its argument as the host of a URL, cuts it at `/`, `?`, `#` and `:`, and undoes percent-encoding. */
function hasOnlyLetters(domain: string): boolean {
  return /[^\p{ASCII}]|xn--/iu.test(domain) && /^[\p{L}\p{M}\p{N}._\-\u{3002}\u{FF0E}\u{FF61}]+$/u.test(domain);
}

/** Compatibility forms (full width, ligatures), apostrophes and hyphens as a keyboard writes them. */
function plainCharacters(text: string): string {
  return text.replace(ALL_APOSTROPHES, "'").normalize('NFKC').replace(ALL_APOSTROPHES, "'").replace(HYPHENS, '-');
}

/** Leaves malformed percent-encoding unchanged. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/giu, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

/** Trimmed, NFC, lower case: how events show addresses, and how values of the --match-by column are compared. */
export function normalizeEmail(text: string): string {
  return text.trim().normalize('NFC').toLowerCase();
}
