/**
 * The last line of defence for secrets on stderr: it makes an oversight above harmless.
 */

const HIDDEN = '***';

/** Patterns that are always secrets. */
const PATTERNS: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  // A JSON Web Token: three base64url parts, the first of which starts an object.
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, HIDDEN],
  [
    /\b((?:client_secret|client_assertion|assertion|access_token|refresh_token|id_token|device_code|password|passphrase)["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
    `$1${HIDDEN}`,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  // Credentials inside a URL.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]+:[^\s/@]+@/gi, `$1${HIDDEN}@`],
];

/** Redacting a shorter secret would hide ordinary words. */
const SHORTEST_SECRET = 6;

export function redact(text: string, secrets: Iterable<string> = []): string {
  let result = text;
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET) result = result.replaceAll(secret, HIDDEN);
  }
  return PATTERNS.reduce((current, [pattern, replacement]) => current.replace(pattern, replacement), result);
}
