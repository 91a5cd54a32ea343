/**
 * The contract tests against a real organization: `DYNCAMP_CONTRACT_URL`, with `DYNCAMP_ACCESS_TOKEN` or `AZURE_TENANT_ID`,
 * `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET`. Rows are made under names of their own and deleted afterwards. Tests that need the
 * emulator, for its switches, faults or rows, are skipped and say so.
 */
import { randomUUID } from 'node:crypto';
import type { EmulatorOptions } from '../../src/emulator/start-emulator.ts';

export const CONTRACT_URL = process.env.DYNCAMP_CONTRACT_URL?.replace(/\/+$/, '');

/** In the names of rows made there. */
export const TAG = CONTRACT_URL === undefined ? '' : ` dyncamp-contract-${randomUUID().slice(0, 8)}`;

/** What a test does that only the emulator can. */
const NEEDS_EMULATOR = /\.switch\)?\(|\bemulator\)?\(|\bstartEmulator\)?\(|\border\(|\bstart\(/;

/** From here on, tests of this file that cannot run there are skipped. */
export function skipWhatNeedsTheEmulator(options: EmulatorOptions): void {
  const isSpecial = Object.entries(options).some(([name, value]) => !(name === 'seed' && value === 'none'));
  const run = globalThis.it;
  const mayRun = (test: unknown) => !isSpecial && !NEEDS_EMULATOR.test(String(test));
  const named = (name: unknown) => `${String(name)} (skipped: it needs the emulator)`;
  const chosen = (name: string, test: jest.ProvidesCallback, ms?: number) =>
    mayRun(test) ? run(name, test, ms) : run.skip(named(name), test, ms);
  const each =
    (...table: Parameters<typeof run.each>) =>
    (name: string, test: (...row: unknown[]) => unknown, ms?: number) =>
      mayRun(test) ? run.each(...table)(name, test, ms) : run.skip.each(...table)(named(name), test, ms);
  globalThis.it = Object.assign(chosen, run, { each });
}

let token: Promise<string> | undefined;

export function accessToken(): Promise<string> {
  const given = process.env.DYNCAMP_ACCESS_TOKEN;
  token ??= given === undefined ? tokenOfApplication() : Promise.resolve(given);
  return token;
}

async function tokenOfApplication(): Promise<string> {
  const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_AUTHORITY_HOST } = process.env;
  const authority = (AZURE_AUTHORITY_HOST ?? 'https://login.microsoftonline.com').replace(/\/+$/, '');
  const answer = await fetch(`${authority}/${AZURE_TENANT_ID}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: AZURE_CLIENT_ID ?? '',
      client_secret: AZURE_CLIENT_SECRET ?? '',
      scope: `${CONTRACT_URL}/.default`,
    }),
  });
  const body = JSON.parse(await answer.text());
  if (typeof body.access_token !== 'string')
    throw new Error(`no token: ${body.error}; give DYNCAMP_ACCESS_TOKEN or AZURE_*`);
  return body.access_token;
}

/** Which rows an answer says were made: by itself, or in the parts of a batch. */
export function madeRows(method: string, headers: Headers, text: string): string[] {
  if (method === 'GET' || method === 'DELETE') return [];
  const alone = headers.get('odata-entityid');
  const inParts = [...text.matchAll(/^OData-EntityId: *(\S+)\r?$/gim)].map(([, url = '']) => url);
  return [...(alone === null ? [] : [alone]), ...inParts].filter((url) =>
    /\/(?:campaigns|lists|leads|contacts)\(/.test(url),
  );
}
