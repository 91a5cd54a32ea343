/** An npm registry on loopback that has one package, of a tarball; for all others it sends npm on to the registry that is set up here. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

export type Registry = { readonly url: string; close(): void };

export async function startRegistry(tarball: string): Promise<Registry> {
  const manifest = JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }));
  const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim().replace(/\/$/, '');
  const bytes = readFileSync(tarball);
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  const server = createServer((request, response) => {
    const base = `http://${request.headers.host}`;
    if (request.url === '/dyncamp.tgz') return response.end(bytes);
    if (request.url !== '/dyncamp') return response.writeHead(302, { Location: `${upstream}${request.url}` }).end();
    const version = { ...manifest, dist: { tarball: `${base}/dyncamp.tgz`, integrity } };
    const { name } = manifest;
    return response
      .setHeader('Content-Type', 'application/json')
      .end(
        JSON.stringify({ name, 'dist-tags': { latest: version.version }, versions: { [version.version]: version } }),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
