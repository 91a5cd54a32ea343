/** An npm registry on loopback that has one package, of a tarball; for all others it sends npm on to the registry that is set up here. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { serve, type TestServer } from './server.ts';

export async function startRegistry(tarball: string): Promise<TestServer> {
  const manifest = JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }));
  const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim().replace(/\/$/, '');
  const bytes = readFileSync(tarball);
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  return serve((request, response) => {
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
}
