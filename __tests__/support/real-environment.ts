/**
 * The contract tests against a real organization: `DYNCAMP_CONTRACT_URL`, with `DYNCAMP_ACCESS_TOKEN` or `AZURE_TENANT_ID`,
 * `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET`. Rows are made under names of their own and deleted afterwards. Tests that need the
 * emulator, for its switches, faults or rows, are skipped and say so.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { EmulatorOptions } from '../../src/emulator/start-emulator.ts';

export const CONTRACT_URL = process.env.DYNCAMP_CONTRACT_URL?.replace(/\/+$/, '');

/** In the names of rows made there. */
export const TAG = CONTRACT_URL === undefined ? '' : ` dyncamp-contract-${randomUUID().slice(0, 8)}`;

/** What a test does that only the emulator can. */
const NEEDS_EMULATOR = /\.switch\)?\(|\bemulator\)?\(|\bstartEmulator\)?\(|\border\(|\bstart\(/;

/** Helpers above the first `describe` that reach for the emulator, or the harness of the client: then no test of the file can run. */
function needsEmulatorThroughout(): boolean {
  const { testPath } = expect.getState();
  const [before = ''] = readFileSync(testPath ?? '', 'utf8').split(/^describe/m);
  return /\.emulator\b|from '\.\/harness/.test(before);
}

/** From here on, tests of this file that cannot run there are skipped. */
export function skipWhatNeedsTheEmulator(options: EmulatorOptions): void {
  const { seed, switches: _, ...special } = options;
  const isSpecial = needsEmulatorThroughout() || seed !== 'none' || Object.keys(special).length > 0;
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

export type Answered = { method: string; url: string; headers: Headers; text: string };

/** Which rows an answer says were made: by itself, in the parts of a batch, by CreateMultiple, QualifyLead or CopyCampaign. */
export function madeRows({ method, url, headers, text }: Answered): string[] {
  if (method === 'GET' || method === 'DELETE') return [];
  const alone = headers.get('odata-entityid');
  const inParts = [...text.matchAll(/^OData-EntityId: *(\S+)\r?$/gim)].map(([, made = '']) => made);
  const named = [...(alone === null ? [] : [alone]), ...inParts, ...rowsOfAction(url, text)];
  return named.filter((made) => /(?:^|\/)(?:campaigns|lists|leads|contacts)\(/.test(made));
}

/** Deletions of rows, as the bodies of batches: as many in one as do not take long. */
export function deletions(rows: readonly string[]): readonly { readonly body: string; readonly boundary: string }[] {
  const boundary = 'dyncamp_contract_clean_up';
  return Array.from({ length: Math.ceil(rows.length / DELETIONS_PER_BATCH) }, (_, place) => {
    const some = rows.slice(place * DELETIONS_PER_BATCH, (place + 1) * DELETIONS_PER_BATCH);
    const parts = some.map(
      (row) =>
        `--${boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nDELETE ${row.startsWith('http') ? row : `/api/data/v9.2/${row}`} HTTP/1.1\r\n\r\n`,
    );
    return { boundary, body: `${parts.join('')}--${boundary}--\r\n` };
  });
}

const DELETIONS_PER_BATCH = 50;

function rowsOfAction(url: string, text: string): string[] {
  const set = /(\w+)\/Microsoft\.Dynamics\.CRM\.CreateMultiple$/.exec(url)?.[1];
  const ids = set === undefined ? [] : (text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []);
  const contacts = url.endsWith('QualifyLead') ? [...text.matchAll(/"contactid":"([0-9a-f-]{36})"/g)] : [];
  const copies = url.endsWith('CopyCampaign') ? [...text.matchAll(/"campaignid":"([0-9a-f-]{36})"/g)] : [];
  return [
    ...ids.map((id) => `${set}(${id})`),
    ...contacts.map(([, id]) => `contacts(${id})`),
    ...copies.map(([, id]) => `campaigns(${id})`),
  ];
}
