/** Percent-encoding for the query part of a URL, kept short: URLs are limited, and these characters may stand there as they are (RFC 3986 §3.4). */
const UNTOUCHED: Readonly<Record<string, string>> = { '%2C': ',', '%3A': ':', '%2F': '/', '%40': '@', '%24': '$' };

/** Lone halves of a surrogate pair cannot be sent as UTF-8; each becomes U+FFFD, as in every UTF-8 encoder. */
export function percentEncode(text: string): string {
  // Half of anything is in hardly any text, and looking for whole code points is slow.
  const sendable = /[\uD800-\uDFFF]/.test(text) ? text.replace(/\p{Surrogate}/gu, '\uFFFD') : text;
  return encodeURIComponent(sendable).replace(/%(?:2C|3A|2F|40|24)/g, (code) => UNTOUCHED[code] ?? code);
}
