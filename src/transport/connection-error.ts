/** Classifies the errors of Node, OpenSSL and undici when no answer comes: can the server have done anything? */
import { type LossReason, UnknownResultError } from './http.ts';

/** Raised before a request is written: no connection was made. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_PRX_TLS',
]);

/**
 * OpenSSL's verification results, as Node names them (nodejs.org/api/tls.html, "X509 certificate error codes"), and Node's own. Of OpenSSL's
 * own errors those of a handshake: others break a connection on which a request was sent.
 */
const CERTIFICATE =
  /^(ERR_TLS_|ERR_SSL_\w*(?:CERTIFICATE|UNKNOWN_CA|VERSION|PROTOCOL|HANDSHAKE_FAILURE|CIPHER|UNRECOGNIZED_NAME|KEY_TOO_SMALL)|CERT_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|UNABLE_TO_|HOSTNAME_MISMATCH$|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|CRL_)/;

function field(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

/** The error's code, or that of the first error inside it: undici and Node's address racing both wrap. */
function connectionCode(error: unknown, depth = 0): string | undefined {
  const code = field(error, 'code');
  if (typeof code === 'string' && code !== 'UND_ERR_SOCKET') return code;
  if (depth > 4) return undefined;
  const inner = field(error, 'errors');
  const candidates = [field(error, 'cause'), ...(Array.isArray(inner) ? inner : [])];
  for (const candidate of candidates) {
    const found = connectionCode(candidate, depth + 1);
    if (found !== undefined) return found;
  }
  return typeof code === 'string' ? code : undefined;
}

/** undici's ProxyAgent reports a refused CONNECT as an abort whose only mark is its text. */
function isProxyRefusal(error: unknown): boolean {
  return error instanceof Error && /^Proxy response \(\d+\) !== 200/.test(error.message);
}

function reasonOf(error: unknown, code: string | undefined): LossReason {
  if (isProxyRefusal(error)) return 'proxy';
  if (code === 'ENOTFOUND') return 'unknown-host';
  if (code === undefined) return 'lost';
  if (CERTIFICATE.test(code)) return 'certificate';
  // A reset or time-out while connecting has the same code as one during a request; the system call distinguishes them.
  if (NOT_CONNECTED.has(code) || field(error, 'syscall') === 'connect') return 'unreachable';
  return 'lost';
}

const WORDS: Readonly<Record<LossReason, string>> = {
  unreachable: 'no connection',
  'unknown-host': 'the host does not exist',
  proxy: 'the proxy refused the connection',
  certificate: 'its certificate is not trusted',
  timeout: 'no answer in time',
  lost: 'the connection broke before the answer was complete',
  'too-large': 'the answer is too large',
};

/** The message names the server of `url` without path and query. */
export function unknownResult(url: string, error: unknown, known?: LossReason): UnknownResultError {
  const code = connectionCode(error);
  const reason = known ?? reasonOf(error, code);
  const detail = isProxyRefusal(error) && error instanceof Error ? error.message : code;
  const message = `${new URL(url).origin}: ${WORDS[reason]}${detail === undefined ? '' : ` (${detail})`}`;
  return new UnknownResultError(message, reason, error);
}
