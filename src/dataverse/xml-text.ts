/** Escapes text for XML 1.0. */
import { DataverseError } from '../errors.ts';

/** Most control characters, lone surrogates and U+FFFE/U+FFFF are not allowed even escaped. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

export const isXmlText = (text: string): boolean => !NOT_XML.test(text);

/** Line ends and tabs too, because a parser would normalize them. */
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

const PLAIN = /^[\w.@-]*$/;

/** Needs no escaping in XML or a URL: ids and nearly all addresses. */
export const isPlain = (text: string): boolean => PLAIN.test(text);

/** For element content and attribute values. @throws DataverseError NOT_XML_TEXT; check with isXmlText first. */
export function escapeXml(text: string): string {
  if (isPlain(text)) return text;
  if (!isXmlText(text))
    throw new DataverseError('NOT_XML_TEXT', 'The text has characters that are not allowed in a FetchXML query.');
  return text.replace(/[&<>"'\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}
