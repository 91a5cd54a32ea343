/** The only file that imports undici. Load it with `await import()`: it costs tens of milliseconds. */

import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { SettingsError } from '../errors.ts';
import { isLoopback } from '../settings/organization-url.ts';
import { unknownResult } from './connection-error.ts';
import type { HttpRequest, HttpResponse, Send } from './http.ts';

/**
 * Longer than the server works on a request (about 2 minutes, some operations 4: "Service protection API limits" and field reports).
 * A client that hangs up first would not learn the outcome.
 */
const REQUEST_TIMEOUT_MS = 5 * 60_000;

/** Above the 116.85 MB that Dataverse takes or gives as one message (docs: "Limits for large messages"); guards against a wrong server. */
const MAX_RESPONSE_BYTES = 128 * 1024 * 1024;

const CONNECT_TIMEOUT_MS = 10_000;

/** Explicit, because Node would otherwise follow NODE_TLS_REJECT_UNAUTHORIZED: certificates are always checked. */
const CHECKED = { rejectUnauthorized: true };

const PROXY_VARIABLES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];

class TooLargeError extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

type OpenSendOptions = {
  /** Most concurrent connections to one server. */
  readonly connections: number;
  /** For a whole exchange, from connecting to the last byte; default 5 minutes. */
  readonly timeoutMs?: number;
  /** Holds the proxy variables. */
  readonly environment: Environment;
};

type Dispatchers = { for(url: URL): Dispatcher; close(): Promise<void> };

/** Follows HTTPS_PROXY, HTTP_PROXY and NO_PROXY, but not for loopback: a proxy could not reach this machine's emulator. */
function openDispatchers({ connections, environment }: OpenSendOptions): Dispatchers {
  // undici's own timers are coarse (1 s steps) and per phase; the abort signal below limits the whole exchange.
  const settings = {
    connections,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_TIMEOUT_MS, ...CHECKED },
  };
  const direct = new Agent(settings);
  const hasProxy = PROXY_VARIABLES.some((name) => (environment[name] ?? '') !== '');
  const proxied = hasProxy
    ? new EnvHttpProxyAgent({ ...settings, ...proxyOptions(environment), requestTls: CHECKED, proxyTls: CHECKED })
    : direct;
  return {
    for: (url) => (isLoopback(url.hostname) ? direct : proxied),
    async close() {
      await direct.close();
      if (proxied !== direct) await proxied.close();
    },
  };
}

function proxyOptions(environment: Environment) {
  const noProxy = environment.no_proxy ?? environment.NO_PROXY;
  return {
    ...proxyFrom(environment, 'httpProxy', ['http_proxy', 'HTTP_PROXY']),
    ...proxyFrom(environment, 'httpsProxy', ['https_proxy', 'HTTPS_PROXY']),
    ...(noProxy === undefined ? {} : { noProxy }),
  };
}

/** Without a scheme it is http, as in curl. Throws SettingsError PROXY_INVALID, without the text: it may hold a password. */
function proxyFrom(
  environment: Environment,
  option: 'httpProxy' | 'httpsProxy',
  names: readonly string[],
): Readonly<Record<string, string>> {
  const name = names.find((candidate) => (environment[candidate]?.trim() ?? '') !== '');
  const text = name === undefined ? undefined : environment[name]?.trim();
  if (text === undefined) return {};
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (URL.canParse(url) && /^https?:/i.test(url)) return { [option]: url };
  throw new SettingsError('PROXY_INVALID', `${name} cannot be used: it is not the address of an http or https proxy.`, {
    hint: 'Give it as http://proxy.example.com:8080, or unset it.',
  });
}

async function collect(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MAX_RESPONSE_BYTES) throw new TooLargeError(`more than ${MAX_RESPONSE_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Drops cookies: without ARRAffinity Dataverse spreads the load better (docs: "Send parallel requests"). */
function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name === 'set-cookie') continue;
    plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}

async function exchange(request: HttpRequest, dispatcher: Dispatcher, signal: AbortSignal): Promise<HttpResponse> {
  const { origin, pathname, search } = new URL(request.url);
  const answer = await dispatcher.request({
    origin,
    path: `${pathname}${search}`,
    method: request.method,
    headers: { 'accept-encoding': ACCEPTED_ENCODINGS, ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    signal,
  });
  const headers = plainHeaders(answer.headers);
  const bytes = await collect(answer.body);
  const body = await decodeBody(bytes, headers['content-encoding'], MAX_RESPONSE_BYTES);
  return { status: answer.statusCode, headers, body };
}

function failure(request: HttpRequest, error: unknown, timedOut: boolean): Error {
  const tooLarge =
    error instanceof TooLargeError || (error instanceof Error && Reflect.get(error, 'code') === 'ERR_BUFFER_TOO_LARGE');
  if (tooLarge) return unknownResult(request.url, error, 'too-large');
  return unknownResult(request.url, error, timedOut ? 'timeout' : undefined);
}

/**
 * `send` returns any HTTP answer, whatever its status. It throws UnknownResultError when none came, and SettingsError when the server
 * redirects (never followed: the token must not travel on). Bodies are buffered: batches and pages are bounded.
 */
export function openSend(options: OpenSendOptions): { send: Send; close(): Promise<void> } {
  const dispatchers = openDispatchers(options);
  const send: Send = async (request) => {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? REQUEST_TIMEOUT_MS);
    let response: HttpResponse;
    try {
      response = await exchange(request, dispatchers.for(new URL(request.url)), timeout);
    } catch (error) {
      throw failure(request, error, timeout.aborted);
    }
    const redirected = redirectError(request, response);
    if (redirected !== undefined) throw redirected;
    return response;
  };
  return { send, close: () => dispatchers.close() };
}

/** The Web API never redirects: a redirect comes from a sign-in page, a moved organization or a wrong URL. Our GETs never get a 304. */
export function redirectError(request: HttpRequest, response: HttpResponse): SettingsError | undefined {
  if (response.status < 300 || response.status > 399) return undefined;
  const origin = new URL(request.url).origin;
  const { location = '' } = response.headers;
  const to = URL.canParse(location, request.url) ? new URL(location, request.url).origin : origin;
  const where = to === origin ? '' : ` to ${to}`;
  return new SettingsError(
    'REDIRECTED',
    `${origin} answered ${request.operation} with a redirect${where}; it was not followed.`,
    {
      status: response.status,
      hint: 'Check the organization URL: it must be the environment’s own, e.g. https://contoso.crm4.dynamics.com.',
    },
  );
}

/** Not "deflate": servers send two formats under that name. */
const ACCEPTED_ENCODINGS = 'gzip, br';

const unzip = promisify(gunzip);

/** Content-Encoding (RFC 9110 §8.4), which undici's request() leaves to its caller. */
const DECODERS: Readonly<Record<string, (bytes: Buffer, limit: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: unzip,
  'x-gzip': unzip,
  br: promisify(brotliDecompress),
  identity: (bytes) => Promise.resolve(bytes),
};

/**
 * The body's text (UTF-8, without a byte order mark). Encodings are undone in reverse order.
 * @throws an Error when an encoding is unknown, the data is broken or cut off, or more than `maxBytes` come out (code ERR_BUFFER_TOO_LARGE).
 */
export async function decodeBody(
  bytes: Buffer,
  contentEncoding: string | undefined,
  maxBytes: number,
): Promise<string> {
  let plain = bytes;
  const encodings = (contentEncoding ?? '').split(',').map((name) => name.trim().toLowerCase());
  for (const name of encodings.filter((each) => each !== '').reverse()) {
    const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
    if (decode === undefined) throw new Error(`the answer is encoded as "${name}", which was not asked for`);
    // An answer without a body may still carry the header.
    if (plain.length > 0) plain = await decode(plain, { maxOutputLength: maxBytes });
  }
  const text = plain.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
