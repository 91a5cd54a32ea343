/** A plain HTTP server on a free port of this machine, for what the emulator is not. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Server as NetServer } from 'node:net';

export type TestServer = { readonly url: string; close(): Promise<void> };

export async function serve(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener);
  return { url: `http://127.0.0.1:${await listen(server)}`, close: () => close(server) };
}

/** Gives the port. */
export async function listen(server: NetServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

/** Who is still connected is cut off. */
export function close(server: Pick<Server, 'closeAllConnections' | 'close'>): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

export async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
