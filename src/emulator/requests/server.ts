/**
 * The HTTP edge: reads a whole request, calls the handler, writes the answer, or cuts the connection when a fault says so. Loopback only.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { refuse } from '../errors/errors.ts';
import { type Delivery, errorToWire, type WireAnswer, type WireRequest } from './wire.ts';

/** Largest message: 116.85 MB. [documented] */
const MAX_BODY_BYTES = Math.floor(116.85 * 1024 * 1024);
/** Longer than the longest URL a batch may carry, so that too long ones get their own answer. */
const MAX_HEADER_BYTES = 256 * 1024;
const KEEP_ALIVE_MS = 120_000;

type Handler = (request: WireRequest) => Promise<Delivery>;

export async function startServer(port: number, handle: Handler) {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      void respond(request, response, handle);
    },
  );
  server.requestTimeout = 0;
  const bound = await listen(server, port);
  return {
    port: bound,
    killConnections: () => server.closeAllConnections(),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

async function respond(request: IncomingMessage, response: ServerResponse, handle: Handler): Promise<void> {
  const arrival = { connection: request.socket, atMs: performance.now() };
  const body = await readBody(request).catch(() => undefined);
  if (body === undefined) return;
  if (body.isTooLarge) return send(response, errorToWire(refuse.payloadTooLarge()));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  const { kind, answer } = await handle({
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    origin: `http://${headers.host ?? `127.0.0.1:${request.socket.localPort}`}`,
    headers,
    body: body.text,
    arrival,
  });
  if (kind === 'cut') return void request.socket.resetAndDestroy();
  if (kind === 'truncate') return sendHalf(response, answer);
  send(response, answer);
}

async function readBody(request: IncomingMessage): Promise<{ text: string; isTooLarge: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length <= MAX_BODY_BYTES) chunks.push(bytes);
  }
  if (length > MAX_BODY_BYTES) return { text: '', isTooLarge: true };
  return { text: Buffer.concat(chunks).toString('utf8'), isTooLarge: false };
}

function send(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  const bytes = Buffer.from(body);
  const length = status === 204 || status === 304 ? {} : { 'Content-Length': bytes.length };
  response.writeHead(status, { ...headers, ...length });
  response.end(bytes);
}

/** Announces the whole body, sends half of it and hangs up. */
function sendHalf(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'Content-Length': Math.max(2, bytes.length) });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
}

// Besides programs, only pages of its own origin may talk to the emulator. Any page in a browser can send requests to loopback, and by
// rebinding its own name to 127.0.0.1 it can read the answers too; its name is then in Host.

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/** `knownOrigins`: other origins under which the API may be called. Undefined: the caller may be answered. */
export function refuseForeignCaller(request: WireRequest, knownOrigins: readonly string[]): WireAnswer | undefined {
  const { host = '', origin } = request.headers;
  const known = knownOrigins.find((each) => new URL(each).host === host.toLowerCase());
  if (!LOOPBACK_HOST.test(host) && known === undefined)
    return refusal(`the host "${host}" is not this machine: use http://127.0.0.1 or http://localhost`);
  if (origin !== undefined && origin !== `http://${host}` && origin !== known)
    return refusal(`the page at "${origin}" is of another origin`);
  return undefined;
}

/** The admin routes need no token: a page of another origin may not even cause a request to them (an image, a link). */
export function refuseForeignPage(request: WireRequest): WireAnswer | undefined {
  const { 'sec-fetch-site': site = 'none' } = request.headers;
  const isForeign = site !== 'same-origin' && site !== 'none';
  return refuseForeignCaller(request, []) ?? (isForeign ? refusal('only pages of its own origin may ask') : undefined);
}

/** Differs: Dataverse has no such refusal. */
function refusal(why: string): WireAnswer {
  return {
    status: 403,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ error: { code: '', message: `The emulator does not answer: ${why}.` } }),
  };
}
