/** Pages of other origins, and names that were bound to loopback: the emulator answers neither. */
import { request } from 'node:http';
import { USUAL, useEmulator } from '../support/emulator.ts';

const api = useEmulator({ switches: USUAL });

/** fetch would set Host and Origin by itself. */
function ask(method: string, path: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(api.emulator().url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString() }));
    });
    sent.on('error', reject);
    sent.end(method === 'POST' ? JSON.stringify({ match: {}, effect: { kind: 'status', status: 502 } }) : undefined);
  });
}

const ownHost = () => new URL(api.emulator().url).host;
const TOKEN = { Authorization: 'Bearer test' };

describe('foreign callers', () => {
  it.each(['evil.example', 'evil.example:80', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1'])(
    'refuses the host %s, on the admin routes, the page and the API',
    async (Host) => {
      const asked = [
        ask('GET', '/__emulator/state', { Host }),
        ask('POST', '/__emulator/faults', { Host }),
        ask('GET', '/', { Host }),
        ask('GET', '/api/data/v9.2/WhoAmI', { Host, ...TOKEN }),
      ];
      for (const { status, text } of await Promise.all(asked)) {
        expect(status).toBe(403);
        expect(text).toContain(`the host \\"${Host}\\" is not this machine`);
      }
      expect(api.emulator().admin.faults()).toEqual([]);
    },
  );

  it.each(['http://evil.example', 'http://127.0.0.1:1', 'null', 'https://localhost'])(
    'refuses a page of the origin %s, on the admin routes and the API',
    async (Origin) => {
      expect((await ask('POST', '/__emulator/faults', { Origin })).status).toBe(403);
      expect((await ask('GET', '/api/data/v9.2/WhoAmI', { Origin, ...TOKEN })).status).toBe(403);
      expect(api.emulator().admin.faults()).toEqual([]);
    },
  );

  it.each(['cross-site', 'same-site'])('refuses what a %s page has the browser ask of an admin route', async (site) => {
    expect((await ask('GET', '/__emulator/campaigns', { 'Sec-Fetch-Site': site })).status).toBe(403);
  });

  it.each(['localhost', '127.0.0.1', '[::1]'])('answers under the name %s', async (name) => {
    const Host = `${name}:${new URL(api.emulator().url).port}`;
    expect((await ask('GET', '/__emulator/state', { Host, Origin: `http://${Host}` })).status).toBe(200);
    expect((await ask('GET', '/api/data/v9.2/WhoAmI', { Host, ...TOKEN })).status).toBe(200);
  });

  it('answers its own page', async () => {
    const own = { Origin: `http://${ownHost()}`, 'Sec-Fetch-Site': 'same-origin' };
    expect((await ask('GET', '/__emulator/campaigns', own)).status).toBe(200);
  });
});
