/**
 * The emulator under the names of the real services: a TLS server that shows a certificate of its own for them, and a proxy that leads
 * there. Nothing leaves the machine, and the client is used as it is.
 */
import { createServer, request as httpRequest } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { makeCertificate } from './certificates.ts';
import { close, listen } from './server.ts';

export type TlsFront = {
  readonly port: number;
  /** PEM of the certificate, for NODE_EXTRA_CA_CERTS. */
  readonly certificatePem: string;
  close(): Promise<void>;
};

/** Passes every request on to `targetUrl`, Host header and all. */
export async function openTlsFront(targetUrl: string, hosts: readonly string[]): Promise<TlsFront> {
  const { certificatePem, keyPem } = makeCertificate({ name: 'dyncamp test front', hosts });
  const server = createTlsServer({ cert: certificatePem, key: keyPem }, (incoming, outgoing) => {
    const { hostname, port } = new URL(targetUrl);
    const { method, url: path, headers } = incoming;
    const passed = httpRequest({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  return { port: await listen(server), certificatePem, close: () => close(server) };
}

export type TestProxy = {
  readonly url: string;
  /** `host:port` of each CONNECT, in order. */
  readonly asked: string[];
  close(): Promise<void>;
};

/** A proxy that leads every CONNECT to one port of this machine, or refuses all with `status`. */
export async function openProxy(port: number, { status }: { readonly status?: number } = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (incoming, client: Socket) => {
    asked.push(incoming.url ?? '');
    sockets.add(client);
    client.on('error', () => undefined);
    if (status !== undefined) {
      client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const onward = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(client);
      client.pipe(onward);
    });
    sockets.add(onward);
    onward.on('error', () => client.destroy());
    client.on('close', () => onward.destroy());
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  return {
    url,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      await close(server);
    },
  };
}
