/** What encodeURI leaves and the query part of a URL would take for its own. */
const DELIMITERS = /[;?&=+#]/g;

/**
 * Percent-encoding for the query part of a URL, kept short: URLs are limited, and , : / @ $ may stand there as they are (RFC 3986 §3.4).
 * Lone halves of a surrogate pair cannot be sent as UTF-8; each becomes U+FFFD, as in every UTF-8 encoder.
 */
export function percentEncode(text: string): string {
  // Half of anything is in hardly any text, and looking for whole code points is slow.
  const sendable = /[\uD800-\uDFFF]/.test(text) ? text.replace(/\p{Surrogate}/gu, '\uFFFD') : text;
  return encodeURI(sendable).replace(DELIMITERS, encodeURIComponent);
}
